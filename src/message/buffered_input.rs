//! The bytes of a message while it is opened: a buffer that grows with what is read, never with what is declared.

use std::{io::Read, ops::Range};

use super::{
    CHUNK, FIRST,
    plaintext::{copy_prefix, read_retrying},
};
use crate::{
    error::{FormatError, Result},
    format::{
        HeaderLimits, ParsedHeader,
        walker::{Step, TRAILING, Walker},
    },
    secret::SecretBytes,
};

/// Room that is made before any byte is read: a batch of frames, or a frame of 1 MiB.
const FIRST_READ: usize = 17 * CHUNK;

/// Bytes that are enough for a header with a few keys.
const USUAL_HEADER: usize = 1024;

const WITHIN: &str = "what was read lies within the buffer";

/// Reads ahead into a buffer that wipes itself: frames are decrypted in it.
pub(super) struct BufferedInput<R> {
    input: R,
    buffer: SecretBytes,
    start: usize,
    end: usize,
    at_end: bool,
}

impl<R: Read> BufferedInput<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: SecretBytes::default(), start: 0, end: 0, at_end: false }
    }

    /// The bytes that are here.
    pub(super) fn available(&self) -> &[u8] {
        self.buffer.expose().get(self.start..self.end).expect(WITHIN)
    }

    /// Reads until `wanted` bytes are here or the input ends; gives how many are here, which may be more.
    ///
    /// A large piece is read exactly, so that the next one starts at the front of the buffer and nothing is moved.
    pub(super) fn fill(&mut self, wanted: usize) -> Result<usize> {
        while self.end - self.start < wanted && !self.at_end {
            self.make_room(wanted);
            let stop = if wanted >= CHUNK { self.buffer.len().min(self.start.saturating_add(wanted)) } else { self.buffer.len() };
            let room = self.buffer.expose_mut().get_mut(self.end..stop).expect(WITHIN);
            // Into no room no byte is read, and that would be taken for the end.
            assert!(!room.is_empty(), "room was made");
            let count = read_retrying(&mut self.input, room)?;
            self.at_end = count == 0;
            self.end += count;
        }
        Ok(self.end - self.start)
    }

    /// What is next in a walk that is `behind` bytes behind the first that is here. As much is read as it takes to tell.
    pub(super) fn look<T>(&mut self, behind: usize, mut look: impl FnMut(&[u8]) -> Result<Step<T>, FormatError>) -> Result<T> {
        loop {
            let ahead = self.available().get(behind..).expect("what the walk has passed is here");
            let here = ahead.len();
            match look(ahead)? {
                Step::Part(part) => return Ok(part),
                Step::Needs(needed) => {
                    // Doubling keeps the number of looks small, whatever a header declares.
                    let wanted = needed.least.max(here.saturating_mul(2)).min(needed.most);
                    if self.fill(behind.saturating_add(wanted))? < behind.saturating_add(needed.least) {
                        return Err(FormatError::from(needed).into());
                    }
                }
            }
        }
    }

    /// Reads the header, and gives up its bytes: where they are, and the walk behind them.
    pub(super) fn take_header(&mut self, limits: HeaderLimits) -> Result<(ParsedHeader, Range<usize>, Walker)> {
        self.fill(USUAL_HEADER)?;
        let (parsed, walker) = self.look(0, |ahead| Walker::begin(ahead, limits))?;
        let range = self.take(parsed.length());
        Ok((parsed, range, walker))
    }

    /// Moves what is here, and then what is read, to `buffer`, until `wanted` bytes are there or the input ends. Gives how many there are,
    /// whatever comes of reading.
    pub(super) fn read_into(&mut self, buffer: &mut SecretBytes, wanted: usize) -> (usize, Result<()>) {
        let mut filled = 0;
        while filled < wanted {
            if filled == buffer.len() {
                buffer.grow(wanted.min(filled.saturating_mul(2).max(FIRST_READ)));
            }
            let stop = wanted.min(buffer.len());
            let room = buffer.expose_mut().get_mut(filled..stop).expect("the buffer grew");
            if self.start < self.end {
                let count = copy_prefix(room, self.available());
                self.start += count;
                filled += count;
            } else if self.at_end {
                break;
            } else {
                match read_retrying(&mut self.input, room) {
                    Ok(count) => {
                        self.at_end = count == 0;
                        filled += count;
                    }
                    Err(error) => return (filled, Err(error)),
                }
            }
        }
        (filled, Ok(()))
    }

    /// Takes back the last bytes that [`BufferedInput::read_into`] gave.
    pub(super) fn give_back(&mut self, bytes: &[u8]) {
        if self.start < self.end {
            // Nothing was read from the input then: they stand before what is here.
            self.start = self.start.saturating_sub(bytes.len());
            return;
        }
        self.buffer.grow(bytes.len());
        (self.start, self.end) = (0, copy_prefix(self.buffer.expose_mut(), bytes));
    }

    fn make_room(&mut self, wanted: usize) {
        if self.start > 0 && (self.start == self.end || self.start.saturating_add(wanted) > self.buffer.len()) {
            self.buffer.expose_mut().copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.grow(if self.buffer.is_empty() { FIRST } else { wanted.min(self.end * 2).max(CHUNK) });
        }
    }

    /// Gives up the first `length` bytes; where they are stays valid until the next [`BufferedInput::fill`].
    pub(super) fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.start;
        self.start = self.end.min(start.saturating_add(length));
        start..self.start
    }

    /// Bytes that [`BufferedInput::take`] gave up, to be decrypted in place.
    pub(super) fn taken(&mut self, range: Range<usize>) -> &mut [u8] {
        self.buffer.expose_mut().get_mut(range).expect(WITHIN)
    }

    /// Passes `length` bytes to `each`, piece by piece; gives how many there were.
    pub(super) fn pass(&mut self, length: u64, mut each: impl FnMut(&[u8])) -> Result<u64> {
        let mut left = length;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            let taken = self.fill(step)?.min(step);
            if taken == 0 {
                break;
            }
            let range = self.take(taken);
            each(self.taken(range));
            left -= u64::try_from(taken).unwrap_or(left);
        }
        Ok(length - left)
    }

    /// Fails unless nothing is left, here or in the input. Moves nothing in the buffer.
    pub(super) fn end(&mut self) -> Result<()> {
        let is_finished = self.start == self.end && (self.at_end || read_retrying(&mut self.input, &mut [0])? == 0);
        if is_finished { Ok(()) } else { Err(TRAILING.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buffer_grows_with_what_is_read() {
        let mut source = BufferedInput::new(&[7_u8; 100][..]);
        assert_eq!(source.fill(usize::MAX / 2).expect("reads"), 100);
        assert!(source.buffer.len() <= CHUNK, "{}", source.buffer.len());
    }

    #[test]
    #[should_panic(expected = "what was read lies within the buffer")]
    fn bytes_that_were_never_read_are_no_empty_piece() {
        let mut source = BufferedInput::new(&[7_u8; 100][..]);
        assert_eq!(source.fill(100).expect("reads"), 100);
        source.taken(0..CHUNK + 1);
    }

    #[test]
    fn pieces_come_in_order_whatever_their_size() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for piece in [1_usize, 17, 4096, CHUNK - 1, CHUNK, CHUNK + 1, 100_000] {
            let mut source = BufferedInput::new(&bytes[..]);
            let mut seen = Vec::new();
            while source.fill(piece).expect("reads") > 0 {
                let range = source.take(piece);
                seen.extend_from_slice(source.taken(range));
            }
            assert!(seen == bytes && source.end().is_ok(), "{piece}");
        }
    }
}
