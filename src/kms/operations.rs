//! Encrypt, Decrypt, ReEncrypt and what generates.

use super::{
    EmbeddedKms,
    ciphertext::{self, Ciphertext, KEY_ID_LENGTH},
    keys::{Key, validation},
    lookup::is_key_id,
    metadata::SYMMETRIC_DEFAULT,
};
use crate::{
    arn::KeyArn,
    crypto::{Random as _, SystemRandom, random_array},
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms},
    region::Region,
    secret::{DataKey, SecretBytes},
};

const PLAINTEXT_LIMIT: usize = 4096;
const CIPHERTEXT_LIMIT: usize = 6144;
const RANDOM_LENGTH: std::ops::RangeInclusive<usize> = 1..=1024;

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

    fn key_for_decrypt(&self, named: &KeyArn) -> KeyArn {
        Self::key_for_decrypt(self, named)
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

/// The answer of [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html).
#[derive(Debug)]
#[non_exhaustive]
pub struct Decrypted {
    /// The key that encrypted.
    pub key_id: KeyArn,
    /// The version of its material: 64 hex digits.
    pub key_material_id: String,
    /// 1 to 4,096 bytes.
    pub plaintext: SecretBytes,
}

impl EmbeddedKms {
    /// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html) in a Region; without a key id, under the key that the
    /// blob names.
    ///
    /// # Errors
    /// As for [`Kms::decrypt`] and [`EmbeddedKms::resolve`]; `AccessDeniedException` when the blob names no key of the Region.
    pub fn decrypt_in(
        &self,
        region: Region,
        key_id: Option<&str>,
        blob: &CiphertextBlob,
        context: &EncryptionContext,
    ) -> Result<Decrypted> {
        check_length("ciphertextBlob", blob.0.len(), CIPHERTEXT_LIMIT)?;
        let key = match key_id {
            Some(key_id) => self.resolve(region, key_id)?,
            None => self.key_of_blob(region, blob)?,
        };
        let plaintext = self.decrypt(&key, blob, context)?;
        Ok(Decrypted { key_id: key, key_material_id: material_id(blob)?, plaintext })
    }

    /// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html) of 1 to 1,024 bytes.
    ///
    /// # Errors
    /// As for [`Kms::generate_data_key`]; `ValidationException` for the length.
    pub fn generate_data_key_of(&self, key: &KeyArn, length: usize, context: &EncryptionContext) -> Result<(SecretBytes, CiphertextBlob)> {
        let data_key = generate_random(length)?;
        let blob = seal(key, self.usable_key(key)?, data_key.expose(), context)?;
        Ok((data_key, blob))
    }

    fn key_of_blob(&self, region: Region, blob: &CiphertextBlob) -> Result<KeyArn> {
        let ciphertext = Ciphertext::parse(&blob.0).ok_or_else(invalid_ciphertext)?;
        let key_id = std::str::from_utf8(ciphertext.key_id).ok().filter(|key_id| is_key_id(key_id)).ok_or_else(invalid_ciphertext)?;
        let arn = self.key_arn(region, key_id);
        self.require_enabled(region)?;
        if self.stored_key(&arn).is_some() {
            return Ok(arn);
        }
        let message = format!("The ciphertext was encrypted under the key {key_id}, which is not in {region} here");
        Err(Error::service(ErrorCode::AccessDeniedException, message))
    }
}

/// [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html): 1 to 1,024 bytes.
///
/// # Errors
/// `ValidationException` for the length; no random bytes.
pub fn generate_random(length: usize) -> Result<SecretBytes> {
    super::keys::check_range("numberOfBytes", &length, &RANDOM_LENGTH)?;
    let mut bytes = SecretBytes::zeroed(length);
    SystemRandom.fill(bytes.expose_mut())?;
    Ok(bytes)
}

/// The version of the key material that a blob names: 64 hex digits.
///
/// # Errors
/// `InvalidCiphertextException`.
pub fn material_id(blob: &CiphertextBlob) -> Result<String> {
    Ciphertext::parse(&blob.0).map(|ciphertext| hex::encode(ciphertext.material_id)).ok_or_else(invalid_ciphertext)
}

/// Refuses an encryption algorithm that symmetric keys have not.
///
/// # Errors
/// `InvalidKeyUsageException`.
pub fn check_algorithm(key: &KeyArn, algorithm: &str) -> Result<()> {
    if algorithm == SYMMETRIC_DEFAULT {
        return Ok(());
    }
    let message = format!("{key} has the key spec {SYMMETRIC_DEFAULT}, which does not go with the algorithm {}", algorithm.escape_debug());
    Err(Error::service(ErrorCode::InvalidKeyUsageException, message))
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
