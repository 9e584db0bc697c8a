//! GenerateDataKey, Encrypt and Decrypt.

use super::{
    EmbeddedKms,
    ciphertext::{self, Ciphertext, KEY_ID_LENGTH},
    keys::{Key, validation},
};
use crate::{
    arn::KeyArn,
    crypto::{Random as _, SystemRandom, random_array},
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms},
    secret::{DataKey, SecretBytes},
};

const PLAINTEXT_LIMIT: usize = 4096;
const CIPHERTEXT_LIMIT: usize = 6144;

impl Kms for EmbeddedKms {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        tracing::debug!(%key, "kms: GenerateDataKey");
        let usable = self.usable_key(key)?;
        let data_key = DataKey::init_with(|bytes| SystemRandom.fill(bytes))?;
        let blob = seal(key, usable, data_key.expose(), context)?;
        Ok((data_key, blob))
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        tracing::debug!(%key, "kms: Encrypt");
        check_length("plaintext", plaintext.len(), PLAINTEXT_LIMIT)?;
        seal(key, self.usable_key(key)?, plaintext, context)
    }

    fn decrypt(&self, key: &KeyArn, blob: &CiphertextBlob, context: &EncryptionContext) -> Result<SecretBytes> {
        tracing::debug!(%key, "kms: Decrypt");
        check_length("ciphertextBlob", blob.0.len(), CIPHERTEXT_LIMIT)?;
        let usable = self.usable_key(key)?;
        let ciphertext = Ciphertext::parse(&blob.0).ok_or_else(invalid_ciphertext)?;
        if ciphertext.key_id != key.key_id().as_bytes() {
            let message = "The key ID in the request does not identify a CMK that can perform this operation.";
            return Err(Error::service(ErrorCode::IncorrectKeyException, message));
        }
        let material = usable.materials.get(ciphertext.material_id).ok_or_else(invalid_ciphertext)?;
        ciphertext.open(&material.bytes, context).map_err(|_| invalid_ciphertext())
    }
}

fn seal(arn: &KeyArn, key: &Key, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
    let key_id: &[u8; KEY_ID_LENGTH] = arn.key_id().as_bytes().try_into().expect("keys of the keystore have ids of 36 bytes");
    let material = key.materials.current();
    let salt = random_array(&SystemRandom)?;
    ciphertext::seal(&material.bytes, key_id, &material.id, &salt, plaintext, context).map(CiphertextBlob)
}

fn check_length(parameter: &str, length: usize, limit: usize) -> Result<()> {
    match length {
        0 => Err(validation(parameter, "Member must have length greater than or equal to 1")),
        _ if length > limit => Err(validation(parameter, &format!("Member must have length less than or equal to {limit}"))),
        _ => Ok(()),
    }
}

/// One error for another material, another context and a changed byte: it helps nobody to find the right one.
fn invalid_ciphertext() -> Error {
    Error::service(ErrorCode::InvalidCiphertextException, "")
}
