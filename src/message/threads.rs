//! How many threads one call may use.

use std::num::NonZeroUsize;

/// How many threads one call may use, the caller's included; 1 unless chosen otherwise. With more than one, any of them reads the input and writes
/// the output, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threads(NonZeroUsize);

impl Threads {
    /// The caller's thread only.
    pub const ONE: Self = Self(NonZeroUsize::MIN);

    /// `None` for 0.
    #[must_use]
    pub const fn new(threads: usize) -> Option<Self> {
        match NonZeroUsize::new(threads) {
            Some(threads) => Some(Self(threads)),
            None => None,
        }
    }

    /// As many as the machine runs at once.
    #[must_use]
    pub fn available() -> Self {
        std::thread::available_parallelism().map_or(Self::ONE, Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0.get()
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::ONE
    }
}
