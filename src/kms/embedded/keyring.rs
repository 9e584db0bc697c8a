//! The keyring of a key, by its kind: the one place that knows which encrypted data key a KMS key makes.
//!
//! | key spec | encrypted data key | wraps with |
//! | --- | --- | --- |
//! | `SYMMETRIC_DEFAULT` | `aws-kms` | GenerateDataKey, Encrypt |
//! | `RSA_…` | `aws-kms-rsa` | the public key, RSAES_OAEP_SHA_256 |
//! | `ECC_NIST_…` | `raw-ecdh` | the public key and a fresh ephemeral sender |

use super::state::EmbeddedKms;
use crate::{
    arn::KeyArn,
    crypto::{EcPublicKey, Random},
    error::Result,
    format::{EncryptedDataKey, EncryptionContext},
    keyring::{
        AwsKmsKeyring, AwsKmsRsaKeyring, CiphertextBlob, Keyring, Kms, RawEcdhKeyring, RsaEncryptionAlgorithm, Unwrapped, ecdh_recipient,
        names_key_arn,
    },
    kms::public_key::PublicKey,
    secret::{DataKey, SecretBytes},
};

impl EmbeddedKms {
    /// Wraps data keys under a key of whatever kind, embedded or imported, and unwraps them where the private part is here. A key that is not there, or not usable, is refused at each use.
    #[must_use]
    pub fn keyring(&self, key: KeyArn) -> Box<dyn Keyring + '_> {
        self.keyring_with(key, RsaEncryptionAlgorithm::RsaesOaepSha256)
    }

    /// As [`EmbeddedKms::keyring`], where an RSA key wraps by this algorithm.
    #[must_use]
    pub fn keyring_with(&self, key: KeyArn, algorithm: RsaEncryptionAlgorithm) -> Box<dyn Keyring + '_> {
        let wrapping: Box<dyn Keyring> = match self.public_key(&key).cloned() {
            None => return Box::new(AwsKmsKeyring::new(self, key)),
            Some(PublicKey::Rsa(public)) => Box::new(AwsKmsRsaKeyring::new(key.clone(), public, algorithm)),
            Some(PublicKey::EllipticCurve(public)) => Box::new(RawEcdhKeyring::from_public_key(public)),
        };
        Box::new(AsymmetricKeyring { wrapping, one_key: OneKey { kms: self, key } })
    }

    /// Whether an encrypted data key was made under this key; `None` where that cannot be told, as the key is not here and one of ECDH names
    /// its recipient's point only.
    #[must_use]
    pub fn is_wrapped_under(&self, edk: &EncryptedDataKey, key: &KeyArn) -> Option<bool> {
        match (ecdh_recipient(edk), self.public_key(key)) {
            (None, _) => Some(names_key_arn(edk, key)),
            (Some(recipient), Some(PublicKey::EllipticCurve(public))) => Some(recipient == *public),
            (Some(_), Some(PublicKey::Rsa(_))) => Some(false),
            (Some(_), None) => self.stored_key(key).is_some().then_some(false),
        }
    }
}

/// Wraps with the public part, which needs no KMS, and unwraps with the private one, which does.
struct AsymmetricKeyring<'a> {
    wrapping: Box<dyn Keyring>,
    one_key: OneKey<'a>,
}

impl Keyring for AsymmetricKeyring<'_> {
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
        let OneKey { kms, key } = &self.one_key;
        // The public part would not ask whether the key is enabled.
        kms.check_usable(key)?;
        tracing::debug!(%key, "wrapping with the public key");
        self.wrapping.wrap(data_key, context, random)
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        AwsKmsKeyring::new(&self.one_key, self.one_key.key.clone()).unwrap(edk, context)
    }
}

/// The KMS for one of its keys: a point that several Regions of a multi-Region key share is this one's.
struct OneKey<'a> {
    kms: &'a EmbeddedKms,
    key: KeyArn,
}

impl Kms for OneKey<'_> {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        self.kms.generate_data_key(key, context)
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        self.kms.encrypt(key, plaintext, context)
    }

    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        self.kms.decrypt(key, blob, context)
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.kms.decrypt_rsa(key, algorithm, ciphertext)
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.kms.derive_shared_secret(key, public_key)
    }

    fn key_with_public_key(&self, recipient: &EcPublicKey) -> Option<KeyArn> {
        matches!(self.kms.public_key(&self.key), Some(PublicKey::EllipticCurve(own)) if own == recipient).then(|| self.key.clone())
    }
}
