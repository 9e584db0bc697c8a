//! Opening a message that is in memory, without a buffer between.

use super::{
    OpenOptions, Opened,
    open::{authenticate, check_length},
};
use crate::{
    crypto::FrameKey,
    error::{FormatError, FormatProblem, Result},
    format::{
        Header,
        body::{Head, Piece},
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
    let (header, key, _) = authenticate(parsed, message, keyrings, options)?;
    let before = out.len();
    match append_content(&header, &key, body, out, options.max_content_length) {
        Ok(plaintext_length) => Ok(Opened { header, plaintext_length }),
        Err(error) => {
            wipe(out.get_mut(before..).unwrap_or_default());
            out.truncate(before);
            Err(error)
        }
    }
}

/// Gives the number of bytes of plaintext.
fn append_content(header: &Header, key: &FrameKey, body: &[u8], out: &mut Vec<u8>, limit: u64) -> Result<u64> {
    let (mut rest, mut number, mut total) = (body, 1_u32, 0_u64);
    // Room for everything from the start: growing would leave plaintext behind.
    out.reserve_exact(body.len());
    loop {
        let head = Head::parse(rest, header.content_type, number)?;
        let length = check_length(&head, limit)?;
        let truncated = FormatError::new("frame content", FormatProblem::Truncated { needed: length });
        let (piece, behind) = rest.split_at_checked(length).ok_or(truncated)?;
        let is_last = head.piece != Piece::Regular;
        if is_last && !behind.is_empty() {
            return Err(FormatError::new("message", FormatProblem::Trailing).into());
        }
        let start = out.len();
        out.extend_from_slice(piece.get(head.head_length..).unwrap_or_default());
        let aad = head.aad(&header.message_id);
        let opened = key.open(number, aad.as_bytes(), out.get_mut(start..).unwrap_or_default())?.len();
        out.truncate(start + opened);
        total += head.content_length;
        if is_last {
            return Ok(total);
        }
        number = number.checked_add(1).ok_or(FormatError::new("sequence number", FormatProblem::Overrun))?;
        rest = behind;
    }
}
