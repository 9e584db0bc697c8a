//! Wraps and unwraps data keys: one file for each kind of encrypted data key.

mod aws_kms;
mod aws_kms_rsa;
mod budget;
mod discovery;
mod ecdh;
mod raw_aes;
mod raw_rsa;

pub use aws_kms::{AwsKmsKeyring, CiphertextBlob, Kms, PROVIDER_ID as AWS_KMS_PROVIDER_ID, RsaEncryptionAlgorithm};
pub use aws_kms_rsa::{AwsKmsRsaKeyring, PROVIDER_ID as AWS_KMS_RSA_PROVIDER_ID};
pub use budget::CallBudget;
pub use discovery::{AwsKmsDiscoveryKeyring, DiscoveryFilter};
pub use ecdh::{KMS_PROVIDER_ID as AWS_KMS_ECDH_PROVIDER_ID, RAW_PROVIDER_ID as RAW_ECDH_PROVIDER_ID, RawEcdhKeyring};
pub use raw_aes::RawAesKeyring;
pub use raw_rsa::RawRsaKeyring;

pub use crate::crypto::{Curve, EcPrivateKey, EcPublicKey, RsaPadding, RsaPrivateKey, RsaPublicKey};

use crate::{
    arn::KeyArn,
    crypto::Random,
    error::{Cause, EdkAttempt, EdkOutcome, Error, ErrorCode, PassedOver, Result, shorten},
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
    /// The EDK names a key that the keyring could ask, and does not: the reason.
    PassedOver(PassedOver),
    /// The EDK fits, and its key was not used, or would not unwrap it; the reason has no detail and no secrets.
    Failed(Cause),
    /// The EDK fits, and does not unwrap. Deliberately without detail.
    DoesNotUnwrap,
    /// The keyring cannot unwrap anything for now: [`Error::Setup`], as where there are no credentials to call AWS KMS with.
    Stopped(Error),
}

/// Key of the pair that a signed message (suite 0x0578) has in its encryption context.
const SIGNING_KEY_PAIR: &str = "aws-crypto-public-key";

/// Tells why KMS would not use an asymmetric key. A ciphertext that does not decrypt looks like one that decrypts to something else.
fn kms_failure(error: Error) -> Unwrapped {
    match error {
        Error::Setup(_) => Unwrapped::Stopped(error),
        Error::Decryption => Unwrapped::DoesNotUnwrap,
        Error::Service(refusal) if refusal.code() == ErrorCode::InvalidCiphertextException => Unwrapped::DoesNotUnwrap,
        other => Unwrapped::Failed(other.into()),
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

    /// As [`Keyring::unwrap`], where calls over a network are taken from what is left for the message.
    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &CallBudget) -> Unwrapped {
        let _ = budget;
        self.unwrap(edk, context)
    }

    /// True where keys are used over a network: several such keyrings wrap at once, and they are the last to be asked to unwrap.
    fn is_online(&self) -> bool {
        false
    }
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

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &CallBudget) -> Unwrapped {
        (**self).unwrap_within(edk, context, budget)
    }

    fn is_online(&self) -> bool {
        (**self).is_online()
    }
}

/// Whether this kind of EDK may stand in a message of `suite`: the specification rules out RSA keys of AWS KMS in suites with a signature.
#[must_use]
pub fn fits_suite(edk: &EncryptedDataKey, suite: AlgorithmSuite) -> bool {
    !(suite.is_signed() && edk.provider_id == AWS_KMS_RSA_PROVIDER_ID)
}

/// Offers each EDK that fits the suite to each keyring until one unwraps it: first to those that are here, then to those over a network, which
/// make at most [`CallBudget::PER_MESSAGE`] calls together.
///
/// # Errors
/// [`Error::NoUsableKey`] with what was tried; the error of a keyring that could not begin.
pub fn unwrap_any(
    keyrings: &[&dyn Keyring],
    edks: &[EncryptedDataKey],
    suite: AlgorithmSuite,
    context: &EncryptionContext,
) -> Result<DataKey> {
    let budget = CallBudget::default();
    let mut stopped = None;
    let before = |edk| if fits_suite(edk, suite) { EdkOutcome::NoKeyHere } else { EdkOutcome::PassedOver(PassedOver::InSignedMessage) };
    let mut outcomes: Vec<EdkOutcome> = edks.iter().map(before).collect();
    for is_online in [false, true] {
        for (edk, outcome) in edks.iter().zip(&mut outcomes).filter(|(edk, _)| fits_suite(edk, suite)) {
            for keyring in keyrings.iter().filter(|keyring| keyring.is_online() == is_online) {
                match keyring.unwrap_within(edk, context, &budget) {
                    Unwrapped::DataKey(data_key) => return Ok(data_key),
                    Unwrapped::NotForThisKeyring => {}
                    Unwrapped::PassedOver(why) => *outcome = EdkOutcome::PassedOver(why),
                    Unwrapped::Failed(cause) => *outcome = EdkOutcome::Failed(cause),
                    Unwrapped::DoesNotUnwrap => *outcome = EdkOutcome::DoesNotUnwrap,
                    Unwrapped::Stopped(error) => stopped = stopped.or(Some(error)),
                }
            }
        }
    }
    let attempt = |(edk, outcome): (&EncryptedDataKey, EdkOutcome)| EdkAttempt {
        provider_id: shorten(edk.provider_id.escape_debug().to_string()),
        key: shorten(display_provider_info(edk)),
        outcome,
    };
    Err(stopped.unwrap_or_else(|| Error::NoUsableKey(edks.iter().zip(outcomes).map(attempt).collect())))
}

/// Unwraps an ECDH EDK with a key of `kms` that the caller says is the recipient's; EDKs of other kinds are not for this.
pub(crate) fn unwrap_as_ecdh_recipient(
    kms: &dyn Kms,
    key: &KeyArn,
    edk: &EncryptedDataKey,
    context: &EncryptionContext,
    calls: &CallBudget,
) -> Unwrapped {
    if !ecdh::is_ecdh(edk) {
        return Unwrapped::NotForThisKeyring;
    }
    ecdh::unwrap_as_recipient(&budget::Budgeted { kms, budget: calls }, key, edk, context)
}

/// Whose point an ECDH EDK was made for; `None` for EDKs of another kind, and for what is not laid out like one.
pub(crate) fn ecdh_recipient(edk: &EncryptedDataKey) -> Option<EcPublicKey> {
    ecdh::is_ecdh(edk).then(|| ecdh::recipient_key(&edk.provider_info)).flatten()
}

/// The compressed point that an ECDH EDK names its recipient by, whether it is on the curve or not.
pub(crate) fn ecdh_recipient_point(edk: &EncryptedDataKey) -> Option<&[u8]> {
    ecdh::is_ecdh(edk).then(|| ecdh::recipient(&edk.provider_info)).flatten()
}

/// True for an EDK of a kind that names its KMS key by ARN, and that names this one.
pub(crate) fn names_key_arn(edk: &EncryptedDataKey, key: &KeyArn) -> bool {
    matches!(edk.provider_id.as_str(), AWS_KMS_PROVIDER_ID | AWS_KMS_RSA_PROVIDER_ID) && edk.provider_info == key.to_string().as_bytes()
}

/// The key that an EDK names, for people: a raw AES EDK's name ends before its binary part; of an ECDH EDK's points the recipient's names the key.
#[must_use]
pub fn display_provider_info(edk: &EncryptedDataKey) -> String {
    if let Some(point) = ecdh_recipient_point(edk) {
        return format!("recipient {}", hex::encode(point));
    }
    let info = raw_aes::key_name(&edk.provider_info).unwrap_or(&edk.provider_info);
    match std::str::from_utf8(info) {
        Ok(text) => text.escape_debug().to_string(),
        Err(_) => info.escape_ascii().to_string(),
    }
}

#[cfg(test)]
mod tests;
