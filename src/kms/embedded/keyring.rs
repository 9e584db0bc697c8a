//! The keyring of a key, by its kind: the one place that knows which encrypted data key a KMS key makes.
//!
//! | key spec | encrypted data key | wraps with |
//! | --- | --- | --- |
//! | `SYMMETRIC_DEFAULT` | `aws-kms` | GenerateDataKey, Encrypt |
//! | `RSA_…` | `aws-kms-rsa` | the public key, RSAES_OAEP_SHA_256 |
//! | `ECC_NIST_…` | `raw-ecdh` | the public key and a fresh ephemeral sender |

use super::{key_pair::KeyPair, state::EmbeddedKms};
use crate::{
    arn::KeyArn,
    crypto::Random,
    error::Result,
    format::{EncryptedDataKey, EncryptionContext},
    keyring::{
        AwsKmsKeyring, AwsKmsRsaKeyring, Keyring, RawEcdhKeyring, RsaEncryptionAlgorithm, UnwrapBudget, Unwrapped, ecdh_recipient,
        names_key_arn,
    },
    kms::public_key::PublicKey,
    secret::DataKey,
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
        let unwrapping = AwsKmsKeyring::new(self, key.clone());
        let (wrapping, unwrapping): (Box<dyn Keyring>, _) = match self.public_key(&key).cloned() {
            None => return Box::new(self.unwrapping_alone(&key, unwrapping)),
            Some(PublicKey::Rsa(public)) => (Box::new(AwsKmsRsaKeyring::new(key.clone(), public, algorithm)), unwrapping),
            Some(PublicKey::EllipticCurve(public)) => {
                (Box::new(RawEcdhKeyring::from_public_key(public.clone())), unwrapping.with_public_key(public))
            }
        };
        Box::new(AsymmetricKeyring { kms: self, key, wrapping, unwrapping })
    }

    /// With the point of a key that is deleted, so that the call says so.
    fn unwrapping_alone<'a>(&'a self, key: &KeyArn, unwrapping: AwsKmsKeyring<'a>) -> AwsKmsKeyring<'a> {
        let stored = self.stored_key(key).filter(|_| key.account() == self.account());
        match stored.and_then(|key| key.material.key_pair()).map(KeyPair::public_key) {
            Some(PublicKey::EllipticCurve(point)) => unwrapping.with_public_key(point.clone()),
            Some(PublicKey::Rsa(_)) | None => unwrapping,
        }
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
    kms: &'a EmbeddedKms,
    key: KeyArn,
    wrapping: Box<dyn Keyring>,
    unwrapping: AwsKmsKeyring<'a>,
}

impl Keyring for AsymmetricKeyring<'_> {
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
        // The public part would not ask whether the key is enabled.
        self.kms.check_usable(&self.key)?;
        tracing::debug!(key = %self.key, "wrapping with the public key");
        self.wrapping.wrap(data_key, context, random)
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.unwrapping.unwrap(edk, context)
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        self.unwrapping.unwrap_within(edk, context, budget)
    }
}
