//! What it may cost to unwrap the data key of one message. Whoever makes a message chooses how many EDKs it has, and for which keys; they do
//! not choose how many calls of AWS KMS that costs, nor how much work with private keys.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{CiphertextBlob, Kms, RsaEncryptionAlgorithm};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{KeyUseRefusal, Result},
    format::EncryptionContext,
    secret::{DataKey, SecretBytes},
};

/// What may still be spent to unwrap the data key of one message.
#[derive(Debug)]
pub struct UnwrapBudget {
    calls: AtomicU32,
    private_key_operations: AtomicU32,
}

impl UnwrapBudget {
    /// Calls of AWS KMS for one message, however many encrypted data keys it has; those of ECDH count too.
    pub const CALLS: u32 = 16;

    /// Operations with private keys that are here, RSA decryptions and ECDH agreements, for one message. Each costs up to some tenths of a second
    /// of a processor. An RSA key of a KMS takes two for an encrypted data key that is not for it, one for each algorithm.
    pub const PRIVATE_KEY_OPERATIONS: u32 = 16;

    /// Takes one call over a network.
    ///
    /// # Errors
    /// [`KeyUseRefusal::CallLimit`] where none is left.
    pub fn spend_call(&self) -> Result<()> {
        spend(&self.calls, KeyUseRefusal::CallLimit(Self::CALLS))
    }

    /// Takes one operation with a private key.
    ///
    /// # Errors
    /// [`KeyUseRefusal::PrivateKeyLimit`] where none is left.
    pub fn spend_private_key_operation(&self) -> Result<()> {
        spend(&self.private_key_operations, KeyUseRefusal::PrivateKeyLimit(Self::PRIVATE_KEY_OPERATIONS))
    }
}

fn spend(left: &AtomicU32, refusal: KeyUseRefusal) -> Result<()> {
    let spent = left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    spent.map(drop).map_err(|_| refusal.into())
}

impl Default for UnwrapBudget {
    /// A whole one.
    fn default() -> Self {
        Self { calls: AtomicU32::new(Self::CALLS), private_key_operations: AtomicU32::new(Self::PRIVATE_KEY_OPERATIONS) }
    }
}

/// A KMS whose unwrapping is taken from a budget: what goes over a network, and what is done with a private key here.
pub(super) struct Budgeted<'a> {
    pub(super) kms: &'a dyn Kms,
    pub(super) budget: &'a UnwrapBudget,
}

impl Budgeted<'_> {
    fn call(&self) -> Result<&dyn Kms> {
        if self.kms.is_online() {
            self.budget.spend_call()?;
        }
        Ok(self.kms)
    }

    fn call_with_private_key(&self) -> Result<&dyn Kms> {
        if !self.kms.is_online() {
            self.budget.spend_private_key_operation()?;
        }
        self.call()
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
        self.call_with_private_key()?.decrypt_rsa(key, algorithm, ciphertext)
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        self.call_with_private_key()?.derive_shared_secret(key, public_key)
    }

    fn is_online(&self) -> bool {
        self.kms.is_online()
    }
}
