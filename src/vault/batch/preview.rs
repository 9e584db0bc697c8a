//! What a batch would come to: nothing is written, no lock is taken, no file is made.

use super::{
    super::{CreateSecret, SecretChange, Vault},
    BatchEntry, BatchStatus, NameChecks,
};
use crate::{
    error::Result,
    kms::{EmbeddedKms, key_choice::KeyOptions},
};

/// The secrets of a batch that is not carried out.
pub struct BatchPreview<'a> {
    vault: &'a Vault,
    /// With the keys that would be made.
    kms: EmbeddedKms,
    keys: &'a KeyOptions,
    checks: NameChecks,
}

impl Vault {
    /// Begins to find out what [`Vault::create_secrets`] would do. `kms` is what [`KeystoreSession::preview`](crate::kms::KeystoreSession::preview) gives;
    /// keys that are needed for the first time are made in it, and go with it.
    ///
    /// # Errors
    /// The vault cannot be read.
    pub fn preview_secrets<'a>(&'a self, kms: EmbeddedKms, keys: &'a KeyOptions) -> Result<BatchPreview<'a>> {
        if self.is_there()? {
            self.require()?;
        }
        Ok(BatchPreview { vault: self, kms, keys, checks: NameChecks::new(self) })
    }
}

impl BatchPreview<'_> {
    /// As [`Batch::check`](super::Batch::check).
    ///
    /// # Errors
    /// As there.
    pub fn check(&mut self, request: &CreateSecret) -> Result<()> {
        self.checks.check(self.vault, &mut self.kms, self.keys, request)
    }

    /// What would become of a request that was checked: [`BatchStatus::WouldCreate`], or what is there is compared with it, as writing would.
    #[must_use]
    pub fn preview(&self, request: &CreateSecret) -> BatchEntry {
        let name = request.name.clone();
        self.compared(request).unwrap_or_else(|error| BatchEntry { name, secret: None, status: BatchStatus::Failed(error) })
    }

    fn compared(&self, request: &CreateSecret) -> Result<BatchEntry> {
        let (name, family) = (request.name.clone(), self.vault.read_name_in(&self.checks.regions, &request.name)?.family);
        let Some(holder) = family.holder(request.region) else {
            return Ok(BatchEntry { name, secret: None, status: BatchStatus::WouldCreate });
        };
        self.vault.unchanged(&self.kms, self.keys, request, holder)?;
        let secret = SecretChange::of(self.vault, &self.kms, self.keys, holder);
        Ok(BatchEntry { name, secret: Some(secret), status: BatchStatus::Unchanged })
    }
}
