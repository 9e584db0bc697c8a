//! Wraps and unwraps data keys: one file for each kind of encrypted data key.

mod aws_kms;
mod aws_kms_rsa;
mod budget;
mod discovery;
mod ecdh;
mod keyring_interface;
mod kms_interface;
mod raw_aes;
mod raw_rsa;

pub use aws_kms::{AwsKmsKeyring, PROVIDER_ID as AWS_KMS_PROVIDER_ID};
pub use aws_kms_rsa::{AwsKmsRsaKeyring, PROVIDER_ID as AWS_KMS_RSA_PROVIDER_ID};
pub use budget::UnwrapBudget;
pub use discovery::{AwsKmsDiscoveryKeyring, DiscoveryFilter};
pub use ecdh::{KMS_PROVIDER_ID as AWS_KMS_ECDH_PROVIDER_ID, RAW_PROVIDER_ID as RAW_ECDH_PROVIDER_ID, RawEcdhKeyring};
pub use keyring_interface::{Keyring, Unwrapped};
pub use kms_interface::{CiphertextBlob, KeyDirectory, Kms, RsaEncryptionAlgorithm};
pub use raw_aes::RawAesKeyring;
pub use raw_rsa::RawRsaKeyring;

pub use crate::crypto::{Curve, EcPrivateKey, EcPublicKey, RsaPadding, RsaPrivateKey, RsaPublicKey};

use crate::{
    arn::KeyArn,
    error::{EdkAttempt, EdkOutcome, Error, PassedOver, Result, shorten},
    format::{EncryptedDataKey, EncryptionContext},
    secret::DataKey,
    suite::AlgorithmSuite,
};

/// Whether this kind of EDK may stand in a message of `suite`: the specification rules out RSA keys of AWS KMS in suites with a signature.
#[must_use]
pub fn fits_suite(edk: &EncryptedDataKey, suite: AlgorithmSuite) -> bool {
    !(suite.is_signed() && edk.provider_id == AWS_KMS_RSA_PROVIDER_ID)
}

/// Offers each EDK that fits the suite to each keyring until one unwraps it: first to those that are here, then to those over a network. Together they
/// spend one [`UnwrapBudget`].
///
/// # Errors
/// [`Error::NoUsableKey`] with what was tried; the error of a keyring that could not begin.
pub fn unwrap_any(
    keyrings: &[&dyn Keyring],
    edks: &[EncryptedDataKey],
    suite: AlgorithmSuite,
    context: &EncryptionContext,
) -> Result<DataKey> {
    let budget = UnwrapBudget::default();
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

/// Whose point an ECDH EDK was made for; `None` for EDKs of another kind, and for what is not laid out like one.
pub(crate) fn ecdh_recipient(edk: &EncryptedDataKey) -> Option<EcPublicKey> {
    ecdh::is_ecdh(edk).then(|| ecdh::recipient_key(&edk.provider_info)).flatten()
}

/// The points of an ECDH EDK's recipient and of its sender, either of whom can open it; `None` as for [`ecdh_recipient`].
pub(crate) fn ecdh_points(edk: &EncryptedDataKey) -> Option<[EcPublicKey; 2]> {
    ecdh::is_ecdh(edk).then(|| ecdh::both_keys(&edk.provider_info)).flatten()
}

/// The compressed point that an ECDH EDK names its recipient by, whether it is on the curve or not.
pub(crate) fn ecdh_recipient_point(edk: &EncryptedDataKey) -> Option<&[u8]> {
    ecdh::is_ecdh(edk).then(|| ecdh::recipient(&edk.provider_info)).flatten()
}

/// True for an EDK of a kind that names its KMS key by ARN, and that names this one.
pub(crate) fn names_key_arn(edk: &EncryptedDataKey, key: &KeyArn) -> bool {
    matches!(edk.provider_id.as_str(), AWS_KMS_PROVIDER_ID | AWS_KMS_RSA_PROVIDER_ID) && edk.provider_info == key.to_string().as_bytes()
}

/// Namespace and name of the raw key that an EDK names; `None` for keys of KMS and ECDH, and for a name that is not text.
#[must_use]
pub fn raw_key_name(edk: &EncryptedDataKey) -> Option<(&str, &str)> {
    if edk.provider_id.starts_with(AWS_KMS_PROVIDER_ID) || ecdh::is_ecdh(edk) {
        return None;
    }
    let name = raw_aes::key_name(&edk.provider_info).unwrap_or(&edk.provider_info);
    Some((&edk.provider_id, std::str::from_utf8(name).ok()?))
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
