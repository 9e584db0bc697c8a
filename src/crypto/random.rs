//! Randomness comes from the operating system, through one trait.

use ring::rand::SecureRandom as _;

use crate::error::{Error, Result};

/// A source of unpredictable bytes, for several threads at once.
pub trait Random: Sync {
    /// Fills `dest`.
    ///
    /// # Errors
    /// [`Error::Random`] when the source fails; `dest` must not be used then.
    fn fill(&self, dest: &mut [u8]) -> Result<()>;
}

/// The operating system's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, dest: &mut [u8]) -> Result<()> {
        ring::rand::SystemRandom::new().fill(dest).map_err(|_| Error::Random)
    }
}

/// `N` fresh bytes, for values that are not secret.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn random_array<const N: usize>(random: &dyn Random) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}
