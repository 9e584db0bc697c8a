//! A change of what is on record of a secret, which seals nothing: read, changed, committed, and done anew where another writer was first.

use super::{Vault, change::PreparedChange, family::Located, lookup::Found, planned_deletion::Marked, record::SecretRecord};
use crate::{error::Result, kms::EmbeddedKms, region::Region, timestamp::Timestamp};

impl Vault {
    /// Has `change` make of the record what it is to be. Nothing is written where nothing changes; where something does, `LastChangedDate` is
    /// now. `kms` is the keystore at hand: without it the record loses its tag, so that keys and Regions on it count for nothing until it is
    /// accepted.
    ///
    /// # Errors
    /// `ResourceNotFoundException`; `InvalidRequestException` for one that is marked for deletion; `InvalidParameterException` in a replica's
    /// Region; what `change` refuses. Nothing is written then.
    pub(super) fn change_record(
        &self,
        kms: Option<&EmbeddedKms>,
        secret_id: &str,
        region: Option<Region>,
        change: impl Fn(&mut SecretRecord) -> Result<()>,
    ) -> Result<Located> {
        self.change_record_as(Marked::Refused, kms, (secret_id, region), change)
    }

    /// The same where it is said what of those that are marked for deletion is found.
    pub(super) fn change_record_as(
        &self,
        marked: Marked,
        kms: Option<&EmbeddedKms>,
        (secret_id, region): (&str, Option<Region>),
        change: impl Fn(&mut SecretRecord) -> Result<()>,
    ) -> Result<Located> {
        let author = self.author(kms.map(EmbeddedKms::comparison_key));
        self.require()?;
        let writer = self.writer()?;
        loop {
            let found = self.find_to_change(&*writer, author, marked, (secret_id, region))?;
            found.require_primary()?;
            let Found { secret, read, .. } = found;
            let mut after = secret.record.clone();
            change(&mut after)?;
            if after == secret.record {
                return Ok(secret);
            }
            after.last_changed_date = Timestamp::now()?;
            let change = PreparedChange { key: secret.key, after, sealed: Vec::new() };
            if let Some(located) = change.write(&*writer, &read, author)? {
                return Ok(located);
            }
        }
    }
}
