//! How often AWS KMS is called for one message. Whoever makes a message chooses how many EDKs it has; they do not choose how many calls that costs.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{CiphertextBlob, Kms, RsaEncryptionAlgorithm};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{KeyUseRefusal, Result},
    format::EncryptionContext,
    secret::{DataKey, SecretBytes},
};

/// The calls that may still be made to open one message.
#[derive(Debug)]
pub struct CallBudget(AtomicU32);

impl CallBudget {
    /// Calls of AWS KMS for one message, however many encrypted data keys it has; those of ECDH count too.
    pub const PER_MESSAGE: u32 = 16;

    /// Takes one call; false when none is left.
    fn spend(&self) -> bool {
        self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    fn require(&self) -> Result<()> {
        if self.spend() {
            return Ok(());
        }
        Err(KeyUseRefusal::CallLimit(Self::PER_MESSAGE).into())
    }
}

impl Default for CallBudget {
    /// [`CallBudget::PER_MESSAGE`] calls.
    fn default() -> Self {
        Self(AtomicU32::new(Self::PER_MESSAGE))
    }
}

/// A KMS whose unwrapping calls are taken from a budget, if it is one over a network.
pub(super) struct Budgeted<'a> {
    pub(super) kms: &'a dyn Kms,
    pub(super) budget: &'a CallBudget,
}

impl Budgeted<'_> {
    fn call(&self) -> Result<&dyn Kms> {
        if self.kms.is_online() {
            self.budget.require()?;
        }
        Ok(self.kms)
    }
}

impl Kms for Budgeted<'_> {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        self.kms.generate_data_key(key, context)
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        self.kms.encrypt(key, plaintext, context)
    }

    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        self.call()?.decrypt(key, blob, context)
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.call()?.decrypt_rsa(key, algorithm, ciphertext)
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.call()?.derive_shared_secret(key, public_key)
    }

    fn is_online(&self) -> bool {
        self.kms.is_online()
    }
}
