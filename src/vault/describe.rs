//! What commands tell about secrets: [DescribeSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html),
//! [ListSecrets](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html), and the answers of changes.
//! Members are AWS's, in AWS's order; `RotationDueDate`, `Bundles`, `EncryptionContext` and `ResourcePolicy` are coldseal's.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use serde::{Serialize, Serializer};

use super::{
    Listed, Vault,
    family::{Family, Located},
    record::{AWSCURRENT, ReplicaRecord, ReplicaStatus, SecretRecord, Tag},
    resource_policy::ResourcePolicy,
    rotation::RotationRules,
    walk::each_family,
};
use crate::{
    arn::{KeyArn, SecretArn},
    error::Result,
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
    /// enabled; or when AWS KMS is at hand and is asked for the key, as its account is a configured one.
    pub opens_here: bool,
}

/// The answer of `CreateSecret` and `ReplicateSecretToRegions`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretChange {
    /// The secret's ARN in its primary Region.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
    /// The version in use; absent for a secret without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The replicas.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replication_status: Vec<ReplicationStatus>,
    /// The bundles of all versions.
    pub bundles: Vec<BundleInfo>,
    /// The Regions whose bundles only AWS KMS opens, as they are under imported public keys; not part of the answer's document.
    #[serde(skip)]
    pub public_only: Vec<Region>,
    /// The Regions whose bundles a recovery key opens too that is not in the keystore; not part of the answer's document.
    #[serde(skip)]
    pub recovery_only: Vec<Region>,
    /// Keys that opened bundles before the change, and do not open the ones after it; not part of the answer's document.
    #[serde(skip)]
    pub lost_keys: Vec<String>,
    /// The VersionIds that were sealed anew, and whose value could not be compared with the one on record, as another keystore made that; not
    /// part of the answer's document.
    #[serde(skip)]
    pub not_compared: Vec<String>,
    /// The Regions whose key on record was not taken, with that: whoever wrote the record is not known, and the Region's bundle is under another
    /// key, or one was asked for; not part of the answer's document.
    #[serde(skip)]
    pub not_followed: Vec<(Region, String)>,
}

/// The answer of `DescribeSecret`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretDescription {
    /// The secret's ARN in the Region that answers.
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
    /// Last change of any kind.
    pub last_changed_date: Timestamp,
    /// The date on or before which the rules want the value changed. AWS's `NextRotationDate` is there only where AWS rotates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_due_date: Option<Timestamp>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Staging labels by VersionId.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub version_ids_to_stages: BTreeMap<String, Vec<String>>,
    /// When the secret was made.
    pub created_date: Timestamp,
    /// Where it was made; absent without replicas, as in AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_region: Option<Region>,
    /// The replicas.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replication_status: Vec<ReplicationStatus>,
    /// The user's pairs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub encryption_context: BTreeMap<String, String>,
    /// The policy, as it was given; AWS shows it in `GetResourcePolicy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<ResourcePolicy>,
    /// The bundles of all versions, in the Region that answers or, in the primary, in all.
    pub bundles: Vec<BundleInfo>,
}

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
        // In a vector of its own: one that is collected keeps the room of the records that it came from.
        let versions = versions.into_iter();
        let mut stages = Vec::with_capacity(versions.size_hint().0);
        stages.extend(versions);
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
    /// Last change of any kind.
    pub last_changed_date: Timestamp,
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

impl SecretChange {
    pub(super) fn of(vault: &Vault, kms: &EmbeddedKms, keys: &KeyOptions, secret: &Located) -> Self {
        let record = &secret.record;
        let closed = record.versions.iter().flat_map(|version| &version.bundles).filter(|bundle| {
            let in_aws = |key: &KeyArn| kms.is_imported(key) || keys.online.is_some() && !keys.known(kms).has(key);
            bundle.kms_key_id.parse().is_ok_and(|key| in_aws(&key)) && !keys.can_open(Some(kms), bundle)
        });
        let (mut public_only, mut recovery_only) = (BTreeSet::new(), BTreeSet::new());
        for bundle in closed {
            let regions = if bundle.encrypted_data_keys.len() > 1 { &mut recovery_only } else { &mut public_only };
            regions.insert(bundle.region);
        }
        Self {
            arn: record.arn.clone(),
            name: record.name.clone(),
            version_id: record.version_with_stage(AWSCURRENT).map(|version| version.version_id.clone()),
            replication_status: statuses(record),
            bundles: bundles(vault, Some(kms), keys, secret, None),
            public_only: public_only.into_iter().collect(),
            recovery_only: recovery_only.into_iter().collect(),
            lost_keys: Vec::new(),
            not_compared: Vec::new(),
            not_followed: Vec::new(),
        }
    }
}

impl Vault {
    /// Describes a secret as the Region that answers knows it. `kms` tells which bundles open here.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, no vault, or a damaged record.
    pub fn describe_secret(&self, kms: Option<&EmbeddedKms>, secret_id: &str, region: Option<Region>) -> Result<SecretDescription> {
        self.describe_secret_with(kms, &KeyOptions::default(), secret_id, region)
    }

    /// As [`Vault::describe_secret`], where AWS KMS may be at hand too. It is not called.
    ///
    /// # Errors
    /// As for [`Vault::describe_secret`].
    pub fn describe_secret_with(
        &self,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        secret_id: &str,
        region: Option<Region>,
    ) -> Result<SecretDescription> {
        let (secret, region) = self.find(secret_id, region)?;
        let only = (region != secret.record.primary_region()).then_some(region);
        let bundles = bundles(self, kms, keys, &secret, only);
        let record = secret.record;
        let rotation = rotation_in(&record, region);
        Ok(SecretDescription {
            arn: record.arn.in_region(region),
            kms_key_id: key_in(&record, region),
            rotation_enabled: rotation.map(|_| false),
            rotation_due_date: rotation.and_then(|rules| rotation_due(&record, rules)),
            rotation_rules: rotation.cloned(),
            version_ids_to_stages: stages(&record),
            primary_region: shown_primary_region(&record),
            replication_status: statuses(&record),
            name: record.name,
            description: record.description,
            last_changed_date: record.last_changed_date,
            tags: record.tags,
            created_date: record.created_date,
            encryption_context: record.encryption_context,
            resource_policy: record.resource_policy,
            bundles,
        })
    }

    /// Lists the secrets of one Region, or of all: then each once, in its primary Region. In the order of their names. A record that
    /// is damaged is a fault beside the others; what Regions it is in cannot be told.
    ///
    /// # Errors
    /// No vault, or it cannot be read.
    pub fn list_secrets(&self, region: Option<Region>) -> Result<Listed<SecretListEntry>> {
        let mut listed = self.list_entries(region, |_| true)?;
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
        each_family(&*self.store, |family| list_entries(family, region).into_iter().filter(&passes).collect::<Vec<_>>())
    }
}

fn list_entries(family: Family, region: Option<Region>) -> Vec<SecretListEntry> {
    let shown = |regions: Vec<Region>| match region {
        Some(region) => regions.contains(&region).then_some(region),
        None => regions.first().copied(),
    };
    family.into_present().into_iter().filter_map(|(record, regions)| shown(regions).map(|region| list_entry(record, region))).collect()
}

fn list_entry(record: SecretRecord, region: Region) -> SecretListEntry {
    let rotation = rotation_in(&record, region);
    SecretListEntry {
        kms_key_id: key_in(&record, region),
        rotation_enabled: rotation.map(|_| false),
        rotation_due_date: rotation.and_then(|rules| rotation_due(&record, rules)),
        rotation_rules: rotation.cloned(),
        primary_region: shown_primary_region(&record),
        arn: record.arn.into_region(region),
        name: record.name,
        description: record.description,
        last_changed_date: record.last_changed_date,
        tags: record.tags,
        secret_versions_to_stages: record.versions.into_iter().map(|version| (version.version_id, version.version_stages)).collect(),
        created_date: record.created_date,
    }
}

fn statuses(record: &SecretRecord) -> Vec<ReplicationStatus> {
    let status = |replica: &ReplicaRecord| ReplicationStatus {
        region: replica.region,
        kms_key_id: replica.kms_key_id.clone(),
        status: replica.status,
        status_message: replica.status_message.clone(),
    };
    record.replication_status.iter().map(status).collect()
}

fn stages(record: &SecretRecord) -> BTreeMap<String, Vec<String>> {
    record.versions.iter().map(|version| (version.version_id.clone(), version.version_stages.clone())).collect()
}

/// AWS tells it only of secrets with replication.
fn shown_primary_region(record: &SecretRecord) -> Option<Region> {
    (!record.replication_status.is_empty()).then(|| record.primary_region())
}

/// Rotation is the primary's; a replica gets the values.
fn rotation_in(record: &SecretRecord, region: Region) -> Option<&RotationRules> {
    record.rotation_rules.as_ref().filter(|_| region == record.primary_region())
}

fn rotation_due(record: &SecretRecord, rules: &RotationRules) -> Option<Timestamp> {
    rules.next_rotation_date(record.value_changed_date(), Timestamp::now_within_years())
}

fn key_in(record: &SecretRecord, region: Region) -> Option<String> {
    let key = if region == record.primary_region() {
        record.kms_key_id.clone()
    } else {
        record.replica(region).map(|replica| replica.kms_key_id.clone())
    };
    key.filter(|key| key != DEFAULT_KEY_ALIAS)
}

fn bundles(vault: &Vault, kms: Option<&EmbeddedKms>, keys: &KeyOptions, secret: &Located, only: Option<Region>) -> Vec<BundleInfo> {
    let mut infos = Vec::new();
    for version in &secret.record.versions {
        for bundle in version.bundles.iter().filter(|bundle| only.is_none_or(|region| bundle.region == region)) {
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
