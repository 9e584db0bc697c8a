//! What of a secret's record is signed, carried and verified for one Region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::canonical_json::number;
use crate::{
    arn::SecretArn,
    error::ManifestFault,
    region::Region,
    store::bundle_file,
    timestamp::Timestamp,
    vault::{
        BundleRecord, DataKeyScope, EdkRecord, PayloadKind, PlannedDeletion, RECORD_FORMAT, Replaced, ReplicaRecord, ReplicaStatus,
        ResourcePolicy, RotationRules, SecretRecord, Tag, VersionRecord,
    },
};

/// Every member of a record that a reader in one Region acts on, and that Region's bundles. Not in it: the tags of values, of the record and of where it came from, which
/// only a keystore can read, and other Regions' bundles. Members stand in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CutRecord {
    #[serde(rename = "ARN")]
    pub(crate) arn: SecretArn,
    created_date: Timestamp,
    data_key_scope: DataKeyScope,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// In the order of the keys' bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    encryption_context: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    pub(crate) last_changed_date: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_rotated_date: Option<Timestamp>,
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planned_deletion: Option<PlannedDeletion>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    replaces: Vec<CutReplaced>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    replication_status: Vec<CutReplica>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource_policy: Option<ResourcePolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rotation_rules: Option<RotationRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rotation_state: Option<CutRotation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    versions: Vec<CutVersion>,
}

/// Absent where rotation goes by its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum CutRotation {
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CutReplaced {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    region: Region,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CutReplica {
    kms_key_id: String,
    region: Region,
    status: ReplicaStatus,
    status_message: String,
    /// In the order of the VersionIds' bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    version_ids_to_stages: Vec<CutStages>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CutStages {
    version_id: String,
    version_stages: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CutVersion {
    /// Absent where the Region has none of this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bundle: Option<CutBundle>,
    created_date: Timestamp,
    payload: PayloadKind,
    version_id: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    version_stages: Vec<String>,
}

/// A bundle of the Region; its file is named after Region and SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CutBundle {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    encrypted_data_keys: Vec<CutEdk>,
    kms_key_id: String,
    #[serde(rename = "SHA256")]
    sha256: String,
    #[serde(deserialize_with = "number")]
    size: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CutEdk {
    key: String,
    provider_id: String,
}

/// The Regions that a record says something of: the primary one, and those of its replicas, failed ones too; in a part, those that came along.
pub(crate) fn regions(record: &SecretRecord) -> impl Iterator<Item = Region> {
    let all = std::iter::once(record.primary_region()).chain(record.replication_status.iter().map(|replica| replica.region));
    all.filter(|region| record.came_along(*region))
}

/// The one function that says what of a record counts in a Region: for signing, for carrying and for verifying. Cutting what was cut changes
/// nothing.
pub(crate) fn cut(record: &SecretRecord, region: Region) -> CutRecord {
    // Named one by one: a new member of the record does not compile until it is said here what becomes of it.
    let SecretRecord {
        format: _,
        arn,
        name,
        description,
        kms_key_id,
        created_date,
        last_changed_date,
        tags,
        encryption_context,
        data_key_scope,
        resource_policy,
        rotation_rules,
        is_rotation_cancelled,
        last_rotated_date,
        planned_deletion,
        replication_status,
        replaces,
        // Where it was carried to is not the secret's.
        part_regions: _,
        versions,
        packed_from: _,
        record_tag: _,
    } = record;
    CutRecord {
        arn: arn.clone(),
        created_date: *created_date,
        data_key_scope: *data_key_scope,
        description: description.clone(),
        encryption_context: encryption_context.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect(),
        kms_key_id: kms_key_id.clone(),
        last_changed_date: *last_changed_date,
        last_rotated_date: *last_rotated_date,
        name: name.clone(),
        planned_deletion: *planned_deletion,
        replaces: replaces.iter().map(cut_replaced).collect(),
        replication_status: replication_status.iter().map(cut_replica).collect(),
        resource_policy: resource_policy.clone(),
        rotation_rules: rotation_rules.clone(),
        rotation_state: is_rotation_cancelled.then_some(CutRotation::Cancelled),
        tags: tags.clone(),
        versions: versions.iter().map(|version| cut_version(version, region)).collect(),
    }
}

fn cut_replaced(Replaced { region, arn }: &Replaced) -> CutReplaced {
    CutReplaced { arn: arn.clone(), region: *region }
}

fn cut_replica(replica: &ReplicaRecord) -> CutReplica {
    let ReplicaRecord { region, kms_key_id, status, status_message, version_ids_to_stages } = replica;
    let stages =
        |(version_id, stages): (&String, &Vec<String>)| CutStages { version_id: version_id.clone(), version_stages: stages.clone() };
    CutReplica {
        kms_key_id: kms_key_id.clone(),
        region: *region,
        status: *status,
        status_message: status_message.clone(),
        version_ids_to_stages: version_ids_to_stages.iter().map(stages).collect(),
    }
}

fn cut_version(version: &VersionRecord, region: Region) -> CutVersion {
    let VersionRecord { version_id, version_stages, created_date, payload, value_tag: _, bundles } = version;
    CutVersion {
        bundle: bundles.iter().find(|bundle| bundle.region == region).map(cut_bundle),
        created_date: *created_date,
        payload: *payload,
        version_id: version_id.clone(),
        version_stages: version_stages.clone(),
    }
}

fn cut_bundle(bundle: &BundleRecord) -> CutBundle {
    // The file is named after Region and digest.
    let BundleRecord { region: _, file: _, size, sha256, kms_key_id, encrypted_data_keys } = bundle;
    let edk = |edk: &EdkRecord| {
        let (provider_id, key) = edk.texts();
        CutEdk { key, provider_id }
    };
    CutBundle {
        encrypted_data_keys: encrypted_data_keys.iter().map(edk).collect(),
        kms_key_id: kms_key_id.clone(),
        sha256: sha256.clone(),
        size: *size,
    }
}

/// The record of which these are the cuts, each for its Region: without tags, and with these Regions' bundles alone. `None` for no cuts.
///
/// # Errors
/// [`ManifestFault::Contradictory`] where they do not say the same of the secret.
pub(crate) fn joined(cuts: Vec<(Region, CutRecord)>) -> Result<Option<SecretRecord>, ManifestFault> {
    let mut joined: Option<SecretRecord> = None;
    cuts.into_iter().try_for_each(|(region, cut)| join(&mut joined, region, cut))?;
    Ok(joined)
}

/// Adds one more Region's cut to a record that is joined of others.
///
/// # Errors
/// As for [`joined`].
pub(crate) fn join(joined: &mut Option<SecretRecord>, region: Region, cut: CutRecord) -> Result<(), ManifestFault> {
    let record = uncut(cut, region);
    let Some(whole) = joined else {
        *joined = Some(record);
        return Ok(());
    };
    let added: Vec<_> = record.versions.iter().map(|version| version.bundles.clone()).collect();
    let bare = |record: &SecretRecord| {
        let mut record = record.clone();
        record.versions.iter_mut().for_each(|version| version.bundles.clear());
        record
    };
    if bare(whole) != bare(&record) {
        return Err(ManifestFault::Contradictory(record.name));
    }
    for (version, bundles) in whole.versions.iter_mut().zip(added) {
        version.bundles.extend(bundles);
    }
    Ok(())
}

fn uncut(cut: CutRecord, region: Region) -> SecretRecord {
    let version = |version: CutVersion| VersionRecord {
        version_id: version.version_id,
        version_stages: version.version_stages,
        created_date: version.created_date,
        payload: version.payload,
        value_tag: None,
        bundles: version.bundle.map(|bundle| uncut_bundle(bundle, region)).into_iter().collect(),
    };
    SecretRecord {
        format: RECORD_FORMAT,
        arn: cut.arn,
        name: cut.name,
        description: cut.description,
        kms_key_id: cut.kms_key_id,
        created_date: cut.created_date,
        last_changed_date: cut.last_changed_date,
        tags: cut.tags,
        encryption_context: cut.encryption_context.into_iter().map(|Tag { key, value }| (key, value)).collect(),
        data_key_scope: cut.data_key_scope,
        resource_policy: cut.resource_policy,
        rotation_rules: cut.rotation_rules,
        is_rotation_cancelled: cut.rotation_state == Some(CutRotation::Cancelled),
        last_rotated_date: cut.last_rotated_date,
        planned_deletion: cut.planned_deletion,
        replication_status: cut.replication_status.into_iter().map(uncut_replica).collect(),
        replaces: cut.replaces.into_iter().map(|CutReplaced { arn, region }| Replaced { region, arn }).collect(),
        part_regions: Vec::new(),
        versions: cut.versions.into_iter().map(version).collect(),
        packed_from: None,
        record_tag: None,
    }
}

fn uncut_replica(replica: CutReplica) -> ReplicaRecord {
    let stages: BTreeMap<_, _> =
        replica.version_ids_to_stages.into_iter().map(|stages| (stages.version_id, stages.version_stages)).collect();
    ReplicaRecord {
        region: replica.region,
        kms_key_id: replica.kms_key_id,
        status: replica.status,
        status_message: replica.status_message,
        version_ids_to_stages: stages,
    }
}

fn uncut_bundle(bundle: CutBundle, region: Region) -> BundleRecord {
    BundleRecord {
        region,
        file: bundle_file(region, &bundle.sha256),
        size: bundle.size,
        sha256: bundle.sha256,
        kms_key_id: bundle.kms_key_id,
        encrypted_data_keys: bundle.encrypted_data_keys.into_iter().map(|edk| EdkRecord::of_texts(edk.provider_id, edk.key)).collect(),
    }
}

/// What of a version is compared, as text.
type PartOfVersion = fn(&CutVersion) -> String;

impl CutRecord {
    /// The encryption context and the labels of failed Regions are lists here: each key once, in the order of the bytes.
    pub(super) fn is_ordered(&self) -> bool {
        let is_context = self.encryption_context.is_sorted_by(|a, b| a.key < b.key);
        let are_stages = |replica: &CutReplica| replica.version_ids_to_stages.is_sorted_by(|a, b| a.version_id < b.version_id);
        is_context && self.replication_status.iter().all(are_stages)
    }

    /// The members of which two entries say something else, by their names; of versions, what of them.
    pub(super) fn members_unlike(&self, other: &Self) -> BTreeSet<String> {
        let members = |entry: &Self| {
            let mut members = serde_json::to_value(entry).map(|value| value.as_object().cloned().unwrap_or_default()).unwrap_or_default();
            members.remove("Versions");
            members
        };
        let (own, others) = (members(self), members(other));
        let mut unlike: BTreeSet<String> =
            own.keys().chain(others.keys()).filter(|name| own.get(*name) != others.get(*name)).cloned().collect();
        let of_versions = |entry: &Self, part: PartOfVersion| entry.versions.iter().map(part).collect::<Vec<_>>();
        let parts: [(&str, PartOfVersion); 3] = [
            ("Versions", |version| format!("{} {} {:?}", version.version_id, version.created_date, version.payload)),
            ("VersionStages", |version| format!("{} {:?}", version.version_id, version.version_stages)),
            ("Bundles", |version| format!("{} {:?}", version.version_id, version.bundle)),
        ];
        unlike.extend(
            parts.iter().filter(|(_, part)| of_versions(self, *part) != of_versions(other, *part)).map(|(name, _)| (*name).to_owned()),
        );
        unlike
    }

    /// VersionId, size and SHA-256 of each of its bundles.
    pub(super) fn bundles(&self) -> impl Iterator<Item = (&str, u64, &str)> {
        self.versions.iter().filter_map(|version| {
            let bundle = version.bundle.as_ref()?;
            Some((version.version_id.as_str(), bundle.size, bundle.sha256.as_str()))
        })
    }

    /// Its place among the entries of a Region: by name, then by primary Region.
    pub(super) fn place(&self) -> (&str, Region) {
        (&self.name, self.arn.region())
    }
}
