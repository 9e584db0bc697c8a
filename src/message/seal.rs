//! Sealing: plaintext in, message out.

use std::io::{self, BufWriter, Read, Write};

use super::{
    CHUNK, FinalFrame, FrameLength, Materials, MessageSealer,
    plaintext::{Plaintext, Reader, Slot},
};
use crate::{
    crypto::SystemRandom,
    error::{Error, Result},
    format::{EncryptionContext, MessageId},
    keyring::Keyring,
    secret::{DataKey, wipe},
    suite::AlgorithmSuite,
};

/// How to seal.
#[derive(Debug, Clone, Copy, Default)]
pub struct SealOptions {
    /// Bytes of plaintext in a frame.
    pub frame_length: FrameLength,
    /// The algorithm suite; `None` is [`AlgorithmSuite::default`], in a rewrap the suite of the message that is opened.
    pub suite: Option<AlgorithmSuite>,
}

/// What was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// The fresh id of the message.
    pub message_id: MessageId,
    /// Bytes of plaintext.
    pub plaintext_length: u64,
}

/// One of several messages that are sealed from one payload, each for its own keys and context.
pub struct SealTarget<'a, W> {
    /// The keys; the first of the first target makes the data key, all others wrap it.
    pub keyrings: &'a [&'a dyn Keyring],
    /// The encryption context.
    pub context: EncryptionContext,
    /// Where the message goes.
    pub output: W,
}

/// Seals `input` into one message on `output`. The first keyring makes the data key, the others wrap it too.
///
/// Memory: one frame. After an error `output` holds an unfinished message, which no one can open.
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
    let target = SealTarget { keyrings, context: context.clone(), output };
    only(seal_each(input, vec![target], options)?)
}

/// Seals `input`, read once, into one message for each target: one data key, wrapped for each; a message id and frames of its own for each.
///
/// Memory: two frames. Every data key is wrapped before the first byte is read. After an error all outputs hold unfinished messages.
///
/// # Errors
/// As for [`seal`].
pub fn seal_each<W: Write>(input: impl Read, targets: Vec<SealTarget<'_, W>>, options: SealOptions) -> Result<Vec<Sealed>> {
    seal_targets(&mut Reader::new(input), targets, None, options)
}

/// The one result of one target.
pub(super) fn only(sealed: Vec<Sealed>) -> Result<Sealed> {
    sealed.into_iter().next().ok_or(Error::Misuse("one target gives one message"))
}

/// Wraps the data key, or a fresh one, for each target; then seals.
pub(super) fn seal_targets<W: Write>(
    plaintext: &mut impl Plaintext,
    targets: Vec<SealTarget<'_, W>>,
    mut data_key: Option<DataKey>,
    options: SealOptions,
) -> Result<Vec<Sealed>> {
    if targets.is_empty() {
        return Err(Error::Misuse("sealing needs at least one target"));
    }
    let suite = options.suite.unwrap_or_default();
    let (mut sealers, mut outputs) = (Vec::new(), Vec::new());
    for SealTarget { keyrings, context, output } in targets {
        let mut materials = match data_key.take() {
            Some(data_key) => Materials::wrap(suite, data_key, keyrings, context, &SystemRandom)?,
            None => Materials::generate(suite, keyrings, context, &SystemRandom)?,
        };
        sealers.push(MessageSealer::new(&mut materials, options.frame_length, &SystemRandom)?);
        outputs.push(BufWriter::with_capacity(CHUNK, output));
        data_key = Some(materials.into_data_key());
    }
    let sealed = seal_frames(plaintext, sealers, &mut outputs, options.frame_length.as_usize());
    if sealed.is_err() {
        // Dropped as they are, they would write once more.
        outputs.into_iter().for_each(|output| drop(output.into_parts()));
    }
    sealed
}

/// Whether a slot could be filled decides regular or final before it is sealed: every full frame is a regular one, and what is left, be it
/// nothing, is the final one. The specification ("Final Frame") also allows, and prefers, a full final frame at the end of n whole frames; version 3
/// of the SDK for Python, and `aws-encryption-cli` with it, refuses to read that, and the official SDKs write an empty one.
fn seal_frames<W: Write>(
    plaintext: &mut impl Plaintext,
    mut sealers: Vec<MessageSealer>,
    outputs: &mut [BufWriter<W>],
    capacity: usize,
) -> Result<Vec<Sealed>> {
    let (mut current, mut copy) = (Slot::new(capacity), Slot::new(capacity));
    for (sealer, output) in sealers.iter().zip(outputs.iter_mut()) {
        write(output, &[sealer.header()])?;
    }
    loop {
        current.fill(plaintext)?;
        if current.content().len() < capacity {
            break;
        }
        let mut left = sealers.len();
        for (sealer, output) in sealers.iter_mut().zip(outputs.iter_mut()) {
            left -= 1;
            let content = current.content_for(&mut copy, left);
            let (head, tag) = sealer.seal_regular(content)?;
            write(output, &[&head, content, &tag])?;
        }
        current.clear();
    }
    let mut left = sealers.len();
    let mut sealed = Vec::with_capacity(left);
    for (sealer, output) in sealers.into_iter().zip(outputs) {
        left -= 1;
        let message_id = sealer.message_id();
        let content = current.content_for(&mut copy, left);
        let FinalFrame { head, tag, footer, plaintext_length } = sealer.seal_final(content)?;
        write(output, &[&head, content, &tag, &footer])?;
        output.flush().map_err(writing)?;
        sealed.push(Sealed { message_id, plaintext_length });
    }
    Ok(sealed)
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
    while rest.len() >= frame_length {
        let (frame, behind) = rest.split_at(frame_length);
        let start = append(out, 16, frame);
        let (head, tag) = sealer.seal_regular(out.get_mut(start..).unwrap_or_default())?;
        out.get_mut(start - head.len()..start).expect("append left room for the head").copy_from_slice(&head);
        out.extend_from_slice(&tag);
        rest = behind;
    }
    let start = append(out, 24, rest);
    let FinalFrame { head, tag, footer, plaintext_length } = sealer.seal_final(out.get_mut(start..).unwrap_or_default())?;
    out.get_mut(start - head.len()..start).expect("append left room for the head").copy_from_slice(&head);
    out.extend_from_slice(&tag);
    out.extend_from_slice(&footer);
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
