//! Who hands out the numbers of a message's frames: one counter for each sealed header, and each number once.

use crate::sequence_number::SequenceNumber;

/// Hands out the numbers of one message's frames in order, each once. There is one for each header that was sealed, it comes from nowhere else
/// and is not `Clone`.
#[derive(Debug)]
pub(crate) struct FrameNumbers {
    next: SequenceNumber,
}

impl FrameNumbers {
    /// For the key that has just sealed its header.
    pub(super) const fn of_sealed_header() -> Self {
        Self { next: SequenceNumber::FIRST }
    }

    /// Numbers for so many regular frames; `None` when there are not as many. The last number is left for the final frame.
    pub(crate) fn take(&mut self, frames: usize) -> Option<NumberRun> {
        let first = self.next;
        let end = first.after(u32::try_from(frames).ok()?)?;
        self.next = end;
        Some(NumberRun { next: first, end })
    }

    /// The final frame's number.
    #[must_use]
    pub(crate) const fn last(self) -> UnusedNumber {
        UnusedNumber(self.next)
    }

    /// As if all frames before this one had been sealed.
    #[cfg(test)]
    pub(crate) fn skip_to(&mut self, number: u32) {
        self.next = SequenceNumber::new(number).expect("no frame has the number 0");
    }
}

/// Numbers that follow each other and were taken for as many regular frames, each to be used once. Not `Clone`.
#[derive(Debug)]
pub(crate) struct NumberRun {
    next: SequenceNumber,
    end: SequenceNumber,
}

impl Iterator for NumberRun {
    type Item = UnusedNumber;

    fn next(&mut self) -> Option<UnusedNumber> {
        if self.next == self.end {
            return None;
        }
        let number = self.next;
        self.next = number.after(1).expect("a number before another one is not the last");
        Some(UnusedNumber(number))
    }
}

/// A number that was handed out and not used yet. Not `Clone`: sealing a frame consumes it.
#[derive(Debug)]
pub(crate) struct UnusedNumber(SequenceNumber);

impl UnusedNumber {
    /// The number.
    #[must_use]
    pub(crate) const fn get(&self) -> SequenceNumber {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(numbers: &mut FrameNumbers, frames: usize) -> Option<Vec<u32>> {
        Some(numbers.take(frames)?.map(|number| number.get().get()).collect())
    }

    #[test]
    fn numbers_come_in_order_and_none_comes_twice() {
        let mut numbers = FrameNumbers::of_sealed_header();
        assert_eq!(taken(&mut numbers, 3), Some(vec![1, 2, 3]));
        assert_eq!(taken(&mut numbers, 0), Some(vec![]));
        assert_eq!(taken(&mut numbers, 1), Some(vec![4]));
        assert_eq!(numbers.last().get().get(), 5);
    }

    #[test]
    fn the_last_number_is_left_for_the_final_frame() {
        let mut numbers = FrameNumbers::of_sealed_header();
        numbers.skip_to(u32::MAX - 2);
        for too_many in [3, u32::MAX as usize, usize::MAX] {
            assert_eq!(taken(&mut numbers, too_many), None);
        }
        assert_eq!(taken(&mut numbers, 2), Some(vec![u32::MAX - 2, u32::MAX - 1]));
        assert_eq!(taken(&mut numbers, 1), None);
        assert_eq!(numbers.last().get(), SequenceNumber::LAST);
    }
}
