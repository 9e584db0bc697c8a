//! What is inside the encryption: the state of the embedded KMS as JSON. The members stand in `docs/formats.md`.

mod read;
mod write;

use serde::{Deserialize, Serialize};

use super::{
    super::embedded::{KeyManager, RotationType, Tags},
    encoding::{Base64, Secret32, SecretDer},
};
use crate::timestamp::Timestamp;

pub(super) use read::parse;
pub(super) use write::to_json;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct Content<'a> {
    account: String,
    last_written: Timestamp,
    /// The latest time at which the clock was believed, where that is not the last write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    believed_time: Option<Timestamp>,
    comparison_key: ComparisonContent<'a>,
    opted_in_regions: Vec<String>,
    regions: Vec<RegionContent<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct ComparisonContent<'a> {
    id: String,
    key: Secret32<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct RegionContent<'a> {
    region: String,
    keys: Vec<KeyContent<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    imported_keys: Vec<ImportedKeyContent>,
    aliases: Vec<AliasContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_key_id: Option<String>,
    /// Of a default key in AWS KMS; not besides the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_key_arn: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct KeyContent<'a> {
    id: String,
    manager: KeyManager,
    state: Activity,
    description: String,
    creation_date: Timestamp,
    /// Of a symmetric key, from oldest to newest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    materials: Vec<MaterialContent<'a>>,
    /// Of an asymmetric key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_pair: Option<KeyPairContent<'a>>,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deletion: Option<DeletionContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    automatic_rotation: Option<AutomaticRotationContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    multi_region: Option<MultiRegionContent>,
}

/// A public key of a key in AWS KMS.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImportedKeyContent {
    import_date: Timestamp,
    /// The whole answer of GetPublicKey: JSON as text.
    answer: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Activity {
    Enabled,
    /// Also while the deletion is pending.
    Disabled,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeletionContent {
    window_in_days: u16,
    /// Absent for a primary key that had replicas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AutomaticRotationContent {
    period_in_days: u16,
    next_date: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MultiRegionContent {
    primary_region: String,
    replica_regions: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct MaterialContent<'a> {
    id: Base64<32>,
    creation_date: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rotation: Option<RotationType>,
    key: Secret32<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, bound(deserialize = "'de: 'a"))]
struct KeyPairContent<'a> {
    key_spec: String,
    key_usage: String,
    /// PKCS#8.
    private_key: SecretDer<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AliasContent {
    name: String,
    target_key_id: String,
    creation_date: Timestamp,
    last_updated_date: Timestamp,
}
