//! What the other operations answer, with AWS's member names in the order of AWS's service model.

use serde::Serialize;

use super::{
    key_spec::{KeySpec, KeyUsage},
    material::Material,
    metadata::KeyMetadata,
    rotation::{AutomaticRotation, RotationType},
    secret_json::{as_base64, secret_as_base64},
    states::KeyState,
};
use crate::{arn::KeyArn, secret::SecretBytes, timestamp::Timestamp};

/// A [tag](https://docs.aws.amazon.com/kms/latest/APIReference/API_Tag.html) of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Tag {
    /// 1 to 128 characters, unique in a key.
    pub tag_key: String,
    /// 0 to 256 characters.
    pub tag_value: String,
}

/// The answer of [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyDeletion {
    /// The key's ARN.
    pub key_id: KeyArn,
    /// When the key will be refused for good; `None` while replicas have to go first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_date: Option<Timestamp>,
    /// `PendingDeletion` or `PendingReplicaDeletion`.
    pub key_state: KeyState,
    /// The waiting period.
    pub pending_window_in_days: u16,
}

/// The answer of [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyRotationStatus {
    /// True while automatic rotation is on.
    pub key_rotation_enabled: bool,
    /// The key's ARN.
    pub key_id: KeyArn,
    /// Days from one rotation to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_period_in_days: Option<u16>,
    /// The next writing command from this date on rotates the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rotation_date: Option<Timestamp>,
}

impl KeyRotationStatus {
    pub(in crate::kms) fn of(key_id: KeyArn, rotation: Option<AutomaticRotation>) -> Self {
        Self {
            key_rotation_enabled: rotation.is_some(),
            key_id,
            rotation_period_in_days: rotation.map(|rotation| rotation.period_in_days),
            next_rotation_date: rotation.map(|rotation| rotation.next_date),
        }
    }
}

/// An entry of [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RotationsListEntry {
    /// The key's id.
    pub key_id: String,
    /// The material version: 64 hex digits.
    pub key_material_id: String,
    /// `CURRENT` or `NON_CURRENT`.
    pub key_material_state: &'static str,
    /// When it was made.
    pub rotation_date: Timestamp,
    /// What made it.
    pub rotation_type: RotationType,
}

/// Which version of a key's material an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) enum Version {
    Current,
    Older,
}

impl RotationsListEntry {
    pub(in crate::kms) fn of(arn: &KeyArn, material: &Material, version: Version) -> Self {
        Self {
            key_id: arn.key_id().to_owned(),
            key_material_id: hex::encode(material.id),
            key_material_state: if version == Version::Current { "CURRENT" } else { "NON_CURRENT" },
            rotation_date: material.creation_date,
            rotation_type: material.rotation.unwrap_or(RotationType::Automatic),
        }
    }
}

/// The answer of [ReplicateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReplicatedKey {
    /// The replica, in the state `Creating` as in AWS.
    pub replica_key_metadata: KeyMetadata,
    /// Its policy.
    pub replica_policy: String,
    /// Its tags.
    pub replica_tags: Vec<Tag>,
}

/// The answer of [GetPublicKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyPublicKey {
    /// The key's ARN.
    pub key_id: KeyArn,
    /// The DER of the SubjectPublicKeyInfo; base64 in JSON.
    #[serde(serialize_with = "as_base64")]
    pub public_key: Vec<u8>,
    /// The same as `key_spec`, under its old name.
    pub customer_master_key_spec: KeySpec,
    /// What the key is made of.
    pub key_spec: KeySpec,
    /// What the private part may do in KMS.
    pub key_usage: KeyUsage,
    /// For keys that encrypt: what KMS can decrypt again.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub encryption_algorithms: &'static [&'static str],
    /// For keys that derive shared secrets: how.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub key_agreement_algorithms: &'static [&'static str],
}

impl KeyPublicKey {
    /// `der` is the public key's SubjectPublicKeyInfo.
    pub(in crate::kms) fn of(key_id: KeyArn, spec: KeySpec, der: &[u8]) -> Self {
        Self {
            key_id,
            public_key: der.to_vec(),
            customer_master_key_spec: spec,
            key_spec: spec,
            key_usage: spec.usage(),
            encryption_algorithms: spec.encryption_algorithms(),
            key_agreement_algorithms: spec.key_agreement_algorithms(),
        }
    }
}

/// The answer of [DeriveSharedSecret](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DerivedSharedSecret {
    /// The key's ARN.
    pub key_id: KeyArn,
    /// The x coordinate of the shared point: 32, 48 or 66 bytes, base64 in JSON. It is no key yet: a key derivation function has to follow.
    #[serde(serialize_with = "secret_as_base64")]
    pub shared_secret: SecretBytes,
    /// `ECDH`.
    pub key_agreement_algorithm: &'static str,
    /// `AWS_KMS`: the key material was made here.
    pub key_origin: &'static str,
}
