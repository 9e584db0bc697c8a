//! Opening a message that is in memory, without a buffer between.

use super::{
    OpenOptions, Opened,
    authenticate::{Authenticated, authenticate},
    open::check_length,
};
use crate::{
    error::{FormatError, Result},
    format::{
        Header,
        footer::parse_footer,
        walker::{Part, Step, TRAILING, Walker},
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
    let (mut walker, mut rest, mut total) = (Walker::behind(header), body, 0_u64);
    // Room for everything from the start: growing would leave plaintext behind.
    out.reserve_exact(body.len());
    while let Part::Piece(head) = next_part(&mut walker, rest)? {
        let (piece, behind) = rest.split_at_checked(check_length(&head, limit)?).ok_or(head.truncated())?;
        let signature = if walker.is_behind_body() { read_end(&mut walker, behind)? } else { None };
        if let Some(verifying) = verifying {
            verifying.update(piece);
        }
        let start = out.len();
        out.extend_from_slice(piece.get(head.head_length..).expect("a piece has its head"));
        let aad = head.aad(&header.message_id);
        let content = out.get_mut(start..).expect("the content was appended");
        let opened = key.open(head.sequence_number, aad.as_bytes(), content)?.len();
        out.truncate(start + opened);
        total += head.content_length;
        if let Some(signature) = signature {
            verifying.take().expect("only a signed message has a footer").verify(signature)?;
        }
        rest = behind;
    }
    Ok(total)
}

/// What is behind the last piece, before that is decrypted: the signature of a signed message, and nothing more.
fn read_end<'a>(walker: &mut Walker, behind: &'a [u8]) -> Result<Option<&'a [u8]>> {
    let (signature, length) = match next_part(walker, behind)? {
        Part::Footer { length } => (Some(parse_footer(behind)?), length),
        Part::End => (None, 0),
        Part::Piece(_) => unreachable!("no piece is behind the last one"),
    };
    if behind.len() > length { Err(TRAILING.into()) } else { Ok(signature) }
}

/// No more bytes will come.
fn next_part(walker: &mut Walker, ahead: &[u8]) -> Result<Part, FormatError> {
    match walker.step(ahead)? {
        Step::Part(part) => Ok(part),
        Step::Needs(needed) => Err(needed.into()),
    }
}
