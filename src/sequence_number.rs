//! The number of a frame, and the one rule that turns a number into an initialization vector.

use std::{fmt, num::NonZeroU32};

/// Length of an initialization vector in bytes.
pub(crate) const IV_LENGTH: usize = 12;

/// The IV of a header's tag: the number that no frame has.
pub(crate) const HEADER_IV: [u8; IV_LENGTH] = iv(0);

/// Where a frame stands in its message: 1 to 2^32-1 (specification, "Sequence Number"). The single block of a non-framed body has the number 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SequenceNumber(NonZeroU32);

impl SequenceNumber {
    /// The number of the first frame.
    pub(crate) const FIRST: Self = Self(NonZeroU32::MIN);
    /// The last one is a final frame's: in a regular frame it would mark the end of the message.
    #[cfg(test)]
    pub(crate) const LAST: Self = Self(NonZeroU32::MAX);

    /// `None` for 0.
    #[cfg(test)]
    #[must_use]
    pub(crate) const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub(crate) const fn get(self) -> u32 {
        self.0.get()
    }

    /// The number so many frames later; `None` behind the last one.
    #[must_use]
    pub(crate) const fn after(self, frames: u32) -> Option<Self> {
        match self.0.checked_add(frames) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The IV of the frame with this number.
    #[must_use]
    pub(crate) const fn iv(self) -> [u8; IV_LENGTH] {
        iv(self.get())
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number as an unsigned 96-bit integer, big-endian (specification, "IV" of header and frames).
const fn iv(number: u32) -> [u8; IV_LENGTH] {
    let [a, b, c, d] = number.to_be_bytes();
    [0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_frame_has_the_number_or_the_iv_of_the_header() {
        assert_eq!(SequenceNumber::new(0), None);
        assert_eq!(HEADER_IV, [0; IV_LENGTH]);
        assert_eq!(SequenceNumber::FIRST.iv(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(SequenceNumber::LAST.iv(), [0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }

    #[test]
    fn nothing_comes_behind_the_last_number() {
        assert_eq!(SequenceNumber::FIRST.after(u32::MAX - 1), Some(SequenceNumber::LAST));
        assert_eq!(SequenceNumber::FIRST.after(u32::MAX), None);
        assert_eq!(SequenceNumber::LAST.after(1), None);
    }

    proptest! {
        #[test]
        fn an_iv_is_the_number_and_no_other_number_has_it(number in 1..=u32::MAX, other in 0..=u32::MAX) {
            let iv = SequenceNumber::new(number).expect("not 0").iv();
            let read = iv.iter().fold(0_u128, |read, byte| read << 8 | u128::from(*byte));
            prop_assert_eq!(read, u128::from(number));
            prop_assert_eq!(iv == super::iv(other), number == other);
        }
    }
}
