//! A message's structure, to its last byte, without a key.

use std::io::Read;

use super::{open::read_header, signature::Verifying, source::Source};
use crate::{
    error::{Error, FormatError, FormatProblem, Result},
    format::{
        ContentType, Header, HeaderLimits, SequenceNumber,
        body::{Head, MAX_HEAD, Piece},
        footer::{MAX_SIGNATURE_LENGTH, parse_footer},
    },
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
    let mut source = Source::new(input);
    let parsed = read_header(&mut source, limits)?;
    let header_bytes = source.take(parsed.length());
    let mut verifying = Verifying::of(&parsed.header)?;
    if let Some(verifying) = &mut verifying {
        verifying.update(source.taken(header_bytes));
    }
    let header_length = as_u64(parsed.length());
    let mut seen = Inspected { header: parsed.header, header_length, frames: 0, plaintext_length: 0, message_length: header_length };
    let mut next_number = SequenceNumber::FIRST;
    loop {
        source.fill(MAX_HEAD)?;
        let head = Head::parse(source.available(), seen.header.content_type, next_number)?;
        let length =
            as_u64(head.head_length).checked_add(16).and_then(|length| length.checked_add(head.content_length)).ok_or(CONTENT_TOO_LONG)?;
        if source.pass(length, |bytes| verifying.iter_mut().for_each(|verifying| verifying.update(bytes)))? < length {
            return Err(FormatError::new(
                "frame content",
                FormatProblem::Truncated { needed: usize::try_from(length).unwrap_or(usize::MAX) },
            )
            .into());
        }
        seen.frames += 1;
        seen.plaintext_length = seen.plaintext_length.checked_add(head.content_length).ok_or(CONTENT_TOO_LONG)?;
        seen.message_length = seen.message_length.checked_add(length).ok_or(CONTENT_TOO_LONG)?;
        if head.piece != Piece::Regular {
            break;
        }
        next_number = next_number.after(1).ok_or(CONTENT_TOO_LONG)?;
    }
    if let Some(verifying) = verifying {
        source.fill(2 + MAX_SIGNATURE_LENGTH)?;
        let signature = parse_footer(source.available())?.to_vec();
        verifying.verify(&signature)?;
        source.take(2 + signature.len());
        seen.message_length += as_u64(2 + signature.len());
    }
    if source.is_finished()? { Ok(seen) } else { Err(FormatError::new("message", FormatProblem::Trailing).into()) }
}

const CONTENT_TOO_LONG: Error = Error::Format(FormatError::new("content length", FormatProblem::Overrun));

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Inspected {
    /// Bytes of plaintext in a regular frame; `None` for a non-framed body.
    #[must_use]
    pub const fn frame_length(&self) -> Option<u32> {
        match self.header.content_type {
            ContentType::Framed { frame_length } => Some(frame_length),
            ContentType::NonFramed => None,
        }
    }
}
