//! The calls of envelope encryption: the key is named by its ARN, as encrypted data keys do it.

use super::{encrypt_decrypt::begin_decrypt, state::EmbeddedKms};
use crate::{
    arn::KeyArn,
    crypto::{EcPublicKey, Random as _, SystemRandom},
    error::Result,
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms, RsaEncryptionAlgorithm},
    kms::encryption_algorithm::EncryptionAlgorithm,
    secret::{DataKey, SecretBytes},
};

impl Kms for EmbeddedKms {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        tracing::debug!(%key, "kms: GenerateDataKey");
        let key = self.key(key)?;
        key.data_key_materials()?;
        let data_key = DataKey::init_with(|bytes| SystemRandom.fill(bytes))?;
        let blob = key.encrypt_data_key(data_key.expose(), context)?;
        Ok((data_key, blob))
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        self.encrypt_with(key, EncryptionAlgorithm::SymmetricDefault, plaintext, context)
    }

    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        begin_decrypt(key, EncryptionAlgorithm::SymmetricDefault, &blob.0)?;
        self.key(key)?.decrypt(blob, context)
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        begin_decrypt(key, EncryptionAlgorithm::Rsa(algorithm), ciphertext)?;
        self.key(key)?.decrypt_rsa(algorithm, ciphertext, &EncryptionContext::new())
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        tracing::debug!(%key, "kms: DeriveSharedSecret");
        self.key(key)?.derive_shared_secret(public_key)
    }
}
