//! `secret.json`: what is known of a secret without a key, in the shape of
//! [DescribeSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    edk_record::EdkRecord, keyed_tag::KeyedTag, record_text::RecordText, resource_policy::ResourcePolicy, rotation::RotationRules,
    value::PayloadKind,
};
use crate::{
    arn::{KeyArn, SecretArn},
    error::{Error, Result},
    kms::DEFAULT_KEY_ALIAS,
    region::Region,
    store::{SecretKey, is_bundle_file},
    timestamp::Timestamp,
};

/// Format number of a `secret.json` that is written.
pub(crate) const FORMAT: u32 = 2;

/// The first one, which is read as well: it has no tag. A secret's first change makes it one of [`FORMAT`].
const FORMAT_WITHOUT_TAG: u32 = 1;

/// Bytes of a bundle on record, at most: what JSON carries everywhere as the number that it is.
const MAX_BUNDLE_SIZE: u64 = (1 << 53) - 1;

/// True for a format that is read.
pub(super) const fn is_known(format: u32) -> bool {
    matches!(format, FORMAT_WITHOUT_TAG | FORMAT)
}

/// The staging label of the version in use.
pub(crate) const AWSCURRENT: &str = "AWSCURRENT";

/// A tag of a secret. Tags are not encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    /// 1 to 128 characters, unique in a secret.
    pub key: String,
    /// 0 to 256 characters.
    pub value: String,
}

/// Whether the Regions of a version share one data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DataKeyScope {
    /// Generated once, re-wrapped under each Region's key, as AWS does.
    #[default]
    Shared,
    /// Each Region's bundle has its own: no Region can make another Region's bundle.
    PerRegion,
}

/// State of a replica. `InProgress` is never stored: the work is done when a command returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplicaStatus {
    /// The replica has the secret's versions.
    InSync,
    /// It has not; the message says why.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct SecretRecord<T: RecordText = String> {
    pub(crate) format: u32,
    #[serde(rename = "ARN")]
    pub(crate) arn: SecretArn,
    pub(crate) name: T,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<T>,
    /// As the user named it; absent for the default key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms_key_id: Option<T>,
    pub(crate) created_date: Timestamp,
    pub(crate) last_changed_date: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Tag>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) encryption_context: BTreeMap<String, String>,
    pub(crate) data_key_scope: DataKeyScope,
    /// In every Region of the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resource_policy: Option<ResourcePolicy>,
    /// In the primary Region only, as in AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotation_rules: Option<RotationRules>,
    /// The rules want nothing: rotation was turned off.
    #[serde(rename = "RotationCancelled", default, skip_serializing_if = "is_false")]
    pub(crate) is_rotation_cancelled: bool,
    /// When a rotation was finished here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_rotated_date: Option<Timestamp>,
    /// Of a secret that is marked for deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) planned_deletion: Option<PlannedDeletion>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) replication_status: Vec<ReplicaRecord<T>>,
    /// Same-named secrets that this one took the place of: absent in that Region from the moment this record is committed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) replaces: Vec<Replaced>,
    /// Of a secret that was carried away from its vault: the Regions that came along. No others are there. Empty in the vault itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) part_regions: Vec<Region>,
    /// Tells where a batch made the secret from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) packed_from: Option<KeyedTag<T>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) versions: Vec<VersionRecord<T>>,
    /// Over everything else. Absent where whoever wrote the record could not vouch for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) record_tag: Option<KeyedTag<T>>,
}

/// When a secret was marked for deletion, and when that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct PlannedDeletion {
    /// When `DeleteSecret` was called: `DeletedDate` of
    /// [SecretListEntry](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html).
    pub(crate) deleted_date: Timestamp,
    /// From then on the secret is gone: `DeletionDate` of the answer of
    /// [DeleteSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html).
    pub(crate) deletion_date: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ReplicaRecord<T: RecordText = String> {
    pub(crate) region: Region,
    pub(crate) kms_key_id: T,
    pub(crate) status: ReplicaStatus,
    pub(crate) status_message: T,
    /// The labels in this Region, where it failed and has versions of before: those that it had when it was last in sync, by VersionId.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) version_ids_to_stages: BTreeMap<T, Vec<T>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Replaced {
    pub(crate) region: Region,
    #[serde(rename = "ARN")]
    pub(crate) arn: SecretArn,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct VersionRecord<T: RecordText = String> {
    pub(crate) version_id: T,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) version_stages: Vec<T>,
    pub(crate) created_date: Timestamp,
    pub(crate) payload: PayloadKind,
    /// Absent in what was carried away from the vault in which the value was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value_tag: Option<KeyedTag<T>>,
    pub(crate) bundles: Vec<BundleRecord<T>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct BundleRecord<T: RecordText = String> {
    pub(crate) region: Region,
    pub(crate) file: T,
    pub(crate) size: u64,
    #[serde(rename = "SHA256")]
    pub(crate) sha256: T,
    pub(crate) kms_key_id: T,
    /// All of them, in the order of the message; absent where the only one is under the symmetric key `KmsKeyId`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) encrypted_data_keys: Vec<EdkRecord>,
}

impl SecretRecord {
    /// What `secret.json` holds.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self).map_err(|_| Error::Misuse("a secret's record is always JSON"))?;
        json.push(b'\n');
        Ok(json)
    }
}

impl<T: RecordText> SecretRecord<T> {
    pub(crate) fn primary_region(&self) -> Region {
        self.arn.region()
    }

    pub(crate) fn replica(&self, region: Region) -> Option<&ReplicaRecord<T>> {
        self.replication_status.iter().find(|replica| replica.region == region)
    }

    /// The key of a Region, as it was named. What was sealed under the default key stays there, whatever was chosen as the Region's default since.
    pub(super) fn key_name(&self, region: Region) -> &str {
        let replica = self.replica(region).map(|replica| &replica.kms_key_id);
        replica.or(self.kms_key_id.as_ref()).map_or(DEFAULT_KEY_ALIAS, AsRef::as_ref)
    }

    /// True when `region` has the secret: as primary, as a replica in sync, or as one that failed later and has versions of before.
    pub(crate) fn is_in(&self, region: Region) -> bool {
        let is_there = || {
            region == self.primary_region()
                || self.replica(region).is_some_and(|replica| replica.status == ReplicaStatus::InSync || self.has_bundle_for(region))
        };
        self.came_along(region) && is_there()
    }

    /// False for a Region that was left behind when the secret was carried here.
    pub(crate) fn came_along(&self, region: Region) -> bool {
        self.part_regions.is_empty() || self.part_regions.contains(&region)
    }

    /// True for a Region whose replica failed: what it has, if anything, is of before.
    pub(super) fn is_behind(&self, region: Region) -> bool {
        self.replica(region).is_some_and(|replica| replica.status == ReplicaStatus::Failed)
    }

    fn has_bundle_for(&self, region: Region) -> bool {
        self.versions.iter().any(|version| version.bundle(region).is_some())
    }

    /// The labels of a version in a Region.
    pub(super) fn stages_in<'r>(&'r self, region: Region, version: &'r VersionRecord<T>) -> &'r [T] {
        match self.replica(region).filter(|replica| replica.status == ReplicaStatus::Failed) {
            Some(replica) => replica.version_ids_to_stages.get(&version.version_id).map_or(&[], Vec::as_slice),
            None => &version.version_stages,
        }
    }

    /// The versions that a Region has, each with its labels there.
    pub(super) fn versions_in(&self, region: Region) -> impl Iterator<Item = (&VersionRecord<T>, &[T])> {
        let is_there = move |version: &&VersionRecord<T>| !self.is_behind(region) || version.bundle(region).is_some();
        self.versions.iter().filter(is_there).map(move |version| (version, self.stages_in(region, version)))
    }

    /// The labels that a Region keeps when its replica fails now.
    pub(super) fn kept_stages(&self, region: Region) -> BTreeMap<T, Vec<T>> {
        let labelled = self.versions_in(region).filter(|(version, stages)| version.bundle(region).is_some() && !stages.is_empty());
        labelled.map(|(version, stages)| (version.version_id.clone(), stages.to_vec())).collect()
    }

    /// True for a version that has a label, in one Region at least.
    pub(super) fn has_label(&self, version: &VersionRecord<T>) -> bool {
        let is_kept = |replica: &ReplicaRecord<T>| replica.version_ids_to_stages.contains_key(&version.version_id);
        !version.version_stages.is_empty() || self.replication_status.iter().any(is_kept)
    }

    /// Takes the replicas in these Regions out, with the bundles of every version.
    pub(super) fn leave(&mut self, regions: &[Region]) {
        self.replication_status.retain(|replica| !regions.contains(&replica.region));
        for version in &mut self.versions {
            version.bundles.retain(|bundle| !regions.contains(&bundle.region));
        }
    }

    /// The same without the replicas in these Regions.
    pub(super) fn without(mut self, regions: &[Region]) -> Self {
        if !regions.is_empty() {
            self.leave(regions);
        }
        self
    }

    /// When the value in use was made; for a secret without a value, when the secret was.
    pub(crate) fn value_changed_date(&self) -> Timestamp {
        self.version_with_stage(AWSCURRENT).map_or(self.created_date, |version| version.created_date)
    }

    pub(crate) fn version_with_stage(&self, stage: &str) -> Option<&VersionRecord<T>> {
        self.versions.iter().find(|version| version.version_stages.iter().any(|label| label.as_ref() == stage))
    }

    /// The version that new ones are like: the one in use, else the latest.
    pub(super) fn model_version(&self) -> Option<&VersionRecord<T>> {
        self.version_with_stage(AWSCURRENT).or(self.versions.last())
    }

    pub(crate) fn version(&self, id: &str) -> Option<&VersionRecord<T>> {
        self.versions.iter().find(|version| version.version_id.as_ref() == id)
    }

    /// What is wrong with a record that parsed; nothing in it may lead out of the secret's folder.
    pub(crate) fn fault(&self, key: &SecretKey) -> Option<String> {
        let Some((name, _)) = self.arn.split_suffix() else { return Some("the ARN has no suffix".to_owned()) };
        if name != self.name.as_ref() || !key.name.is_of(name) || self.primary_region() != key.primary {
            return Some("the secret's name or Region is not that of its folder".to_owned());
        }
        for version in &self.versions {
            for bundle in &version.bundles {
                if let Some(what) = bundle.fault() {
                    return Some(format!(
                        "the bundle for {} in version {} {what}",
                        bundle.region,
                        version.version_id.as_ref().escape_debug()
                    ));
                }
            }
        }
        if self.format == FORMAT_WITHOUT_TAG && self.record_tag.is_some() {
            return Some("a record of format 1 has no tag".to_owned());
        }
        if self.format == FORMAT_WITHOUT_TAG && self.planned_deletion.is_some() {
            return Some("a record of format 1 has no planned deletion".to_owned());
        }
        if self.format == FORMAT_WITHOUT_TAG && (self.is_rotation_cancelled || self.last_rotated_date.is_some()) {
            return Some("a record of format 1 has no rotation".to_owned());
        }
        if self.format == FORMAT_WITHOUT_TAG && !self.part_regions.is_empty() {
            return Some("a record of format 1 is of no part".to_owned());
        }
        if !self.part_regions.is_sorted_by(|a, b| a < b) {
            return Some("the Regions of a part are not in their order".to_owned());
        }
        if self.format == FORMAT_WITHOUT_TAG && self.packed_from.is_some() {
            return Some("a record of format 1 has no source".to_owned());
        }
        if occurs_twice(self.replication_status.iter().map(|replica| replica.region).chain([key.primary])) {
            return Some("a Region occurs twice".to_owned());
        }
        let labels = self.versions.iter().flat_map(|version| &version.version_stages);
        let is_ambiguous = occurs_twice(self.versions.iter().map(|version| &version.version_id))
            || occurs_twice(labels)
            || self.replication_status.iter().any(|replica| occurs_twice(replica.version_ids_to_stages.values().flatten()));
        is_ambiguous.then(|| "a VersionId or a staging label occurs twice".to_owned())
    }
}

impl<T: RecordText> BundleRecord<T> {
    /// What its data key is wrapped under, all of it.
    pub(super) fn all_encrypted_data_keys(&self) -> Vec<EdkRecord> {
        if self.encrypted_data_keys.is_empty() {
            return vec![EdkRecord::under_symmetric_key(self.kms_key_id.as_ref())];
        }
        self.encrypted_data_keys.clone()
    }

    fn fault(&self) -> Option<&'static str> {
        // The hash is part of the file's name: were it anything but hex, the name could lead elsewhere.
        let sha256 = self.sha256.as_ref();
        // All are looked at, which goes many at once.
        let is_hex = sha256.bytes().fold(true, |is_hex, byte| is_hex & matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if sha256.len() != 64 || !is_hex || !is_bundle_file(self.file.as_ref(), self.region, sha256) {
            return Some("has a file name that is not its own");
        }
        if self.size > MAX_BUNDLE_SIZE {
            return Some("has more bytes than a bundle can have");
        }
        let is_key_there = KeyArn::region_in(self.kms_key_id.as_ref()) == Some(self.region);
        (!is_key_there).then_some("names a key of another Region, or none")
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// So many are compared with each other sooner than they are sorted.
const FEW: usize = 8;

fn occurs_twice<T: Ord>(items: impl Iterator<Item = T> + Clone) -> bool {
    if items.clone().nth(FEW).is_none() {
        let mut rest = items;
        while let Some(item) = rest.next() {
            if rest.clone().any(|other| other == item) {
                return true;
            }
        }
        return false;
    }
    let mut sorted: Vec<_> = items.collect();
    sorted.sort_unstable();
    !sorted.is_sorted_by(|item, next| item < next)
}

impl<T: RecordText> VersionRecord<T> {
    pub(crate) fn bundle(&self, region: Region) -> Option<&BundleRecord<T>> {
        self.bundles.iter().find(|bundle| bundle.region == region)
    }
}
