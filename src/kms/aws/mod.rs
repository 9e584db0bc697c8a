//! A KMS that is reached over a network and has keys of its own, besides those of the keystore.

#[cfg(feature = "kms-client")]
mod client;
#[cfg(test)]
pub(crate) mod fake;
mod limited;
mod online_keyring;
mod online_wrapping;

#[cfg(feature = "kms-client")]
pub use client::{AwsKms, AwsKmsOptions, CaBundle, CaBundleError, CallCounts};
pub use limited::LimitedKms;
pub(crate) use online_keyring::OnlineKeyring;
pub use online_keyring::OnlineOpening;
pub(crate) use online_wrapping::{OnlineWrappingKeyring, find_key};

use super::{key_spec::KeySpec, public_key::PublicKey};
use crate::{
    arn::KeyArn,
    error::{KeyUseRefusal, Result},
    keyring::Kms,
    region::Region,
};

/// A key of an [`OnlineKms`], from [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OnlineKey {
    /// The key's ARN, whatever it was asked for by.
    pub arn: KeyArn,
    /// `SYMMETRIC_DEFAULT`, `RSA_2048`, ….
    pub key_spec: String,
    /// `ENCRYPT_DECRYPT`, `KEY_AGREEMENT`, ….
    pub key_usage: String,
    /// `Enabled`, `Disabled`, `PendingDeletion`, ….
    pub key_state: String,
}

impl OnlineKey {
    /// A key of these properties.
    #[must_use]
    pub fn new(arn: KeyArn, key_spec: impl Into<String>, key_usage: impl Into<String>, key_state: impl Into<String>) -> Self {
        Self { arn, key_spec: key_spec.into(), key_usage: key_usage.into(), key_state: key_state.into() }
    }

    /// Its key spec; `None` unless keys of that spec and usage wrap data keys.
    #[must_use]
    pub fn wrapping_spec(&self) -> Option<KeySpec> {
        let spec = KeySpec::parse(&self.key_spec).ok()?;
        // A symmetric key has one usage only.
        (!spec.is_asymmetric() || spec.usage().name() == self.key_usage).then_some(spec)
    }
}

/// AWS KMS itself, or what answers in its place. It is called over a network, which [`Kms::is_online`] has to say.
pub trait OnlineKms: Kms {
    /// The key that a key id, key ARN, alias name or alias ARN names in a Region. Each is asked for once; a second call gives the same answer.
    ///
    /// # Errors
    /// By AWS name: `NotFoundException`, `AccessDeniedException`, ….
    fn describe_key(&self, region: Region, key_id: &str) -> Result<OnlineKey>;

    /// What [`OnlineKms::describe_key`] has answered for this ARN before. It makes no call; by default nothing is known.
    fn described_key(&self, key: &KeyArn) -> Option<OnlineKey> {
        let _ = key;
        None
    }

    /// The public part of an RSA or elliptic curve key, from [GetPublicKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html):
    /// data keys are wrapped with it. Each is asked for once; a second call gives the same answer. By default there are no such keys.
    ///
    /// # Errors
    /// As for [`OnlineKms::describe_key`], and `UnsupportedOperationException` for a symmetric key.
    fn get_public_key(&self, key: &OnlineKey) -> Result<PublicKey> {
        let _ = key;
        Err(KeyUseRefusal::NoSuchKeys("asymmetric").into())
    }
}
