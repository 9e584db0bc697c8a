//! AWS KMS keyring (specification, "AWS KMS Keyring"). It wraps under symmetric keys and unwraps with keys of every kind.
//!
//! ```text
//! provider id   = "aws-kms"
//! provider info = key ARN, as KMS answered
//! ciphertext    = CiphertextBlob, bound by KMS to the encryption context
//! ```

use super::{CiphertextBlob, Keyring, Kms, UnwrapBudget, Unwrapped, aws_kms_rsa, budget::Budgeted, ecdh, kms_interface::Choice};
use crate::{
    arn::KeyArn,
    crypto::{EcPublicKey, Random},
    error::{Error, Result},
    format::{EncryptedDataKey, EncryptionContext},
    secret::DataKey,
};

/// Key provider id of AWS KMS.
pub const PROVIDER_ID: &str = "aws-kms";

/// Wraps under one symmetric KMS key, and unwraps with one of any kind: EDKs of `aws-kms` and `aws-kms-rsa` that name it or a related multi-Region
/// key (specification, "AWS KMS MRK Keyring"), and ECDH ones with its point ([`AwsKmsKeyring::with_public_key`]).
pub struct AwsKmsKeyring<'a> {
    kms: &'a dyn Kms,
    key: KeyArn,
    public_key: Option<EcPublicKey>,
}

impl<'a> AwsKmsKeyring<'a> {
    /// A keyring for the key with this ARN.
    #[must_use]
    pub fn new(kms: &'a dyn Kms, key: KeyArn) -> Self {
        Self { kms, key, public_key: None }
    }

    /// Says which point an elliptic curve key is: EDKs of ECDH name points, and are left alone without it.
    #[must_use]
    pub fn with_public_key(self, public_key: EcPublicKey) -> Self {
        Self { public_key: Some(public_key), ..self }
    }

    fn edk(&self, blob: CiphertextBlob) -> EncryptedDataKey {
        EncryptedDataKey { provider_id: PROVIDER_ID.to_owned(), provider_info: self.key.to_string().into_bytes(), ciphertext: blob.0 }
    }
}

impl Keyring for AwsKmsKeyring<'_> {
    fn generate(&self, context: &EncryptionContext, _random: &dyn Random) -> Result<(DataKey, EncryptedDataKey)> {
        let (data_key, blob) = self.kms.generate_data_key(&self.key, context)?;
        Ok((data_key, self.edk(blob)))
    }

    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, _random: &dyn Random) -> Result<EncryptedDataKey> {
        self.kms.encrypt(&self.key, data_key.expose(), context).map(|blob| self.edk(blob))
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.unwrap_within(edk, context, &UnwrapBudget::default())
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        let own = |is_named: bool| if is_named { Choice::Key(self.key.clone()) } else { Choice::Other };
        let by_arn = |named: &KeyArn| own(self.key.matches_for_decrypt(named));
        let by_point = |point: &EcPublicKey| own(self.public_key.as_ref() == Some(point));
        unwrap(&Budgeted { kms: self.kms, budget }, edk, context, by_arn, by_point)
    }

    fn is_online(&self) -> bool {
        self.kms.is_online()
    }
}

/// Unwraps an EDK of any kind that KMS keys stand behind, with the key that `by_arn` gives for the one that it names; one of ECDH, which names
/// points, with the key that `by_point` gives.
pub(super) fn unwrap(
    kms: &dyn Kms,
    edk: &EncryptedDataKey,
    context: &EncryptionContext,
    by_arn: impl Fn(&KeyArn) -> Choice,
    by_point: impl Fn(&EcPublicKey) -> Choice,
) -> Unwrapped {
    if ecdh::is_ecdh(edk) {
        return ecdh::unwrap_with_kms(kms, edk, context, by_point);
    }
    if !matches!(edk.provider_id.as_str(), PROVIDER_ID | aws_kms_rsa::PROVIDER_ID) {
        return Unwrapped::NotForThisKeyring;
    }
    match key_arn(edk).map_or(Choice::Other, |named| by_arn(&named)) {
        Choice::Key(key) if edk.provider_id == PROVIDER_ID => decrypt(kms, &key, edk, context),
        Choice::Key(key) => aws_kms_rsa::unwrap_with_kms(kms, &key, edk, context),
        Choice::PassOver(reason) => Unwrapped::PassedOver(reason),
        Choice::Other => Unwrapped::NotForThisKeyring,
    }
}

fn key_arn(edk: &EncryptedDataKey) -> Option<KeyArn> {
    std::str::from_utf8(&edk.provider_info).ok()?.parse().ok()
}

fn decrypt(kms: &dyn Kms, key: &KeyArn, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
    match kms.decrypt(key, &CiphertextBlob(edk.ciphertext.clone()), context) {
        Ok(plaintext) => DataKey::from_slice(plaintext.expose()).map_or(Unwrapped::DoesNotUnwrap, Unwrapped::DataKey),
        Err(error @ Error::Setup(_)) => Unwrapped::Stopped(error),
        Err(error) => Unwrapped::Failed(error.into()),
    }
}
