//! What data keys are wrapped under besides each Region's own key, and what they are unwrapped with besides the keystore.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    arn::KeyArn,
    format::EncryptedDataKey,
    keyring::{
        AWS_KMS_ECDH_PROVIDER_ID, AWS_KMS_PROVIDER_ID, AWS_KMS_RSA_PROVIDER_ID, AwsKmsDiscoveryKeyring, Curve, EcPublicKey, Keyring,
        Kms as _, RAW_ECDH_PROVIDER_ID, RsaEncryptionAlgorithm, display_provider_info,
    },
    kms::{EmbeddedKms, KeyUsage},
};

/// A key that gets an encrypted data key of its own in every new bundle, so that the bundle opens where the Region's key is out of reach.
pub enum RecoveryKey {
    /// A KMS key that the keystore knows, embedded or imported.
    Kms(KeyArn),
    /// A key that the caller holds.
    Keyring(Box<dyn Keyring>),
}

/// How a command wraps and unwraps data keys.
pub struct KeyOptions {
    /// Keys that every new bundle opens with too.
    pub recovery_keys: Vec<RecoveryKey>,
    /// What opens existing bundles besides the keystore; the recovery keys are tried as well.
    pub open_with: Vec<Box<dyn Keyring>>,
    /// How RSA keys of KMS wrap.
    pub encryption_algorithm: RsaEncryptionAlgorithm,
}

impl Default for KeyOptions {
    fn default() -> Self {
        Self { recovery_keys: Vec::new(), open_with: Vec::new(), encryption_algorithm: RsaEncryptionAlgorithm::RsaesOaepSha256 }
    }
}

impl KeyOptions {
    /// Keyrings for a new bundle: the Region's key first, which makes the data key where there is none yet.
    pub(crate) fn wrapping<'a>(&'a self, kms: &'a EmbeddedKms, key: &KeyArn) -> Vec<Box<dyn Keyring + 'a>> {
        let mut keyrings = vec![kms.keyring_with(key.clone(), self.encryption_algorithm)];
        for recovery_key in &self.recovery_keys {
            match recovery_key {
                RecoveryKey::Kms(recovery) if recovery == key => {}
                RecoveryKey::Kms(recovery) => keyrings.push(kms.keyring_with(recovery.clone(), self.encryption_algorithm)),
                RecoveryKey::Keyring(keyring) => keyrings.push(Box::new(&**keyring)),
            }
        }
        keyrings
    }

    /// True where a bundle under this key and the recovery keys has an EDK of `aws-kms` and another that names no ARN: the material providers'
    /// discovery keyring for KMS refuses such a message.
    #[must_use]
    pub fn is_refused_by_discovery(&self, kms: &EmbeddedKms, key: &KeyArn) -> bool {
        let mut specs = vec![kms.key_spec(key)];
        let mut has_nameless = false;
        for recovery_key in &self.recovery_keys {
            match recovery_key {
                RecoveryKey::Kms(recovery) => specs.push(kms.key_spec(recovery)),
                RecoveryKey::Keyring(_) => has_nameless = true,
            }
        }
        let has = |usage: KeyUsage, is_asymmetric: bool| {
            specs.iter().flatten().any(|spec| spec.usage() == usage && spec.is_asymmetric() == is_asymmetric)
        };
        has(KeyUsage::EncryptDecrypt, false) && (has_nameless || has(KeyUsage::KeyAgreement, true))
    }

    /// Keyrings for existing bundles.
    pub(crate) fn opening<'a>(&'a self, kms: &'a EmbeddedKms) -> Vec<Box<dyn Keyring + 'a>> {
        let mut keyrings: Vec<Box<dyn Keyring + 'a>> = vec![Box::new(AwsKmsDiscoveryKeyring::new(kms))];
        for keyring in &self.open_with {
            keyrings.push(Box::new(&**keyring));
        }
        for recovery_key in &self.recovery_keys {
            if let RecoveryKey::Keyring(keyring) = recovery_key {
                keyrings.push(Box::new(&**keyring));
            }
        }
        keyrings
    }
}

impl fmt::Debug for KeyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recovery_keys, open_with, encryption_algorithm } = self;
        let counts = (recovery_keys.len(), open_with.len());
        f.debug_tuple("KeyOptions").field(&counts).field(encryption_algorithm).finish()
    }
}

/// An encrypted data key of a bundle, on record where a bundle has others than the one under its Region's symmetric key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct EdkRecord {
    pub(crate) provider_id: String,
    /// The key that it names, as `inspect` shows it: an ARN, a raw key's name, or for ECDH `recipient` and a compressed point in hex.
    pub(crate) key: String,
}

impl EdkRecord {
    pub(crate) fn of(edk: &EncryptedDataKey) -> Self {
        Self { provider_id: edk.provider_id.clone(), key: display_provider_info(edk) }
    }

    /// True when the keystore can unwrap it.
    pub(crate) fn opens_with(&self, kms: &EmbeddedKms) -> bool {
        match self.provider_id.as_str() {
            AWS_KMS_PROVIDER_ID | AWS_KMS_RSA_PROVIDER_ID => self.key.parse().is_ok_and(|key| kms.can_unwrap(&key)),
            RAW_ECDH_PROVIDER_ID | AWS_KMS_ECDH_PROVIDER_ID => {
                let point = self.key.strip_prefix("recipient ").and_then(|point| hex::decode(point).ok()).unwrap_or_default();
                let curve = Curve::ALL.into_iter().find(|curve| curve.point_length() == point.len());
                let recipient = curve.and_then(|curve| EcPublicKey::from_compressed(curve, &point).ok());
                recipient.and_then(|recipient| kms.key_with_public_key(&recipient)).is_some_and(|key| kms.can_unwrap(&key))
            }
            _ => false,
        }
    }
}

/// Borrowed keyrings, as the message layer takes them.
pub(crate) fn borrowed<'a>(keyrings: &'a [Box<dyn Keyring + 'a>]) -> Vec<&'a dyn Keyring> {
    keyrings.iter().map(|keyring| &**keyring as &dyn Keyring).collect()
}
