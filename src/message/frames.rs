//! Plaintext laid out as the wire wants it, so that sealing a frame moves nothing.
//!
//! ```text
//! | head 16 | content, one frame length | tag 16 | head 16 | content …
//! ```

use super::{
    FIRST,
    plaintext::{Plaintext, copy_prefix},
    sealer::{FinalFrame, FrameSealer, SealProgress},
    signature::Signing,
};
use crate::{
    crypto::{NumberRun, UnusedNumber},
    error::Result,
    format::{TAG_LENGTH, body::REGULAR_HEAD},
    secret::SecretBytes,
};

/// Bytes of a frame besides its content.
pub(super) const OVERHEAD: usize = REGULAR_HEAD + TAG_LENGTH;

const FILLED: &str = "what was filled lies within the buffer";

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
        self.buffer.expose_mut().get_mut(start..end).expect("the buffer grew to have room for content and a tag")
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
        (0..self.full_frames()).try_for_each(|index| {
            let number = numbers.next().expect("a number was taken for each full frame");
            self.seal_one(index, sealer, number)
        })
    }

    /// Seals what ends a message: full frames as regular ones, and then the final one. Gives the regular ones' bytes, the final frame's content,
    /// and what goes around that.
    pub(super) fn seal_last(
        &mut self,
        sealer: &FrameSealer,
        mut progress: SealProgress,
        mut signing: Option<Signing>,
    ) -> Result<(&[u8], &[u8], FinalFrame)> {
        let regular = self.full_frames();
        self.seal_regular(sealer, &mut progress.take(regular, sealer.frame_length())?)?;
        let end = self.full().len();
        if let Some(signing) = &mut signing {
            signing.update(&[self.full()]);
        }
        let length = self.filled - regular * self.frame_length;
        let start = end + REGULAR_HEAD;
        let content = self.buffer.expose_mut().get_mut(start..start + length).expect(FILLED);
        let ending = sealer.seal_last(progress, signing, content)?;
        let bytes = self.buffer.expose();
        Ok((bytes.get(..end).expect(FILLED), bytes.get(start..start + length).expect(FILLED), ending))
    }

    /// The bytes of the full frames, heads and tags included.
    pub(super) fn full(&self) -> &[u8] {
        self.buffer.expose().get(..self.full_frames() * (self.frame_length + OVERHEAD)).expect(FILLED)
    }

    fn seal_one(&mut self, index: usize, sealer: &FrameSealer, number: UnusedNumber) -> Result<()> {
        let start = index * (self.frame_length + OVERHEAD);
        let frame = self.buffer.expose_mut().get_mut(start..start + self.frame_length + OVERHEAD).expect(FILLED);
        let (head_room, rest) = frame.split_at_mut_checked(REGULAR_HEAD).expect("a frame has room for its head");
        let (content, tag_room) = rest.split_at_mut_checked(self.frame_length).expect("a frame has room for its content");
        let (head, tag) = sealer.seal_regular(number, content)?;
        head_room.copy_from_slice(&head);
        tag_room.copy_from_slice(&tag);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{MessageSealer, tests::sealer};

    /// Says of itself that so much of it is filled.
    fn claiming(filled: usize) -> Frames {
        Frames { buffer: SecretBytes::zeroed(4 + OVERHEAD), frame_length: 4, capacity: 2, filled }
    }

    #[test]
    #[should_panic(expected = "what was filled lies within the buffer")]
    fn content_beyond_the_buffer_is_no_empty_final_frame() {
        let MessageSealer { frames, progress, .. } = sealer(4);
        let _ = claiming(6).seal_last(&frames, progress, None);
    }

    #[test]
    #[should_panic(expected = "what was filled lies within the buffer")]
    fn no_frame_beyond_the_buffer_is_written() {
        claiming(8).full();
    }

    #[test]
    #[should_panic(expected = "a number was taken for each full frame")]
    fn no_frame_goes_without_a_number() {
        let MessageSealer { frames, mut progress, .. } = sealer(4);
        let mut none = progress.take(0, frames.frame_length()).expect("there are numbers");
        let _ = claiming(4).seal_regular(&frames, &mut none);
    }
}
