//! DescribeKey and ListKeys. Members stand in the order of AWS's service model.

use serde::{Serialize, Serializer};

use super::{
    imported_key_metadata::ImportedKeyMetadata,
    key::KeyManager,
    key_handle::{AnyKey, KeyRef},
    key_state::{KeyState, Standing},
    state::EmbeddedKms,
};
use crate::{
    arn::{AccountId, KeyArn},
    error::Result,
    kms::key_spec::{KeySpec, KeyUsage},
    region::Region,
    timestamp::Timestamp,
};

/// [KeyMetadata](https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html), the members that the keys of this KMS have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyMetadata {
    /// The account that the key belongs to.
    #[serde(rename = "AWSAccountId", serialize_with = "as_text")]
    pub aws_account_id: AccountId,
    /// A UUID, or `mrk-` and 32 hex digits.
    pub key_id: String,
    /// The key's ARN.
    pub arn: KeyArn,
    /// When the key was made.
    pub creation_date: Timestamp,
    /// True in the state `Enabled`.
    pub enabled: bool,
    /// At most 8,192 characters.
    pub description: String,
    /// What the key may do.
    pub key_usage: KeyUsage,
    /// The state.
    pub key_state: KeyState,
    /// In the state `PendingDeletion`: when the key will be refused for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_date: Option<Timestamp>,
    /// `AWS_KMS`: the key material was made here.
    pub origin: &'static str,
    /// Who manages the key.
    pub key_manager: KeyManager,
    /// The same as `key_spec`, under its old name.
    pub customer_master_key_spec: KeySpec,
    /// What the key is made of.
    pub key_spec: KeySpec,
    /// For keys that encrypt: how.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub encryption_algorithms: &'static [&'static str],
    /// For keys that derive shared secrets: how.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub key_agreement_algorithms: &'static [&'static str],
    /// True for a key that can be, or is, in several Regions.
    pub multi_region: bool,
    /// Where a multi-Region key is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_region_configuration: Option<MultiRegionConfiguration>,
    /// In the state `PendingReplicaDeletion`: the days from the deletion of the last replica on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_deletion_window_in_days: Option<u16>,
    /// For symmetric keys: the material version that encrypts, 64 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_key_material_id: Option<String>,
}

impl KeyMetadata {
    pub(super) fn of(kms: &EmbeddedKms, key: &KeyRef<'_>) -> Self {
        let (arn, spec) = (key.arn(), key.spec());
        let standing = kms.standing(arn.key_id(), key);
        Self {
            aws_account_id: arn.account().clone(),
            key_id: arn.key_id().to_owned(),
            creation_date: key.creation_date,
            enabled: standing == Standing::Enabled,
            description: key.description.clone(),
            key_usage: spec.usage(),
            key_state: standing.key_state(),
            deletion_date: if let Standing::PendingDeletion(date) = standing { Some(date) } else { None },
            origin: "AWS_KMS",
            key_manager: key.manager,
            customer_master_key_spec: spec,
            key_spec: spec,
            encryption_algorithms: spec.encryption_algorithms(),
            key_agreement_algorithms: spec.key_agreement_algorithms(),
            multi_region: key.multi_region.is_some(),
            multi_region_configuration: MultiRegionConfiguration::of(kms, key),
            pending_deletion_window_in_days: if let Standing::PendingReplicaDeletion(days) = standing { Some(days) } else { None },
            current_key_material_id: key.materials().map(|materials| hex::encode(materials.current().id)),
            arn: arn.clone(),
        }
    }
}

/// [MultiRegionConfiguration](https://docs.aws.amazon.com/kms/latest/APIReference/API_MultiRegionConfiguration.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct MultiRegionConfiguration {
    /// `PRIMARY` or `REPLICA`.
    pub multi_region_key_type: &'static str,
    /// The key that material and replicas are changed by.
    pub primary_key: MultiRegionKey,
    /// The others that are not deleted, by Region.
    pub replica_keys: Vec<MultiRegionKey>,
}

/// [MultiRegionKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_MultiRegionKey.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct MultiRegionKey {
    /// The key's ARN in this Region.
    pub arn: KeyArn,
    /// The Region.
    pub region: Region,
}

impl MultiRegionConfiguration {
    fn of(kms: &EmbeddedKms, key: &KeyRef<'_>) -> Option<Self> {
        let (arn, multi_region) = (key.arn(), key.multi_region.as_ref()?);
        let related = |region: Region| MultiRegionKey { arn: kms.key_arn(region, arn.key_id()), region };
        let live = multi_region.replicas.iter().filter(|region| kms.replica_deletion(**region, arn.key_id()).is_none());
        Some(Self {
            multi_region_key_type: if multi_region.primary == arn.region() { "PRIMARY" } else { "REPLICA" },
            primary_key: related(multi_region.primary),
            replica_keys: live.copied().map(related).collect(),
        })
    }
}

/// An entry of [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyListEntry {
    /// The key's id.
    pub key_id: String,
    /// The key's ARN.
    pub key_arn: KeyArn,
}

impl From<KeyArn> for KeyListEntry {
    fn from(key_arn: KeyArn) -> Self {
        Self { key_id: key_arn.key_id().to_owned(), key_arn }
    }
}

/// What DescribeKey answers here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum KeyDescription {
    /// Of an embedded key.
    Embedded(Box<KeyMetadata>),
    /// Of an imported public key.
    Imported(Box<ImportedKeyMetadata>),
}

impl EmbeddedKms {
    /// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html), embedded and imported ones, in the order of the ARNs.
    ///
    /// # Errors
    /// A Region that is not enabled.
    pub fn list_keys(&self, region: Region) -> Result<Vec<KeyListEntry>> {
        let ids = self.region(region)?.map(|state| state.keys.keys().chain(state.imported.keys())).into_iter().flatten();
        let mut keys: Vec<_> = ids.map(|key_id| self.arn_of_id(region, key_id)).filter(|arn| self.any_key(arn).is_ok()).collect();
        keys.sort_by_cached_key(KeyArn::to_string);
        Ok(keys.into_iter().map(KeyListEntry::from).collect())
    }

    /// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html) of an embedded key, by key id, key ARN, alias
    /// name or alias ARN.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for an imported key; as for [`EmbeddedKms::resolve`].
    pub fn describe_key(&self, region: Region, key_id: &str) -> Result<KeyMetadata> {
        let key = self.named(region, key_id)?.embedded(None)?;
        Ok(KeyMetadata::of(self, &key))
    }

    /// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html) of a key of either kind, by key id, key ARN,
    /// alias name or alias ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn describe_any_key(&self, region: Region, key_id: &str) -> Result<KeyDescription> {
        Ok(match self.named(region, key_id)? {
            AnyKey::Embedded(key) => KeyDescription::Embedded(Box::new(KeyMetadata::of(self, &key))),
            AnyKey::Imported(key) => KeyDescription::Imported(Box::new(ImportedKeyMetadata::of(key))),
        })
    }
}

fn as_text<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
