//! What the management operations answer, with AWS's member names in the order of AWS's service model.

use serde::{Serialize, Serializer};

use super::{
    EmbeddedKms,
    aliases::Alias,
    key_spec::{KeySpec, KeyUsage},
    keys::{Key, KeyManager},
    states::{KeyState, Standing},
};
use crate::{
    arn::{AccountId, AliasArn, KeyArn},
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
    #[serde(serialize_with = "as_text")]
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
    pub(in crate::kms) fn of(kms: &EmbeddedKms, arn: KeyArn, key: &Key) -> Self {
        let (standing, spec) = (kms.standing(arn.key_id(), key), key.material.spec());
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
            multi_region_configuration: MultiRegionConfiguration::of(kms, &arn, key),
            pending_deletion_window_in_days: if let Standing::PendingReplicaDeletion(days) = standing { Some(days) } else { None },
            current_key_material_id: key.material.symmetric().map(|materials| hex::encode(materials.current().id)),
            arn,
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
    fn of(kms: &EmbeddedKms, arn: &KeyArn, key: &Key) -> Option<Self> {
        let multi_region = key.multi_region.as_ref()?;
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
    #[serde(serialize_with = "as_text")]
    pub key_arn: KeyArn,
}

impl From<KeyArn> for KeyListEntry {
    fn from(key_arn: KeyArn) -> Self {
        Self { key_id: key_arn.key_id().to_owned(), key_arn }
    }
}

/// An entry of [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AliasListEntry {
    /// The name with its `alias/`.
    pub alias_name: String,
    /// The alias's ARN.
    #[serde(serialize_with = "as_text")]
    pub alias_arn: AliasArn,
    /// The id of the key that it names.
    pub target_key_id: String,
    /// When the alias was made.
    pub creation_date: Timestamp,
    /// When it was last pointed at a key.
    pub last_updated_date: Timestamp,
}

impl AliasListEntry {
    pub(in crate::kms) fn of(alias_arn: AliasArn, alias: &Alias) -> Self {
        Self {
            alias_name: alias_arn.alias(),
            alias_arn,
            target_key_id: alias.target_key_id.clone(),
            creation_date: alias.creation_date,
            last_updated_date: alias.last_updated_date,
        }
    }
}

fn as_text<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
