//! Where passphrases come from.

use crate::{
    error::{Error, Result, SetupError},
    secret::SecretBytes,
};

/// Asks for passphrases. Called only when one is needed.
pub trait Passphrases {
    /// The passphrase that protects the keystore.
    ///
    /// # Errors
    /// None can be had.
    fn current(&self) -> Result<SecretBytes>;

    /// The passphrase that is to protect it from now on.
    ///
    /// # Errors
    /// None can be had.
    fn new_passphrase(&self) -> Result<SecretBytes>;
}

/// Asks nobody: for keystores that a key file protects, or is to protect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyFileOnly;

impl Passphrases for KeyFileOnly {
    fn current(&self) -> Result<SecretBytes> {
        Err(Error::setup("a passphrase protects the keystore, and there is nobody to ask for it"))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        self.current()
    }
}

pub(super) fn not_empty(passphrase: SecretBytes) -> Result<SecretBytes> {
    if passphrase.is_empty() { Err(SetupError::EmptyPassphrase.into()) } else { Ok(passphrase) }
}
