//! Wraps and unwraps data keys: one file for each kind of encrypted data key.

mod aws_kms;
mod aws_kms_rsa;
mod ecdh;
mod raw_aes;
mod raw_rsa;

pub use aws_kms::{AwsKmsDiscoveryKeyring, AwsKmsKeyring, CiphertextBlob, Kms, PROVIDER_ID as AWS_KMS_PROVIDER_ID, RsaEncryptionAlgorithm};
pub use aws_kms_rsa::{AwsKmsRsaKeyring, PROVIDER_ID as AWS_KMS_RSA_PROVIDER_ID};
pub use ecdh::{KMS_PROVIDER_ID as AWS_KMS_ECDH_PROVIDER_ID, RAW_PROVIDER_ID as RAW_ECDH_PROVIDER_ID, RawEcdhKeyring};
pub use raw_aes::RawAesKeyring;
pub use raw_rsa::RawRsaKeyring;

pub use crate::crypto::{Curve, EcPrivateKey, EcPublicKey, RsaPadding, RsaPrivateKey, RsaPublicKey};

use crate::{
    arn::KeyArn,
    crypto::Random,
    error::{EdkAttempt, Error, ErrorCode, Result},
    format::{EncryptedDataKey, EncryptionContext},
    secret::DataKey,
    suite::AlgorithmSuite,
};

/// What came of offering an encrypted data key to a keyring.
#[derive(Debug)]
pub enum Unwrapped {
    /// The data key.
    DataKey(DataKey),
    /// The EDK names another provider or key.
    NotForThisKeyring,
    /// The EDK fits, and does not unwrap; the reason without detail or secrets.
    Failed(String),
}

impl Unwrapped {
    /// What every failure of cryptography is called, whatever it was.
    fn failed() -> Self {
        Self::Failed("does not unwrap".to_owned())
    }
}

/// Key of the pair that a signed message (suite 0x0578) has in its encryption context.
const SIGNING_KEY_PAIR: &str = "aws-crypto-public-key";

/// Tells why KMS would not use an asymmetric key. A ciphertext that does not decrypt looks like one that decrypts to something else.
fn kms_failure(error: &Error) -> Unwrapped {
    match error {
        Error::Service(refusal) if refusal.code != ErrorCode::InvalidCiphertextException => Unwrapped::Failed(refusal.to_string()),
        Error::Decryption | Error::Service(_) => Unwrapped::failed(),
        other => Unwrapped::Failed(other.to_string()),
    }
}

/// Something that wraps data keys, unwraps them, or both (specification, "Keyring Interface").
pub trait Keyring: Send + Sync {
    /// Makes a data key and wraps it.
    ///
    /// # Errors
    /// The wrapping key cannot be used, or no random bytes.
    fn generate(&self, context: &EncryptionContext, random: &dyn Random) -> Result<(DataKey, EncryptedDataKey)> {
        let data_key = DataKey::init_with(|key| random.fill(key))?;
        let edk = self.wrap(&data_key, context, random)?;
        Ok((data_key, edk))
    }

    /// Wraps a data key, bound to `context` where the kind of EDK binds it.
    ///
    /// # Errors
    /// The wrapping key cannot be used, or no random bytes.
    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey>;

    /// Tries to unwrap an encrypted data key.
    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped;
}

impl<K: Keyring + ?Sized> Keyring for &K {
    fn generate(&self, context: &EncryptionContext, random: &dyn Random) -> Result<(DataKey, EncryptedDataKey)> {
        (**self).generate(context, random)
    }

    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
        (**self).wrap(data_key, context, random)
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        (**self).unwrap(edk, context)
    }
}

/// Whether this kind of EDK may stand in a message of `suite`: the specification rules out RSA keys of AWS KMS in suites with a signature.
#[must_use]
pub fn fits_suite(edk: &EncryptedDataKey, suite: AlgorithmSuite) -> bool {
    !(suite.is_signed() && edk.provider_id == AWS_KMS_RSA_PROVIDER_ID)
}

/// Offers each EDK that fits the suite to each keyring until one unwraps it.
///
/// # Errors
/// [`Error::NoUsableKey`] with what was tried.
pub fn unwrap_any(
    keyrings: &[&dyn Keyring],
    edks: &[EncryptedDataKey],
    suite: AlgorithmSuite,
    context: &EncryptionContext,
) -> Result<DataKey> {
    let mut attempts = Vec::new();
    for edk in edks {
        let is_usable = fits_suite(edk, suite);
        let mut outcome = (!is_usable).then(|| "is not used in a signed message".to_owned());
        for keyring in keyrings.iter().filter(|_| is_usable) {
            match keyring.unwrap(edk, context) {
                Unwrapped::DataKey(data_key) => return Ok(data_key),
                Unwrapped::NotForThisKeyring => {}
                Unwrapped::Failed(reason) => outcome = Some(reason),
            }
        }
        attempts.push(EdkAttempt {
            provider_id: shorten(edk.provider_id.escape_debug().to_string()),
            key: shorten(display_provider_info(edk)),
            outcome,
        });
    }
    Err(Error::NoUsableKey(attempts))
}

/// Whose point an ECDH EDK was made for; `None` for EDKs of another kind, and for what is not laid out like one.
pub(crate) fn ecdh_recipient(edk: &EncryptedDataKey) -> Option<EcPublicKey> {
    ecdh::is_ecdh(edk).then(|| ecdh::recipient_key(&edk.provider_info)).flatten()
}

/// True for an EDK of a kind that names its KMS key by ARN, and that names this one.
pub(crate) fn names_key_arn(edk: &EncryptedDataKey, key: &KeyArn) -> bool {
    matches!(edk.provider_id.as_str(), AWS_KMS_PROVIDER_ID | AWS_KMS_RSA_PROVIDER_ID) && edk.provider_info == key.to_string().as_bytes()
}

/// The key that an EDK names, for people: a raw AES EDK's name ends before its binary part; of an ECDH EDK's points the recipient's names the key.
#[must_use]
pub fn display_provider_info(edk: &EncryptedDataKey) -> String {
    if let Some(point) = ecdh::is_ecdh(edk).then(|| ecdh::recipient(&edk.provider_info)).flatten() {
        return format!("recipient {}", hex::encode(point));
    }
    let info = raw_aes::key_name(&edk.provider_info).unwrap_or(&edk.provider_info);
    match std::str::from_utf8(info) {
        Ok(text) => text.escape_debug().to_string(),
        Err(_) => info.escape_ascii().to_string(),
    }
}

/// Longest text of a hostile header that an error repeats, in bytes.
const SHOWN: usize = 256;

fn shorten(text: String) -> String {
    if text.len() <= SHOWN {
        return text;
    }
    let end = (0..=SHOWN).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests;
