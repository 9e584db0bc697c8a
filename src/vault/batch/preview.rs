//! What a batch would come to: nothing is written, no lock is taken, no file is made.

use super::{
    super::{CreateSecret, Listed, SecretChange, Vault},
    BatchEntry, BatchRules, BatchStatus, GoneSecret, NameChecks,
    secret_update::{FoundSecret, SecretUpdate},
};
use crate::{
    error::Result,
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
};

/// The secrets of a batch that is not carried out.
pub struct BatchPreview<'a> {
    vault: &'a Vault,
    /// With the keys that would be made.
    kms: EmbeddedKms,
    keys: &'a KeyOptions,
    rules: BatchRules,
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
        Ok(BatchPreview { vault: self, kms, keys, rules: BatchRules::default(), checks: NameChecks::new(self) })
    }
}

impl BatchPreview<'_> {
    /// As [`Batch::with_rules`](super::Batch::with_rules).
    #[must_use]
    pub fn with_rules(self, rules: BatchRules) -> Self {
        Self { rules, ..self }
    }

    /// As [`Batch::check`](super::Batch::check).
    ///
    /// # Errors
    /// As there.
    pub fn check(&mut self, request: &CreateSecret) -> Result<()> {
        self.checks.check(self.vault, &mut self.kms, self.keys, request)
    }

    /// As [`Batch::gone`](super::Batch::gone).
    ///
    /// # Errors
    /// As there.
    pub fn gone(&self, region: Region, is_there: impl Fn(&str) -> bool + Sync) -> Result<Listed<GoneSecret>> {
        self.vault.gone_secrets(&self.kms, self.rules.source.as_ref(), region, is_there)
    }

    /// What would become of a request that was checked: [`BatchStatus::WouldCreate`], or what is there is compared with it, as writing would, and
    /// an update's Regions and keys are checked.
    #[must_use]
    pub fn preview(&mut self, request: CreateSecret) -> BatchEntry {
        let name = request.name.clone();
        self.compared(request).unwrap_or_else(|error| BatchEntry::failed(name, error))
    }

    fn compared(&mut self, request: CreateSecret) -> Result<BatchEntry> {
        let (name, read) = (request.name.clone(), self.vault.read_name_in(&self.checks.regions, &request.name)?);
        let Some(secret) = read.family.holder(request.region).cloned() else {
            return Ok(BatchEntry { name, secret: None, status: BatchStatus::WouldCreate });
        };
        let differences = self.vault.compared(&self.kms, self.keys, &request, &secret, self.rules.on_difference)?;
        let found = FoundSecret { request, secret, read };
        let status = if differences.is_empty() {
            BatchStatus::Unchanged
        } else {
            BatchStatus::WouldUpdate(SecretUpdate::plan(self.vault, &mut self.kms, self.keys, &found, differences)?.into_differences())
        };
        let secret = SecretChange::of(self.vault, &self.kms, self.keys, &found.secret);
        Ok(BatchEntry { name, secret: Some(secret), status })
    }
}
