//! What data keys are wrapped under besides each Region's own key, and what they are unwrapped with besides the keystore.

use std::{fmt, sync::Arc};

use super::known_keys::KnownKeys;
use crate::{
    arn::{AccountId, KeyArn},
    keyring::{Keyring, RsaEncryptionAlgorithm},
    kms::{EmbeddedKms, KeySpec, KeyUsage, OnlineKms, OnlineOpening},
};

/// A key that gets an encrypted data key of its own in every new bundle, so that the bundle opens where the Region's key is out of reach.
pub enum RecoveryKey {
    /// A KMS key: embedded, imported, or with AWS KMS at hand one there.
    Kms(KeyArn),
    /// A key that the caller holds.
    Keyring(Box<dyn Keyring>),
}

impl RecoveryKey {
    /// True for a KMS key of this ARN.
    pub(crate) fn is_kms_key(&self, arn: &str) -> bool {
        matches!(self, Self::Kms(key) if key.to_string() == arn)
    }
}

/// How a command wraps and unwraps data keys.
pub struct KeyOptions {
    /// Keys that every new bundle opens with too.
    pub recovery_keys: Vec<RecoveryKey>,
    /// What opens existing bundles besides the keystore; the recovery keys are tried as well.
    pub open_with: Vec<Box<dyn Keyring>>,
    /// How RSA keys of KMS wrap.
    pub encryption_algorithm: RsaEncryptionAlgorithm,
    /// AWS KMS. With it every Region needs a key to be named, and an embedded one to be written out (`embedded:ID`).
    pub online: Option<Arc<dyn OnlineKms>>,
    /// Which keys of AWS KMS are asked to open bundles.
    pub online_opening: OnlineOpening,
    /// The configured account: under a key in AWS KMS that only a secret's record names, data keys are wrapped if it is of this account.
    pub account: AccountId,
}

impl Default for KeyOptions {
    fn default() -> Self {
        Self {
            recovery_keys: Vec::new(),
            open_with: Vec::new(),
            encryption_algorithm: RsaEncryptionAlgorithm::RsaesOaepSha256,
            online: None,
            online_opening: OnlineOpening::default(),
            account: AccountId::embedded(),
        }
    }
}

impl KeyOptions {
    /// The keys that names may mean.
    pub(crate) fn known<'a>(&'a self, kms: &'a EmbeddedKms) -> KnownKeys<'a> {
        KnownKeys { kms, online: self.online.as_deref() }
    }

    /// Keyrings for a new bundle: the Region's key first, which makes the data key where there is none yet. `besides` are further KMS keys.
    pub(crate) fn wrapping<'a, 'k>(
        &'a self,
        kms: &'a EmbeddedKms,
        key: &KeyArn,
        besides: impl IntoIterator<Item = &'k KeyArn>,
    ) -> Vec<Box<dyn Keyring + 'a>> {
        let known = self.known(kms);
        let mut keyrings = vec![known.keyring(key, self.encryption_algorithm)];
        for recovery_key in &self.recovery_keys {
            match recovery_key {
                RecoveryKey::Kms(recovery) if recovery == key => {}
                RecoveryKey::Kms(recovery) => keyrings.push(known.keyring(recovery, self.encryption_algorithm)),
                RecoveryKey::Keyring(keyring) => keyrings.push(Box::new(&**keyring)),
            }
        }
        let is_named = |other: &KeyArn| self.recovery_keys.iter().any(|named| named.is_kms_key(&other.to_string()));
        let besides = besides.into_iter().filter(|other| *other != key && !is_named(other));
        keyrings.extend(besides.map(|other| known.keyring(other, self.encryption_algorithm)));
        keyrings
    }

    /// True where a bundle under this key and the recovery keys has an EDK of `aws-kms` and another that names no ARN: the material providers'
    /// discovery keyring for KMS refuses such a message.
    #[must_use]
    pub fn is_refused_by_discovery(&self, kms: &EmbeddedKms, key: &KeyArn) -> bool {
        // A key of AWS KMS of which nothing is known is taken for a symmetric one, as most are.
        let spec = |key| self.known(kms).spec(key).or_else(|| self.online.is_some().then_some(KeySpec::SymmetricDefault));
        let mut specs = vec![spec(key)];
        let mut has_nameless = false;
        for recovery_key in &self.recovery_keys {
            match recovery_key {
                RecoveryKey::Kms(recovery) => specs.push(spec(recovery)),
                RecoveryKey::Keyring(_) => has_nameless = true,
            }
        }
        let has = |usage: KeyUsage, is_asymmetric: bool| {
            specs.iter().flatten().any(|spec| spec.usage() == usage && spec.is_asymmetric() == is_asymmetric)
        };
        has(KeyUsage::EncryptDecrypt, false) && (has_nameless || has(KeyUsage::KeyAgreement, true))
    }
}

impl fmt::Debug for KeyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recovery_keys, open_with, encryption_algorithm, online, online_opening, account } = self;
        let counts = (recovery_keys.len(), open_with.len(), online.is_some());
        f.debug_tuple("KeyOptions").field(&counts).field(encryption_algorithm).field(online_opening).field(account).finish()
    }
}

/// Borrowed keyrings, as the message layer takes them.
pub(crate) fn borrowed<'a>(keyrings: &'a [Box<dyn Keyring + 'a>]) -> Vec<&'a dyn Keyring> {
    keyrings.iter().map(|keyring| &**keyring as &dyn Keyring).collect()
}
