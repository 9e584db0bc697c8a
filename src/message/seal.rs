//! Sealing: plaintext in, message out.

use std::io::{self, BufWriter, Read, Write};

use super::{
    CHUNK, FrameLength, Materials, MessageSealer,
    plaintext::{Plaintext, Reader, Slot},
};
use crate::{
    crypto::SystemRandom,
    error::{Error, Result},
    format::{EncryptionContext, MessageId},
    keyring::Keyring,
    secret::wipe,
};

/// How to seal.
#[derive(Debug, Clone, Copy, Default)]
pub struct SealOptions {
    /// Bytes of plaintext in a frame.
    pub frame_length: FrameLength,
}

/// What was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// The fresh id of the message.
    pub message_id: MessageId,
    /// Bytes of plaintext.
    pub plaintext_length: u64,
}

/// Seals `input` into one message on `output`. The first keyring makes the data key, the others wrap it too.
///
/// Memory: two frames. After an error `output` holds an unfinished message, which no one can open.
///
/// # Errors
/// Reading, writing, a wrapping key that cannot be used, or more than 2^32-1 frames.
pub fn seal(
    input: impl Read,
    output: impl Write,
    keyrings: &[&dyn Keyring],
    context: &EncryptionContext,
    options: SealOptions,
) -> Result<Sealed> {
    let materials = Materials::generate(keyrings, context.clone(), &SystemRandom)?;
    let sealer = MessageSealer::new(&materials, options.frame_length, &SystemRandom)?;
    seal_stream(&mut Reader::new(input), output, sealer)
}

/// Writes the message that `sealer` has begun.
pub(super) fn seal_stream(plaintext: &mut impl Plaintext, output: impl Write, sealer: MessageSealer) -> Result<Sealed> {
    let mut output = BufWriter::with_capacity(CHUNK, output);
    let sealed = seal_frames(plaintext, &mut output, sealer);
    if sealed.is_err() {
        // Dropped as it is, it would write once more.
        drop(output.into_parts());
    }
    sealed
}

/// Look-ahead decides regular or final before a frame is sealed: a full slot is regular only if the next one holds a byte.
/// A payload of exactly n frames ends in a full final frame (specification, "Final Frame").
fn seal_frames(plaintext: &mut impl Plaintext, output: &mut impl Write, mut sealer: MessageSealer) -> Result<Sealed> {
    let message_id = sealer.message_id();
    let capacity = sealer.frame_length().as_usize();
    let (mut current, mut next) = (Slot::new(capacity), Slot::new(capacity));
    write(output, &[sealer.header()])?;
    current.fill(plaintext)?;
    loop {
        if current.content().len() == capacity {
            next.fill(plaintext)?;
        }
        if next.is_empty() {
            break;
        }
        let (head, tag) = sealer.seal_regular(current.content())?;
        write(output, &[&head, current.content(), &tag])?;
        std::mem::swap(&mut current, &mut next);
        next.clear();
    }
    let (head, tag, plaintext_length) = sealer.seal_final(current.content())?;
    write(output, &[&head, current.content(), &tag])?;
    output.flush().map_err(writing)?;
    Ok(Sealed { message_id, plaintext_length })
}

/// Seals a payload that is in memory onto the end of `out`: each frame is copied into its place and encrypted there.
///
/// # Errors
/// As for [`seal`], without I/O; `out` is then as it was before.
pub fn seal_slice(payload: &[u8], out: &mut Vec<u8>, sealer: MessageSealer) -> Result<Sealed> {
    let before = out.len();
    let sealed = append_frames(payload, out, sealer);
    if sealed.is_err() {
        // The last frame was copied and not encrypted.
        wipe(out.get_mut(before..).unwrap_or_default());
        out.truncate(before);
    }
    sealed
}

fn append_frames(payload: &[u8], out: &mut Vec<u8>, mut sealer: MessageSealer) -> Result<Sealed> {
    let message_id = sealer.message_id();
    let frame_length = sealer.frame_length().as_usize();
    let frames = payload.len() / frame_length + 1;
    out.reserve(sealer.header().len() + payload.len() + frames * 40);
    out.extend_from_slice(sealer.header());
    let mut rest = payload;
    while rest.len() > frame_length {
        let (frame, behind) = rest.split_at(frame_length);
        let start = append(out, 16, frame);
        let (head, tag) = sealer.seal_regular(out.get_mut(start..).unwrap_or_default())?;
        out.get_mut(start - head.len()..start).expect("append left room for the head").copy_from_slice(&head);
        out.extend_from_slice(&tag);
        rest = behind;
    }
    let start = append(out, 24, rest);
    let (head, tag, plaintext_length) = sealer.seal_final(out.get_mut(start..).unwrap_or_default())?;
    out.get_mut(start - head.len()..start).expect("append left room for the head").copy_from_slice(&head);
    out.extend_from_slice(&tag);
    Ok(Sealed { message_id, plaintext_length })
}

/// Appends room for a head, then the content; gives where the content starts.
fn append(out: &mut Vec<u8>, head_length: usize, content: &[u8]) -> usize {
    let start = out.len() + head_length;
    out.resize(start, 0);
    out.extend_from_slice(content);
    start
}

fn write(output: &mut impl Write, parts: &[&[u8]]) -> Result<()> {
    parts.iter().try_for_each(|part| output.write_all(part)).map_err(writing)
}

pub(super) fn writing(error: io::Error) -> Error {
    Error::io("writing the output", error)
}
