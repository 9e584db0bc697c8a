//! DeriveSharedSecret.

use serde::Serialize;

use super::state::EmbeddedKms;
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{Error, KeyUseRefusal, Result},
    kms::secret_json::secret_as_base64,
    region::Region,
    secret::SecretBytes,
};

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

impl EmbeddedKms {
    /// [DeriveSharedSecret](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html) with a public key in the DER of
    /// its SubjectPublicKeyInfo, by the only algorithm, `ECDH`. The key is named by key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// `ValidationException` for what is not a public key on the key's curve; `InvalidKeyUsageException` for a key of another usage;
    /// `DisabledException` and `KMSInvalidStateException`; as for [`EmbeddedKms::resolve`].
    pub fn derive_shared_secret_in(&self, region: Region, key_id: &str, public_key: &[u8]) -> Result<DerivedSharedSecret> {
        let key = self.named(region, key_id)?.embedded(None)?;
        // The key's usage comes first, as in AWS.
        key.key_agreement_pair()?;
        let public_key = EcPublicKey::from_spki_der(public_key).map_err(peer_key)?;
        tracing::debug!(key = %key.arn(), "kms: DeriveSharedSecret");
        let shared_secret = key.derive_shared_secret(&public_key)?;
        Ok(DerivedSharedSecret { key_id: key.into_arn(), shared_secret, key_agreement_algorithm: "ECDH", key_origin: "AWS_KMS" })
    }
}

fn peer_key(error: Error) -> Error {
    match error {
        Error::Key(problem) => KeyUseRefusal::PeerKey(problem).into(),
        other => other,
    }
}
