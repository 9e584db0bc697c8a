//! Sealing in memory: each frame is copied into its place and encrypted there.

use super::{FinalFrame, MessageSealer, Sealed};
use crate::{error::Result, secret::wipe};

const APPENDED: &str = "room for the head, and the content, were appended";

/// Seals a payload that is in memory onto the end of `out`: each frame is copied into its place and encrypted there.
///
/// # Errors
/// As for [`seal`](super::seal), without I/O; `out` is then as it was before.
pub fn seal_slice(payload: &[u8], out: &mut Vec<u8>, sealer: MessageSealer) -> Result<Sealed> {
    let before = out.len();
    let sealed = append_frames(payload, out, sealer);
    if sealed.is_err() {
        // The last frame was copied and not encrypted.
        wipe(out.get_mut(before..).expect("sealing only appends"));
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
        let (head, tag) = sealer.seal_regular(out.get_mut(start..).expect(APPENDED))?;
        out.get_mut(start - head.len()..start).expect(APPENDED).copy_from_slice(&head);
        out.extend_from_slice(&tag);
        rest = behind;
    }
    let start = append(out, 24, rest);
    let FinalFrame { head, tag, footer, plaintext_length } = sealer.seal_final(out.get_mut(start..).expect(APPENDED))?;
    out.get_mut(start - head.len()..start).expect(APPENDED).copy_from_slice(&head);
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
