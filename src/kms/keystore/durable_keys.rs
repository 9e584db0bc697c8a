//! The proof that keys are durable, which sealing demands.

use crate::{
    error::{Error, Result},
    kms::EmbeddedKms,
};

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Committed {
    /// Nothing had changed, nothing was written.
    Unchanged,
    /// The keystore was replaced by the changed one.
    Updated,
    /// Keystore and key file were made: whoever copies both can open everything.
    Created,
    /// The keystore was made, under a key file that was there already.
    CreatedWithAdoptedKeyFile,
}

/// The state of the embedded KMS as the keystore file has it: what is wrapped under its keys opens after a power cut too.
///
/// [`KeystoreSession::commit`](super::KeystoreSession::commit) gives it. While it is held no key is made, so that a key that may be used once
/// is on record as used before it is.
#[derive(Debug)]
#[must_use]
pub struct KeysDurable<'k> {
    kms: &'k EmbeddedKms,
    committed: Committed,
}

impl<'k> KeysDurable<'k> {
    /// Only a commit knows.
    pub(super) const fn committed_now(kms: &'k EmbeddedKms, committed: Committed) -> Self {
        Self { kms, committed }
    }

    /// Of a state with nothing to lose: as it was read from a keystore, or without a key where there is none, as all keys are in AWS KMS.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a state with changes: they have to be committed.
    pub fn unchanged(kms: &'k EmbeddedKms) -> Result<Self> {
        let is_empty = kms.last_written.is_none() && kms.regions.values().all(|state| state.keys.is_empty() && state.imported.is_empty());
        if kms.is_dirty() && !is_empty {
            return Err(Error::Misuse("keys that are not in the keystore yet have to be committed before anything is sealed under them"));
        }
        Ok(Self { kms, committed: Committed::Unchanged })
    }

    /// The state.
    #[must_use]
    pub const fn kms(&self) -> &'k EmbeddedKms {
        self.kms
    }

    /// What the commit did.
    pub const fn committed(&self) -> Committed {
        self.committed
    }
}
