//! Opening a message that is in memory, without a buffer between.

use super::{
    OpenOptions, Opened,
    authenticate::{Authenticated, authenticate},
    open::check_length,
};
use crate::{
    error::{FormatError, FormatProblem, Result},
    format::{
        Header, SequenceNumber,
        body::{Head, Piece},
        footer::parse_footer,
    },
    keyring::Keyring,
    secret::wipe,
};

/// Opens a message onto the end of `out`: each frame is copied into its place and decrypted there.
///
/// # Errors
/// As for [`open`](super::open), without I/O; `out` is then as it was before.
pub fn open_slice(message: &[u8], out: &mut Vec<u8>, keyrings: &[&dyn Keyring], options: &OpenOptions) -> Result<Opened> {
    let parsed = Header::parse(message, options.header_limits)?;
    let (_, body) = message.split_at_checked(parsed.length()).expect("the header was parsed from these bytes");
    let mut opened = authenticate(parsed, message, keyrings, options)?;
    let before = out.len();
    match append_content(&mut opened, body, out, options.max_content_length) {
        Ok(plaintext_length) => Ok(Opened { header: opened.header, plaintext_length }),
        Err(error) => {
            wipe(out.get_mut(before..).expect("opening only appends"));
            out.truncate(before);
            Err(error)
        }
    }
}

/// Gives the number of bytes of plaintext.
fn append_content(opened: &mut Authenticated, body: &[u8], out: &mut Vec<u8>, limit: u64) -> Result<u64> {
    let Authenticated { header, key, verifying, .. } = opened;
    let (mut rest, mut number, mut total) = (body, SequenceNumber::FIRST, 0_u64);
    // Room for everything from the start: growing would leave plaintext behind.
    out.reserve_exact(body.len());
    loop {
        let head = Head::parse(rest, header.content_type, number)?;
        let length = check_length(&head, limit)?;
        let truncated = FormatError::new("frame content", FormatProblem::Truncated { needed: length });
        let (piece, behind) = rest.split_at_checked(length).ok_or(truncated)?;
        let is_last = head.piece != Piece::Regular;
        let signature = if is_last && verifying.is_some() { Some(parse_footer(behind)?) } else { None };
        if is_last && behind.len() > signature.map_or(0, |signature| 2 + signature.len()) {
            return Err(FormatError::new("message", FormatProblem::Trailing).into());
        }
        if let Some(verifying) = verifying {
            verifying.update(piece);
        }
        let start = out.len();
        out.extend_from_slice(piece.get(head.head_length..).expect("a piece has its head"));
        let aad = head.aad(&header.message_id);
        let opened = key.open(number, aad.as_bytes(), out.get_mut(start..).expect("the content was appended"))?.len();
        out.truncate(start + opened);
        total += head.content_length;
        if is_last {
            if let (Some(verifying), Some(signature)) = (verifying.take(), signature) {
                verifying.verify(signature)?;
            }
            return Ok(total);
        }
        number = number.after(1).ok_or(FormatError::new("sequence number", FormatProblem::Overrun))?;
        rest = behind;
    }
}
