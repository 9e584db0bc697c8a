//! What the management operations answer, with AWS's member names in the order of AWS's service model.

use serde::{Serialize, Serializer};

use super::{
    aliases::Alias,
    keys::{Key, KeyManager, KeyState},
};
use crate::{
    arn::{AccountId, AliasArn, KeyArn},
    timestamp::Timestamp,
};

/// [KeyMetadata](https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html), the members that a symmetric key has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyMetadata {
    /// The account that the key belongs to.
    #[serde(rename = "AWSAccountId", serialize_with = "as_text")]
    pub aws_account_id: AccountId,
    /// A UUID.
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
    /// `ENCRYPT_DECRYPT`.
    pub key_usage: &'static str,
    /// The state.
    pub key_state: KeyState,
    /// `AWS_KMS`: the key material was made here.
    pub origin: &'static str,
    /// Who manages the key.
    pub key_manager: KeyManager,
    /// The same as `key_spec`, under its old name.
    pub customer_master_key_spec: &'static str,
    /// `SYMMETRIC_DEFAULT`.
    pub key_spec: &'static str,
    /// `SYMMETRIC_DEFAULT`.
    pub encryption_algorithms: [&'static str; 1],
    /// False.
    pub multi_region: bool,
    /// The material version that encrypts: 64 hex digits.
    pub current_key_material_id: String,
}

impl KeyMetadata {
    pub(super) fn of(arn: KeyArn, key: &Key) -> Self {
        Self {
            aws_account_id: arn.account().clone(),
            key_id: arn.key_id().to_owned(),
            arn,
            creation_date: key.creation_date,
            enabled: key.state == KeyState::Enabled,
            description: key.description.clone(),
            key_usage: "ENCRYPT_DECRYPT",
            key_state: key.state,
            origin: "AWS_KMS",
            key_manager: key.manager,
            customer_master_key_spec: "SYMMETRIC_DEFAULT",
            key_spec: "SYMMETRIC_DEFAULT",
            encryption_algorithms: ["SYMMETRIC_DEFAULT"],
            multi_region: false,
            current_key_material_id: hex::encode(key.materials.current().id),
        }
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
    pub(super) fn of(alias_arn: AliasArn, alias: &Alias) -> Self {
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
