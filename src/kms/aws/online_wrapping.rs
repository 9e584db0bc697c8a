//! Wrapping data keys under keys in AWS KMS: which kind of key it is, and so which encrypted data key it makes.
//!
//! | key spec | encrypted data key | calls |
//! | --- | --- | --- |
//! | `SYMMETRIC_DEFAULT` | `aws-kms` | GenerateDataKey or Encrypt for each data key |
//! | `RSA_…`, usage `ENCRYPT_DECRYPT` | `aws-kms-rsa` | GetPublicKey, once for each key |
//! | `ECC_NIST_…`, usage `KEY_AGREEMENT` | `raw-ecdh`, with a fresh ephemeral sender | GetPublicKey, once for each key |
//!
//! DescribeKey tells the kind, once for each key. Whoever may not call it goes on as for a symmetric key, for which AWS KMS refuses what does
//! not fit.

use super::{OnlineKey, OnlineKms};
use crate::{
    arn::KeyArn,
    crypto::Random,
    error::{ErrorCode, KeyRefusal, KeyUseRefusal, Result},
    format::{EncryptedDataKey, EncryptionContext},
    keyring::{AwsKmsKeyring, AwsKmsRsaKeyring, Keyring, RawEcdhKeyring, RsaEncryptionAlgorithm, UnwrapBudget, Unwrapped},
    kms::{key_spec::KeySpec, public_key::PublicKey},
    region::Region,
    secret::DataKey,
};

/// The key that a name means, if data keys can be wrapped under it: with its key spec, unless AWS KMS does not tell the caller.
///
/// # Errors
/// As for [`OnlineKms::describe_key`] and [`OnlineKms::get_public_key`]; `InvalidKeyUsageException` for a key that wraps nothing;
/// `DisabledException`, `KMSInvalidStateException`.
pub(crate) fn find_key(online: &dyn OnlineKms, region: Region, name: &str) -> Result<(KeyArn, Option<KeySpec>)> {
    let key = match name.parse() {
        Err(_) => online.describe_key(region, name)?,
        Ok(arn) => match describe(online, &arn)? {
            Some(key) => key,
            None => return Ok((arn, None)),
        },
    };
    let spec = check_wraps(&key)?;
    // Before anything is written, and kept for what wraps.
    if spec.is_asymmetric() {
        online.get_public_key(&key)?;
    }
    Ok((key.arn, Some(spec)))
}

/// `None` where the caller may not ask: the ARN is enough to wrap under a symmetric key, which IAM allows apart.
fn describe(online: &dyn OnlineKms, key: &KeyArn) -> Result<Option<OnlineKey>> {
    match online.describe_key(key.region(), &key.to_string()) {
        Err(error) if error.code() == Some(ErrorCode::AccessDeniedException) => Ok(None),
        described => described.map(Some),
    }
}

/// Refuses what AWS KMS would refuse to unwrap with, or to wrap under.
fn check_wraps(described: &OnlineKey) -> Result<KeySpec> {
    let key = described.arn.clone();
    let Some(spec) = described.wrapping_spec() else {
        let (spec, usage) = (described.key_spec.clone(), described.key_usage.clone());
        return Err(KeyUseRefusal::WrapsNothing { key, spec, usage }.into());
    };
    match described.key_state.as_str() {
        "Enabled" => Ok(spec),
        "Disabled" => Err(KeyRefusal::DisabledInAws(key).into()),
        state => Err(KeyRefusal::StateInAws { key, state: state.to_owned() }.into()),
    }
}

/// Wraps data keys under one key in AWS KMS, of whatever kind, and unwraps those that name it by its ARN.
pub(crate) struct OnlineWrappingKeyring<'a> {
    online: &'a dyn OnlineKms,
    key: KeyArn,
    algorithm: RsaEncryptionAlgorithm,
}

impl<'a> OnlineWrappingKeyring<'a> {
    /// A keyring for a key that [`find_key`] has found; an RSA key wraps by this algorithm.
    pub(crate) const fn new(online: &'a dyn OnlineKms, key: KeyArn, algorithm: RsaEncryptionAlgorithm) -> Self {
        Self { online, key, algorithm }
    }

    fn symmetric(&self) -> AwsKmsKeyring<'a> {
        AwsKmsKeyring::new(self.online, self.key.clone())
    }

    fn of_its_kind(&self) -> Result<Box<dyn Keyring + 'a>> {
        let described = describe(self.online, &self.key)?.filter(|key| key.wrapping_spec().is_some_and(KeySpec::is_asymmetric));
        let Some(described) = described else { return Ok(Box::new(self.symmetric())) };
        Ok(match self.online.get_public_key(&described)? {
            PublicKey::Rsa(public) => Box::new(AwsKmsRsaKeyring::new(self.key.clone(), public, self.algorithm)),
            PublicKey::EllipticCurve(public) => Box::new(RawEcdhKeyring::from_public_key(public)),
        })
    }
}

impl Keyring for OnlineWrappingKeyring<'_> {
    fn generate(&self, context: &EncryptionContext, random: &dyn Random) -> Result<(DataKey, EncryptedDataKey)> {
        self.of_its_kind()?.generate(context, random)
    }

    fn wrap(&self, data_key: &DataKey, context: &EncryptionContext, random: &dyn Random) -> Result<EncryptedDataKey> {
        self.of_its_kind()?.wrap(data_key, context, random)
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.symmetric().unwrap(edk, context)
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        self.symmetric().unwrap_within(edk, context, budget)
    }

    fn is_online(&self) -> bool {
        self.online.is_online()
    }
}
