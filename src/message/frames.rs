//! Plaintext laid out as the wire wants it, so that sealing a frame moves nothing.
//!
//! ```text
//! | head 16 | content, one frame length | tag 16 | head 16 | content …
//! ```

use super::{
    FIRST,
    plaintext::{Plaintext, copy_prefix},
    sealer::{FinalFrame, FrameSealer, NumberRun, Numbers},
    signature::Signing,
};
use crate::{
    error::Result,
    format::{TAG_LENGTH, body::REGULAR_HEAD},
    secret::SecretBytes,
};

/// Bytes of a frame besides its content.
pub(super) const OVERHEAD: usize = REGULAR_HEAD + TAG_LENGTH;

/// Room for some frames side by side; wipes itself. There is room for none at first.
#[derive(Default)]
pub(super) struct Frames {
    buffer: SecretBytes,
    frame_length: usize,
    /// In frames.
    capacity: usize,
    /// Bytes of content.
    filled: usize,
}

impl Frames {
    /// Forgets the content, and takes up to `capacity` frames of this length from now on.
    pub(super) fn reset(&mut self, frame_length: usize, capacity: usize) {
        (self.frame_length, self.capacity, self.filled) = (frame_length, capacity, 0);
    }

    /// Reads until all frames are full or the plaintext ends.
    pub(super) fn fill(&mut self, plaintext: &mut impl Plaintext) -> Result<()> {
        while !self.is_full() {
            let count = plaintext.read_some(self.room())?;
            if count == 0 {
                break;
            }
            self.filled += count;
        }
        Ok(())
    }

    /// Where content goes next. The buffer grows to its whole size once a little of it is filled.
    fn room(&mut self) -> &mut [u8] {
        let (index, within) = (self.filled / self.frame_length, self.filled % self.frame_length);
        let start = index * (self.frame_length + OVERHEAD) + REGULAR_HEAD + within;
        // The tag of a frame that gets full has its room as well.
        if start >= self.buffer.len().saturating_sub(TAG_LENGTH) {
            let whole = self.capacity * (self.frame_length + OVERHEAD);
            self.buffer.grow(if self.buffer.is_empty() { whole.min(FIRST) } else { whole });
        }
        let end = (start + self.frame_length - within).min(self.buffer.len() - TAG_LENGTH);
        self.buffer.expose_mut().get_mut(start..end).unwrap_or_default()
    }

    /// Holds the same content as `other`.
    pub(super) fn copy_from(&mut self, other: &Self) -> &mut Self {
        self.buffer.grow(other.buffer.len());
        copy_prefix(self.buffer.expose_mut(), other.buffer.expose());
        (self.frame_length, self.capacity, self.filled) = (other.frame_length, other.capacity, other.filled);
        self
    }

    pub(super) const fn is_full(&self) -> bool {
        self.filled == self.capacity * self.frame_length
    }

    /// Bytes of the buffer.
    #[cfg(test)]
    pub(super) const fn room_length(&self) -> usize {
        self.buffer.len()
    }

    /// Frames that are full.
    pub(super) const fn full_frames(&self) -> usize {
        self.filled / self.frame_length
    }

    /// Seals every full frame as a regular one.
    pub(super) fn seal_regular(&mut self, sealer: &FrameSealer, numbers: &mut NumberRun) -> Result<()> {
        (0..self.full_frames()).try_for_each(|index| self.seal_one(index, sealer, numbers))
    }

    /// Seals what ends a message: full frames as regular ones, and then the final one. Gives the regular ones' bytes, the final frame's content,
    /// and what goes around that.
    pub(super) fn seal_last(
        &mut self,
        sealer: &FrameSealer,
        mut numbers: Numbers,
        mut signing: Option<Signing>,
    ) -> Result<(&[u8], &[u8], FinalFrame)> {
        let regular = self.full_frames();
        self.seal_regular(sealer, &mut numbers.take(regular, sealer.frame_length())?)?;
        let end = self.full().len();
        if let Some(signing) = &mut signing {
            signing.update(&[self.full()]);
        }
        let length = self.filled - regular * self.frame_length;
        let start = end + REGULAR_HEAD;
        let content = self.buffer.expose_mut().get_mut(start..start + length).unwrap_or_default();
        let ending = sealer.seal_last(numbers, signing, content)?;
        let bytes = self.buffer.expose();
        Ok((bytes.get(..end).unwrap_or_default(), bytes.get(start..start + length).unwrap_or_default(), ending))
    }

    /// The bytes of the full frames, heads and tags included.
    pub(super) fn full(&self) -> &[u8] {
        self.buffer.expose().get(..self.full_frames() * (self.frame_length + OVERHEAD)).unwrap_or_default()
    }

    fn seal_one(&mut self, index: usize, sealer: &FrameSealer, numbers: &mut NumberRun) -> Result<()> {
        let start = index * (self.frame_length + OVERHEAD);
        let frame = self.buffer.expose_mut().get_mut(start..start + self.frame_length + OVERHEAD).unwrap_or_default();
        let (head_room, rest) = frame.split_at_mut_checked(REGULAR_HEAD).expect("a frame has room for its head");
        let (content, tag_room) = rest.split_at_mut_checked(self.frame_length).expect("a frame has room for its content");
        let (head, tag) = sealer.seal_regular(numbers.next()?, content)?;
        head_room.copy_from_slice(&head);
        tag_room.copy_from_slice(&tag);
        Ok(())
    }
}
