//! What keyrings ask of a KMS, whether it is in this process or behind a network.

use crate::{
    arn::KeyArn,
    crypto::{EcPublicKey, RsaPadding},
    error::{KeyUseRefusal, PassedOver, Result},
    format::EncryptionContext,
    secret::{DataKey, SecretBytes},
};

/// What KMS encrypted, opaque to everyone else; at most 6,144 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CiphertextBlob(pub Vec<u8>);

/// An encryption algorithm of AWS KMS for RSA keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RsaEncryptionAlgorithm {
    /// `RSAES_OAEP_SHA_1`: OAEP with SHA-1 and MGF1 with SHA-1.
    RsaesOaepSha1,
    /// `RSAES_OAEP_SHA_256`: OAEP with SHA-256 and MGF1 with SHA-256.
    RsaesOaepSha256,
}

impl RsaEncryptionAlgorithm {
    /// The name as the `EncryptionAlgorithm` parameter of AWS KMS spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaesOaepSha1 => "RSAES_OAEP_SHA_1",
            Self::RsaesOaepSha256 => "RSAES_OAEP_SHA_256",
        }
    }

    /// The algorithm of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::RsaesOaepSha1, Self::RsaesOaepSha256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The padding that stands behind the name.
    #[must_use]
    pub const fn padding(self) -> RsaPadding {
        match self {
            Self::RsaesOaepSha1 => RsaPadding::OaepSha1Mgf1,
            Self::RsaesOaepSha256 => RsaPadding::OaepSha256Mgf1,
        }
    }
}

/// The operations of AWS KMS that envelope encryption needs. An implementation answers for all Regions; the key's ARN names one. Which key a
/// message means is for a [`KeyDirectory`] to say.
///
/// The operations of asymmetric keys have defaults, for an implementation that holds none.
pub trait Kms: Send + Sync {
    /// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html) with `NumberOfBytes` 32.
    ///
    /// # Errors
    /// By AWS name: `NotFoundException`, `DisabledException`, `KMSInvalidStateException`, ….
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)>;

    /// [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html) of 1 to 4,096 bytes.
    ///
    /// # Errors
    /// As for [`Kms::generate_data_key`], and `ValidationException` for the length.
    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob>;

    /// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html) with `KeyId` given.
    ///
    /// # Errors
    /// As for [`Kms::generate_data_key`], `IncorrectKeyException`, and `InvalidCiphertextException` for another key, context or a changed blob.
    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes>;

    /// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html) under an RSA key, with `KeyId` and `EncryptionAlgorithm`
    /// given, and without an encryption context, which asymmetric keys do not have.
    ///
    /// # Errors
    /// As for [`Kms::decrypt`], and `InvalidKeyUsageException` for a key that is not for RSA encryption.
    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        let _ = (key, algorithm, ciphertext);
        Err(KeyUseRefusal::NoSuchKeys("RSA").into())
    }

    /// [DeriveSharedSecret](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html) with `KeyAgreementAlgorithm` `ECDH`:
    /// the x coordinate, 32, 48 or 66 bytes.
    ///
    /// # Errors
    /// As for [`Kms::generate_data_key`], and `InvalidKeyUsageException` for a key that is not for key agreement, or another curve.
    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        let _ = (key, public_key);
        Err(KeyUseRefusal::NoSuchKeys("elliptic curve").into())
    }

    /// True for a KMS that is called over a network: keyrings of several Regions call it at once, and to open a message it is asked last and at
    /// most [`UnwrapBudget::CALLS`](super::UnwrapBudget::CALLS) times.
    fn is_online(&self) -> bool {
        false
    }
}

/// What is known of the keys of a [`Kms`]: which one is asked for a key that a message names by another Region's ARN, or by its point.
///
/// AWS KMS has no such operations, since its callers know their keys; each has a default, for what knows nothing.
pub trait KeyDirectory: Send + Sync {
    /// The key to decrypt with where a message names `named`: `named`, or a related multi-Region key that is at hand
    /// ([`KeyArn::matches_for_decrypt`]).
    fn key_for_decrypt(&self, named: &KeyArn) -> KeyArn {
        named.clone()
    }

    /// The key with this public part, which an EDK of ECDH names as its recipient or its sender.
    fn key_with_public_key(&self, public_key: &EcPublicKey) -> Option<KeyArn> {
        let _ = public_key;
        None
    }
}

/// Which key unwraps an EDK that names one.
pub(super) enum Choice {
    Key(KeyArn),
    /// None, for a reason that whoever opens the message should know.
    PassOver(PassedOver),
    Other,
}
