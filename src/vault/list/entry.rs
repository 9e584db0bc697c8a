//! The entries of ListSecrets, made of the records of a vault. Members are AWS's, in AWS's order; `DeletionDate` and `RotationDueDate` are coldseal's.

use serde::{Serialize, Serializer};

use super::super::{
    Listed, Vault,
    family::Family,
    record::{SecretRecord, Tag},
    record_text::RecordText,
    rotation::RotationRules,
    secret_members::{key_in, rotation_due, rotation_in, shown_primary_region, stages},
    walk::look_at_each_family,
};
use crate::{arn::SecretArn, error::Result, region::Region, timestamp::Timestamp};

/// Staging labels by VersionId, in the order of the ids. A secret has few versions, and a list has many secrets: no tree for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionStages(Vec<(String, Vec<String>)>);

impl VersionStages {
    /// Each VersionId with its labels.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(id, labels)| (id.as_str(), labels.as_slice()))
    }

    /// True for a secret without a version.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Vec<String>)> for VersionStages {
    fn from_iter<I: IntoIterator<Item = (String, Vec<String>)>>(versions: I) -> Self {
        let mut stages = Vec::new();
        for version in versions {
            // There are few, and room for more would be kept for each secret of a long list.
            stages.reserve_exact(1);
            stages.push(version);
        }
        stages.sort_unstable();
        Self(stages)
    }
}

impl Serialize for VersionStages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// One entry of `ListSecrets`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretListEntry {
    /// The secret's ARN in the Region listed.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The key in that Region, unless it is the default key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// False where there are rules, as nothing here rotates; absent otherwise and in a replica's Region, as in AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_enabled: Option<bool>,
    /// The rules, in the primary Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_rules: Option<RotationRules>,
    /// When a rotation was last finished here, in the primary Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_rotated_date: Option<Timestamp>,
    /// Last change of any kind.
    pub last_changed_date: Timestamp,
    /// When it was marked for deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_date: Option<Timestamp>,
    /// Until when it can be restored. AWS shows it in the answer of `DeleteSecret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_date: Option<Timestamp>,
    /// The date on or before which the rules want the value changed. AWS's `NextRotationDate` is there only where AWS rotates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_due_date: Option<Timestamp>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Staging labels by VersionId.
    #[serde(skip_serializing_if = "VersionStages::is_empty")]
    pub secret_versions_to_stages: VersionStages,
    /// When the secret was made.
    pub created_date: Timestamp,
    /// Where it was made; absent without replicas, as in AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_region: Option<Region>,
}

impl SecretListEntry {
    /// True where the rules wanted the value changed before `now`.
    #[must_use]
    pub fn is_rotation_due(&self, now: Timestamp) -> bool {
        self.rotation_due_date.is_some_and(|due| due < now)
    }

    /// False once its deletion was due.
    pub(super) fn is_there(&self, now: Timestamp) -> bool {
        self.deletion_date.is_none_or(|date| now < date)
    }
}

impl Vault {
    /// Lists the secrets of one Region, or of all: then each once, in its primary Region. In the order of their names. A record that
    /// is damaged is a fault beside the others; what Regions it is in cannot be told. Those that are marked for deletion are left out.
    ///
    /// # Errors
    /// No vault, or it cannot be read.
    pub fn list_secrets(&self, region: Option<Region>) -> Result<Listed<SecretListEntry>> {
        let now = Timestamp::now_within_years();
        let mut listed = self.list_entries(region, |entry| entry.deleted_date.is_none() && entry.is_there(now))?;
        listed.entries.sort_unstable_by(|a, b| (&a.name, a.arn.region()).cmp(&(&b.name, b.arn.region())));
        Ok(listed)
    }

    /// The same for the secrets that pass, in no order.
    pub(super) fn list_entries(
        &self,
        region: Option<Region>,
        passes: impl Fn(&SecretListEntry) -> bool + Sync,
    ) -> Result<Listed<SecretListEntry>> {
        self.require()?;
        look_at_each_family(self, |family, entries| entries.extend(list_entries(family, region).filter(&passes)))
    }
}

pub(super) fn list_entries<T: RecordText>(family: &Family<T>, region: Option<Region>) -> impl Iterator<Item = SecretListEntry> {
    let shown = move |regions: Vec<Region>| match region {
        Some(region) => regions.contains(&region).then_some(region),
        None => regions.first().copied(),
    };
    family.seen().filter_map(move |(record, regions)| shown(regions).map(|region| list_entry(&record, region)))
}

pub(in crate::vault) fn list_entry<T: RecordText>(record: &SecretRecord<T>, region: Region) -> SecretListEntry {
    let (rotation, primary) = (rotation_in(record, region), record.primary_region());
    SecretListEntry {
        arn: record.arn.in_region(region),
        name: record.name.clone().into(),
        description: record.description.clone().map(Into::into),
        kms_key_id: key_in(record, region),
        rotation_enabled: rotation.map(|_| false),
        rotation_rules: rotation.cloned(),
        last_rotated_date: record.last_rotated_date.filter(|_| region == primary),
        last_changed_date: record.last_changed_date,
        deleted_date: record.planned_deletion.map(|planned| planned.deleted_date),
        deletion_date: record.planned_deletion.map(|planned| planned.deletion_date),
        rotation_due_date: rotation.and_then(|rules| rotation_due(record, rules)),
        tags: record.tags.clone(),
        secret_versions_to_stages: stages(record, region).collect(),
        created_date: record.created_date,
        primary_region: shown_primary_region(record),
    }
}
