//! GetPublicKey.

use serde::Serialize;

use super::{key_handle::AnyKey, state::EmbeddedKms};
use crate::{
    arn::KeyArn,
    error::Result,
    kms::{
        key_spec::{KeySpec, KeyUsage},
        secret_json::as_base64,
    },
    region::Region,
};

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
    fn of(key_id: KeyArn, spec: KeySpec, der: &[u8]) -> Self {
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

impl EmbeddedKms {
    /// [GetPublicKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html) of a key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for a symmetric key; `DisabledException` and `KMSInvalidStateException`; as for
    /// [`EmbeddedKms::resolve`].
    pub fn get_public_key(&self, region: Region, key_id: &str) -> Result<KeyPublicKey> {
        let key = self.named(region, key_id)?;
        key.require_usable()?;
        let public_key = match &key {
            AnyKey::Embedded(embedded) => key.public_key().ok_or_else(|| embedded.unsupported("GetPublicKey"))?,
            AnyKey::Imported(imported) => imported.public_key.public_key(),
        };
        let (spec, der) = (key.spec(), public_key.to_spki_der());
        Ok(KeyPublicKey::of(key.into_arn(), spec, der))
    }
}
