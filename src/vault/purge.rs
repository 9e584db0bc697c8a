//! What was marked for deletion and is due, removed for good.

use super::{
    Listed, Vault,
    delete::remove,
    family::{Family, Located},
    record::PlannedDeletion,
    record_tag::Author,
    walk::each_family,
};
use crate::{
    arn::SecretArn,
    durable::is_read_only,
    error::{Error, Result},
    kms::EmbeddedKms,
    region::Region,
    store::{Commit, Writer},
    timestamp::Timestamp,
};

/// A secret that [`Vault::purge`] would remove.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpiredSecret {
    /// Its ARN in its primary Region.
    pub arn: SecretArn,
    /// Its name.
    pub name: String,
    /// When it was marked for deletion.
    pub deleted_date: Timestamp,
    /// When that was due.
    pub deletion_date: Timestamp,
}

impl ExpiredSecret {
    fn of(secret: &Located, now: Timestamp) -> Option<Self> {
        let record = &secret.record;
        let PlannedDeletion { deleted_date, deletion_date } = record.planned_deletion.filter(|_| record.is_deletion_due(now))?;
        Some(Self { arn: record.arn.clone(), name: record.name.clone(), deleted_date, deletion_date })
    }
}

impl Vault {
    /// The secrets whose deletion was due, by the clock as it is, in the order of their names; a record that cannot be read is a fault beside
    /// them.
    ///
    /// # Errors
    /// No vault, or it cannot be read.
    pub fn expired_secrets(&self) -> Result<Listed<ExpiredSecret>> {
        self.require()?;
        let now = Timestamp::now_within_years();
        let expired = |family: Family| family.members().filter_map(|secret| ExpiredSecret::of(secret, now)).collect::<Vec<_>>();
        let mut listed = each_family(self, expired)?;
        listed.entries.sort_unstable_by(|a, b| (&a.name, a.arn.region()).cmp(&(&b.name, b.arn.region())));
        Ok(listed)
    }

    /// Removes these secrets, each with all of its bundles, for good: the files are unlinked, which erases no medium. One that is not as it was
    /// listed, be it restored meanwhile, stays. What removals that were stopped left goes too. Gives the secrets that were removed; what could
    /// not be is a fault beside them. `kms` is the keystore at hand, if there is one.
    ///
    /// # Errors
    /// No vault, or it cannot be locked.
    pub fn purge(&self, kms: Option<&EmbeddedKms>, expired: &[ExpiredSecret]) -> Result<Listed<ExpiredSecret>> {
        self.require()?;
        let author = self.author(kms.map(EmbeddedKms::comparison_key));
        let regions = self.store.regions();
        let mut purged = Listed::default();
        let writer = match self.writer() {
            // Nothing is to be done, be it that a removal was stopped: what it left goes where something can be written.
            Err(Error::Io { source, .. }) if expired.is_empty() && is_read_only(&source) => return Ok(purged),
            writer => writer?,
        };
        for secret in expired {
            match self.purge_one(&*writer, author, &regions, secret) {
                Ok(true) => purged.entries.push(secret.clone()),
                Ok(false) => {}
                Err(fault) => purged.add_fault(fault),
            }
        }
        for secret in self.store.survey()?.secrets {
            if let Err(fault) = self.remove_leftovers(&*writer, &secret) {
                purged.add_fault(fault);
            }
        }
        Ok(purged)
    }

    /// False for one that is not there, or not as it was.
    fn purge_one(&self, writer: &dyn Writer, author: Author<'_>, regions: &[Region], expired: &ExpiredSecret) -> Result<bool> {
        loop {
            let read = self.read_name_in(regions, &expired.name)?;
            let is_it = |secret: &&Located| ExpiredSecret::of(secret, Timestamp::now_within_years()).as_ref() == Some(expired);
            let Some(secret) = read.family.members().find(is_it) else { return Ok(false) };
            if remove(writer, author, &read, secret)? == Commit::Done {
                return Ok(true);
            }
        }
    }
}
