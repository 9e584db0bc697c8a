//! What data keys are wrapped under besides each Region's own key, and what they are unwrapped with besides the keystore.

use std::{fmt, sync::Arc};

use crate::{
    arn::{AccountId, KeyArn},
    keyring::{AwsKmsDiscoveryKeyring, Keyring, RsaEncryptionAlgorithm},
    kms::{EmbeddedKms, KeySources, KeySpec, KeyUsage, OnlineKms, OnlineOpening},
};

use super::{edk_record::EdkRecord, openers::Openers, record::BundleRecord};

/// A key that gets an encrypted data key of its own in every new bundle, so that the bundle opens where the Region's key is out of reach.
pub enum RecoveryKey {
    /// A KMS key: embedded, imported, or with AWS KMS at hand one there.
    Kms(KeyArn),
    /// A key that the caller holds.
    Keyring(Box<dyn Keyring>),
}

impl RecoveryKey {
    /// True for a KMS key of this ARN.
    pub(super) fn is_kms_key(&self, arn: &str) -> bool {
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
    pub(crate) fn sources<'a>(&'a self, kms: &'a EmbeddedKms) -> KeySources<'a> {
        KeySources { kms, online: self.online.as_deref() }
    }

    /// Keyrings for a new bundle: the Region's key first, which makes the data key where there is none yet.
    pub(crate) fn wrapping<'a>(&'a self, kms: &'a EmbeddedKms, key: &KeyArn) -> Vec<Box<dyn Keyring + 'a>> {
        let sources = self.sources(kms);
        let mut keyrings = vec![sources.keyring(key, self.encryption_algorithm)];
        for recovery_key in &self.recovery_keys {
            match recovery_key {
                RecoveryKey::Kms(recovery) if recovery == key => {}
                RecoveryKey::Kms(recovery) => keyrings.push(sources.keyring(recovery, self.encryption_algorithm)),
                RecoveryKey::Keyring(keyring) => keyrings.push(Box::new(&**keyring)),
            }
        }
        keyrings
    }

    /// True where a bundle under this key and the recovery keys has an EDK of `aws-kms` and another that names no ARN: the material providers'
    /// discovery keyring for KMS refuses such a message.
    #[must_use]
    pub fn is_refused_by_discovery(&self, kms: &EmbeddedKms, key: &KeyArn) -> bool {
        // What AWS KMS itself wraps, it wraps under symmetric keys.
        let spec = |key| kms.key_spec(key).or_else(|| self.online.is_some().then_some(KeySpec::SymmetricDefault));
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

    /// What opens existing bundles.
    pub(crate) fn openers<'a>(&'a self, kms: Option<&'a EmbeddedKms>) -> Openers<'a> {
        let mut keyrings: Vec<Box<dyn Keyring + 'a>> = Vec::new();
        if let Some(kms) = kms {
            keyrings.push(Box::new(AwsKmsDiscoveryKeyring::new(kms)));
        }
        for keyring in &self.open_with {
            keyrings.push(Box::new(&**keyring));
        }
        for recovery_key in &self.recovery_keys {
            if let RecoveryKey::Keyring(keyring) = recovery_key {
                keyrings.push(Box::new(&**keyring));
            }
        }
        Openers::new(keyrings, kms, self)
    }

    /// True where the keystore has a key that opens the bundle, or AWS KMS is at hand and may be asked for one.
    pub(crate) fn can_open(&self, kms: Option<&EmbeddedKms>, bundle: &BundleRecord) -> bool {
        let edks = &bundle.encrypted_data_keys;
        if kms.is_some_and(|kms| can_unwrap(kms, &bundle.kms_key_id) || edks.iter().any(|edk| edk.opens_with(kms))) {
            return true;
        }
        let mut named = bundle.kms_key_id.parse().ok().into_iter().chain(edks.iter().filter_map(EdkRecord::key_arn));
        self.online.is_some() && named.any(|key| self.online_opening.admits(kms, bundle.region, &key))
    }
}

fn can_unwrap(kms: &EmbeddedKms, key: &str) -> bool {
    key.parse().is_ok_and(|key| kms.can_unwrap(&key))
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
