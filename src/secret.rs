//! Values that must not leak: wiped on drop, not `Clone`, redacted in `Debug`.

use std::fmt;

use zeroize::{Zeroizing, optimization_barrier};

/// Length of a data key in bytes (suite 0x0478).
pub(crate) const DATA_KEY_LENGTH: usize = 32;

/// A data key: 32 bytes that encrypt one version of one secret, or one file.
pub struct DataKey(Box<Zeroizing<[u8; DATA_KEY_LENGTH]>>);

impl DataKey {
    /// Makes a data key in place on the heap, so that no copy stays on the stack.
    ///
    /// # Errors
    /// What `fill` returns.
    pub fn init_with<E>(fill: impl FnOnce(&mut [u8; DATA_KEY_LENGTH]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = Box::new(Zeroizing::new([0; DATA_KEY_LENGTH]));
        fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A copy of 32 bytes; `None` for any other length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Self::init_with(|key| {
            if bytes.len() == key.len() {
                key.copy_from_slice(bytes);
                Ok(())
            } else {
                Err(())
            }
        })
        .ok()
    }

    /// The key bytes. Every caller is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8; DATA_KEY_LENGTH] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(redacted)")
    }
}

/// Overwrites bytes in a way that the compiler keeps: at the speed of memory, where `zeroize` goes byte by byte.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    optimization_barrier(bytes);
}

/// Secret bytes of any length: payloads, passphrases, wrapping keys.
#[derive(Default)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the bytes over; they are wiped when this is dropped.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// `length` zero bytes.
    #[must_use]
    pub fn zeroed(length: usize) -> Self {
        Self(vec![0; length])
    }

    /// The bytes. Every caller is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, to be written to.
    pub fn expose_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is no byte.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Grows with zero bytes to `length`, wiping the old allocation; never shrinks.
    pub fn grow(&mut self, length: usize) {
        if length > self.0.len() {
            let mut larger = vec![0; length];
            larger.split_at_mut(self.0.len()).0.copy_from_slice(&self.0);
            self.wipe();
            self.0 = larger;
        }
    }

    /// Cuts off everything from `length` on, wiping it.
    pub fn truncate(&mut self, length: usize) {
        if let Some(rest) = self.0.get_mut(length..) {
            wipe(rest);
        }
        self.0.truncate(length);
    }

    /// Overwrites the whole allocation, what is beyond the length included.
    fn wipe(&mut self) {
        self.0.clear();
        self.0.resize(self.0.capacity(), 0);
        optimization_barrier(self.0.as_slice());
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes, redacted)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_is_redacted() {
        let key = DataKey::from_slice(&[0xA7; 32]).expect("32 bytes");
        let bytes = SecretBytes::new(b"EXAMPLE-PASSWORD".to_vec());
        let printed = format!("{key:?} {bytes:?}");
        assert!(!printed.contains("EXAMPLE") && !printed.contains("167") && !printed.to_lowercase().contains("a7"), "{printed}");
    }

    #[test]
    fn data_keys_have_one_length() {
        for length in [0, 16, 24, 31, 33, 64] {
            assert!(DataKey::from_slice(&vec![1; length]).is_none(), "{length}");
        }
    }

    #[test]
    fn wiping_reaches_the_end_of_the_allocation() {
        let mut bytes = SecretBytes::new(Vec::with_capacity(100));
        bytes.0.extend_from_slice(&[7; 90]);
        bytes.0.truncate(10);
        bytes.wipe();
        assert_eq!(bytes.0, vec![0; bytes.0.capacity()]);
    }

    #[test]
    fn growing_keeps_and_truncating_cuts() {
        let mut bytes = SecretBytes::new(vec![1, 2, 3]);
        bytes.grow(5);
        assert_eq!(bytes.expose(), [1, 2, 3, 0, 0]);
        bytes.grow(2);
        assert_eq!(bytes.len(), 5);
        bytes.truncate(2);
        assert_eq!(bytes.expose(), [1, 2]);
    }
}
