//! The keystore's lock, and opening the keystore under it.

use super::{
    KeystoreLocation, Passphrases,
    location::exists,
    unlock::{KnownRootKey, Unlocked, Unlocking, unlock, unlock_unasked},
};
use crate::{
    durable::{Lock, is_read_only},
    error::{Error, Result},
    kms::EmbeddedKms,
};

/// The keystore's lock, or why it cannot be had.
#[derive(Debug)]
pub(super) enum KeystoreLock {
    Held(#[expect(dead_code, reason = "it is held until it is dropped")] Lock),
    /// The medium is read-only, or the folder is somebody else's. What does not change the keystore needs no lock: it is replaced as a whole.
    Refused(Error),
    /// That was told.
    Told,
}

impl KeystoreLock {
    fn take(location: &KeystoreLocation) -> Result<Self> {
        match Lock::exclusive(&location.lock_file()) {
            Ok(lock) => Ok(Self::Held(lock)),
            Err(Error::Io { doing, source }) if is_read_only(&source) && exists(&location.keystore)? => {
                tracing::debug!(%source, "the keystore cannot be changed");
                Ok(Self::Refused(Error::Io { doing, source }))
            }
            Err(error) => Err(error),
        }
    }

    /// Refuses a change without the lock.
    pub(super) fn require(&mut self) -> Result<()> {
        match self {
            Self::Held(_) => Ok(()),
            Self::Refused(_) | Self::Told => match std::mem::replace(self, Self::Told) {
                Self::Refused(error) => Err(error),
                _ => Err(Error::Misuse("a keystore that cannot be locked cannot be written")),
            },
        }
    }
}

/// Takes the lock, and opens what is there under it. Who has to be asked for a passphrase is asked while others may take the lock, and again where
/// one of them has changed it meanwhile.
pub(super) fn lock_and_unlock(
    location: &KeystoreLocation,
    passphrases: &dyn Passphrases,
    mut known: Option<KnownRootKey>,
) -> Result<(KeystoreLock, Option<(EmbeddedKms, Unlocked)>)> {
    loop {
        let lock = KeystoreLock::take(location)?;
        match unlock_unasked(location, known.as_ref())? {
            Unlocking::Opened(opened) => return Ok((lock, Some(*opened))),
            Unlocking::NoKeystore => return Ok((lock, None)),
            Unlocking::PassphraseNeeded => {}
        }
        drop(lock);
        let opened = unlock(location, passphrases)?;
        // A key file is read again under the lock, where it may get its name.
        known = opened.and_then(|(_, unlocked)| KnownRootKey::of(&unlocked)).filter(KnownRootKey::is_under_passphrase);
    }
}
