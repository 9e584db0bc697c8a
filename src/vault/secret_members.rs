//! What the answers about a secret have in common: its replicas, its bundles, its key and its rotation in the Region that answers.

use std::path::PathBuf;

use serde::Serialize;

use super::{
    Vault,
    family::Located,
    record::{BundleRecord, ReplicaRecord, ReplicaStatus, SecretRecord, VersionRecord},
    record_text::RecordText,
    rotation::RotationRules,
};
use crate::{
    kms::{DEFAULT_KEY_ALIAS, EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    store::Item,
    timestamp::Timestamp,
};

/// State of one replica.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReplicationStatus {
    /// The replica's Region.
    pub region: Region,
    /// The key as it was named, or `alias/aws/secretsmanager`.
    pub kms_key_id: String,
    /// In sync or failed.
    pub status: ReplicaStatus,
    /// Why, when it failed.
    pub status_message: String,
}

/// One bundle file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BundleInfo {
    /// The Region that it is for.
    pub region: Region,
    /// The version that it holds.
    pub version_id: String,
    /// Absolute path.
    #[serde(serialize_with = "crate::text::serialize_path")]
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in hex.
    #[serde(rename = "SHA256")]
    pub sha256: String,
    /// ARN of the key that wraps its data key.
    pub kms_key_id: String,
    /// True when the keystore at hand has that key or a related multi-Region key with its private part, or a recovery key of the bundle,
    /// enabled; or when AWS KMS is at hand and is asked for the key, as its account is a configured one. In a description false where the
    /// bundle is not in the store.
    pub opens_here: bool,
}

pub(super) fn statuses(record: &SecretRecord) -> Vec<ReplicationStatus> {
    let status = |replica: &ReplicaRecord| ReplicationStatus {
        region: replica.region,
        kms_key_id: replica.kms_key_id.clone(),
        status: replica.status,
        status_message: replica.status_message.clone(),
    };
    record.replication_status.iter().map(status).collect()
}

/// The versions that have labels in a Region, with these. One without is deprecated, and AWS does not tell of it here.
pub(super) fn stages<T: RecordText>(record: &SecretRecord<T>, region: Region) -> impl Iterator<Item = (String, Vec<String>)> {
    let labelled = record.versions_in(region).filter(|(_, labels)| !labels.is_empty());
    labelled.map(|(version, labels)| (version.version_id.clone().into(), labels.iter().cloned().map(Into::into).collect()))
}

/// AWS tells it only of secrets with replication.
pub(super) fn shown_primary_region<T: RecordText>(record: &SecretRecord<T>) -> Option<Region> {
    (!record.replication_status.is_empty()).then(|| record.primary_region())
}

/// Rotation is the primary's; a replica gets the values.
pub(super) fn rotation_in<T: RecordText>(record: &SecretRecord<T>, region: Region) -> Option<&RotationRules> {
    record.rotation_rules.as_ref().filter(|_| region == record.primary_region())
}

/// The date on or before which the rules want the value changed; it may have passed. `None` where rotation was turned off.
pub(super) fn rotation_due<T: RecordText>(record: &SecretRecord<T>, rules: &RotationRules) -> Option<Timestamp> {
    let changed = record.value_changed_date();
    let last = record.last_rotated_date.map_or(changed, |rotated| rotated.max(changed));
    if record.is_rotation_cancelled { None } else { rules.due_date(last) }
}

pub(super) fn key_in<T: RecordText>(record: &SecretRecord<T>, region: Region) -> Option<String> {
    let key = if region == record.primary_region() {
        record.kms_key_id.as_ref()
    } else {
        record.replica(region).map(|replica| &replica.kms_key_id)
    };
    key.filter(|key| key.as_ref() != DEFAULT_KEY_ALIAS).cloned().map(Into::into)
}

/// Those that are asked about, of all versions, in the order of the record.
pub(super) fn bundles(
    vault: &Vault,
    kms: Option<&EmbeddedKms>,
    keys: &KeyOptions,
    secret: &Located,
    is_told: impl Fn(&VersionRecord, &BundleRecord) -> bool,
) -> Vec<BundleInfo> {
    let mut infos = Vec::new();
    for version in &secret.record.versions {
        for bundle in version.bundles.iter().filter(|bundle| is_told(version, bundle)) {
            infos.push(BundleInfo {
                region: bundle.region,
                version_id: version.version_id.clone(),
                path: vault.store.absolute_place(Item::Blob(&secret.blob(version, bundle))),
                size: bundle.size,
                sha256: bundle.sha256.clone(),
                kms_key_id: bundle.kms_key_id.clone(),
                opens_here: keys.can_open(kms, bundle),
            });
        }
    }
    infos
}
