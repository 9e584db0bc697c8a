//! A message's structure, to its last byte, without a key.

use std::io::Read;

use super::{buffered_input::BufferedInput, signature::Verifying};
use crate::{
    error::{Error, FormatError, FormatProblem, Result},
    format::{ContentType, Header, HeaderLimits, TAG_LENGTH, body::Head, footer::parse_footer, walker::Part},
};

/// What can be seen without a key. Nothing of it is authenticated: whoever changes a signed message can sign it anew, with a public key of
/// their own in its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The header's fields.
    pub header: Header,
    /// Bytes of the header with its tag.
    pub header_length: u64,
    /// Frames of the body; 1 for a single block.
    pub frames: u64,
    /// Bytes of plaintext.
    pub plaintext_length: u64,
    /// Bytes of the whole message.
    pub message_length: u64,
}

/// Reads one message to its end and checks every field that needs no key, a signature included.
///
/// # Errors
/// A malformed or truncated message, a signature that does not verify, bytes after its end, or reading.
pub fn inspect(input: impl Read, limits: HeaderLimits) -> Result<Inspected> {
    let mut source = BufferedInput::new(input);
    let (parsed, header_range, mut walker) = source.take_header(limits)?;
    let mut verifying = Verifying::of(&parsed.header)?;
    if let Some(verifying) = &mut verifying {
        verifying.update(source.taken(header_range));
    }
    let header_length = as_u64(parsed.length());
    let mut seen = Inspected { header: parsed.header, header_length, frames: 0, plaintext_length: 0, message_length: header_length };
    loop {
        match source.look(0, |ahead| walker.step(ahead))? {
            Part::Piece(head) => {
                let length = seen.add(&head)?;
                if source.pass(length, |bytes| verifying.iter_mut().for_each(|verifying| verifying.update(bytes)))? < length {
                    return Err(head.truncated().into());
                }
            }
            Part::Footer { length } => {
                let footer = source.take(length);
                verifying.take().expect("only a signed message has a footer").verify(parse_footer(source.taken(footer))?)?;
                seen.message_length += as_u64(length);
            }
            Part::End => return source.end().map(|()| seen),
        }
    }
}

const CONTENT_TOO_LONG: Error = Error::Format(FormatError::new("content length", FormatProblem::Overrun));

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Inspected {
    /// Counts a piece in; gives its bytes.
    fn add(&mut self, head: &Head) -> Result<u64> {
        let around = as_u64(head.head_length + TAG_LENGTH);
        let length = head.content_length.checked_add(around).ok_or(CONTENT_TOO_LONG)?;
        self.frames += 1;
        self.plaintext_length = self.plaintext_length.checked_add(head.content_length).ok_or(CONTENT_TOO_LONG)?;
        self.message_length = self.message_length.checked_add(length).ok_or(CONTENT_TOO_LONG)?;
        Ok(length)
    }

    /// Bytes of plaintext in a regular frame; `None` for a non-framed body.
    #[must_use]
    pub const fn frame_length(&self) -> Option<u32> {
        match self.header.content_type {
            ContentType::Framed { frame_length } => Some(frame_length),
            ContentType::NonFramed => None,
        }
    }
}
