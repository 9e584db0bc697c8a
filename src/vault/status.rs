//! Every secret by its Regions, at a glance. No key is needed.

use serde::Serialize;

use super::{
    Listed, Vault,
    list::{SecretFilter, check, list_entry},
    openers::KnownOpeners,
    record::{AWSCURRENT, ReplicaStatus, SecretRecord},
    record_text::RecordText,
    walk::look_at_each_family,
};
use crate::{
    arn::SecretArn,
    error::Result,
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    timestamp::Timestamp,
};

/// A secret by its Regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SecretStatus {
    /// Its name.
    pub name: String,
    /// Its ARN in the primary Region.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The version in use; absent for a secret without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// How many versions there are.
    pub versions: usize,
    /// Last change of any kind.
    pub last_changed_date: Timestamp,
    /// When it was marked for deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_date: Option<Timestamp>,
    /// When it counts as gone, where it is marked for deletion; until then it can be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_date: Option<Timestamp>,
    /// The primary Region, then the replicas in the order of the record.
    pub regions: Vec<RegionStatus>,
}

/// A secret in one Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RegionStatus {
    /// The Region.
    pub region: Region,
    /// What it is there.
    pub status: StateInRegion,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// The version in use there, where that is one of before, as the replica failed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Whether the version in use there opens with what is at hand; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_here: Option<bool>,
}

/// What a secret is in a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum StateInRegion {
    /// It is changed there.
    Primary,
    /// It has all versions.
    InSync,
    /// It could not be replicated there.
    Failed,
}

impl Vault {
    /// The secrets that pass all filters, by their Regions, in the order of their names; with `region` those that are in it. `kms` and `keys` tell
    /// what opens here. A record that cannot be read is a fault beside the others.
    ///
    /// # Errors
    /// `ValidationException` for a filter; no vault, or it cannot be read.
    pub fn secret_statuses(
        &self,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        region: Option<Region>,
        filters: &[SecretFilter],
    ) -> Result<Listed<SecretStatus>> {
        check(filters)?;
        self.require()?;
        let openers = KnownOpeners::new(kms, keys);
        let mut listed = look_at_each_family(self, |family, statuses| {
            for (record, regions) in family.seen() {
                let shown = region.map_or_else(|| regions.first().copied(), |region| regions.contains(&region).then_some(region));
                let Some(shown) = shown else { continue };
                if filters.is_empty() || filters.iter().all(|filter| filter.fits(&list_entry(&record, shown))) {
                    statuses.push(status(&record, &regions, &openers));
                }
            }
        })?;
        listed.entries.sort_unstable_by(|a, b| (&a.name, a.arn.region()).cmp(&(&b.name, b.arn.region())));
        Ok(listed)
    }
}

/// `present` are the Regions that have the secret; one that failed from the start is none of them.
pub(super) fn status<T: RecordText>(record: &SecretRecord<T>, present: &[Region], openers: &KnownOpeners<'_>) -> SecretStatus {
    let current_in = |region| {
        let mut versions = record.versions_in(region);
        versions.find(|(_, stages)| stages.iter().any(|label| label.as_ref() == AWSCURRENT)).map(|(version, _)| version)
    };
    let there = |region, status, status_message| {
        let current = current_in(region);
        RegionStatus {
            region,
            status,
            status_message,
            version_id: current.filter(|_| status == StateInRegion::Failed).map(|version| version.version_id.clone().into()),
            opens_here: current.map(|version| version.bundle(region).is_some_and(|bundle| openers.can_open(bundle))),
        }
    };
    let primary = record.primary_region();
    let mut regions = Vec::with_capacity(present.len());
    regions.extend(present.contains(&primary).then(|| there(primary, StateInRegion::Primary, None)));
    regions.extend(record.replication_status.iter().filter_map(|replica| match replica.status {
        ReplicaStatus::InSync => present.contains(&replica.region).then(|| there(replica.region, StateInRegion::InSync, None)),
        ReplicaStatus::Failed => Some(there(replica.region, StateInRegion::Failed, Some(replica.status_message.clone().into()))),
    }));
    SecretStatus {
        name: record.name.clone().into(),
        arn: record.arn.clone(),
        version_id: record.version_with_stage(AWSCURRENT).map(|version| version.version_id.clone().into()),
        versions: record.versions.len(),
        last_changed_date: record.last_changed_date,
        deleted_date: record.planned_deletion.map(|planned| planned.deleted_date),
        deletion_date: record.planned_deletion.map(|planned| planned.deletion_date),
        regions,
    }
}
