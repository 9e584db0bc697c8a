//! Encrypt, Decrypt and what generates.

use serde::Serialize;

use super::{
    EmbeddedKms,
    algorithm::EncryptionAlgorithm,
    asymmetric::{incompatible, require_usage},
    ciphertext::{self, Ciphertext, KEY_ID_LENGTH},
    key_spec::KeyUsage,
    lookup::is_key_id,
    material::Materials,
    secret_json::secret_as_base64,
};
use crate::{
    arn::KeyArn,
    crypto::{EcPublicKey, Random as _, SystemRandom, random_array},
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    keyring::{CiphertextBlob, Kms, RsaEncryptionAlgorithm},
    region::Region,
    secret::{DataKey, SecretBytes},
};

pub(in crate::kms) const PLAINTEXT_LIMIT: usize = 4096;
pub(in crate::kms) const CIPHERTEXT_LIMIT: usize = 6144;
/// AWS's message where RSA decrypts without a key id.
const KEY_ID_MISSING: &str = "KeyId must not be null";
const RANDOM_LENGTH: std::ops::RangeInclusive<usize> = 1..=1024;

impl Kms for EmbeddedKms {
    fn generate_data_key(&self, key: &KeyArn, context: &EncryptionContext) -> Result<(DataKey, CiphertextBlob)> {
        tracing::debug!(%key, "kms: GenerateDataKey");
        let materials = self.data_key_materials(key)?;
        let data_key = DataKey::init_with(|bytes| SystemRandom.fill(bytes))?;
        let blob = seal(key, materials, data_key.expose(), context)?;
        Ok((data_key, blob))
    }

    fn encrypt(&self, key: &KeyArn, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
        tracing::debug!(%key, "kms: Encrypt");
        check_length("plaintext", plaintext.len(), PLAINTEXT_LIMIT)?;
        // AWS KMS would answer the same: it holds no symmetric key under an imported ARN.
        if let Some(imported) = self.only_imported(key) {
            return Err(incompatible(EncryptionAlgorithm::SymmetricDefault.name(), imported.public_key.key_spec()));
        }
        let usable = self.usable_key(key)?;
        require_usage(key, usable, KeyUsage::EncryptDecrypt, "Encrypt")?;
        let materials = usable.material.symmetric();
        let materials = materials.ok_or_else(|| incompatible(EncryptionAlgorithm::SymmetricDefault.name(), usable.material.spec()))?;
        seal(key, materials, plaintext, context)
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
        let materials = usable.material.symmetric().ok_or_else(invalid_ciphertext)?;
        // A version that the key never had fails as every other change does, after the same work: its id is bound into the derived key.
        let material = materials.get(ciphertext.material_id).unwrap_or_else(|| materials.current());
        ciphertext.open(&material.bytes, context).map_err(|_| invalid_ciphertext())
    }

    fn decrypt_rsa(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm, ciphertext: &[u8]) -> Result<SecretBytes> {
        self.decrypt_rsa_with(key, algorithm, ciphertext, &EncryptionContext::new())
    }

    fn derive_shared_secret(&self, key: &KeyArn, public_key: &EcPublicKey) -> Result<SecretBytes> {
        tracing::debug!(%key, "kms: DeriveSharedSecret");
        self.agree(key, public_key)
    }

    fn key_with_public_key(&self, recipient: &EcPublicKey) -> Option<KeyArn> {
        self.find_public_key(recipient)
    }
}

/// The answer of [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Decrypted {
    /// The key that encrypted.
    pub key_id: KeyArn,
    /// 1 to 4,096 bytes; base64 in JSON.
    #[serde(serialize_with = "secret_as_base64")]
    pub plaintext: SecretBytes,
    /// How it was encrypted.
    pub encryption_algorithm: EncryptionAlgorithm,
    /// Of a symmetric key the version of its material: 64 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_material_id: Option<String>,
}

impl EmbeddedKms {
    /// [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html) by one of the key's algorithms. Under RSA there is no
    /// encryption context, and the algorithm and the length of the modulus say how much can be encrypted: 190 to 470 bytes.
    ///
    /// # Errors
    /// As for [`Kms::encrypt`]; `InvalidKeyUsageException` for an algorithm that the key has not; `ValidationException` for an encryption
    /// context under RSA.
    pub fn encrypt_with(
        &self,
        key: &KeyArn,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        context: &EncryptionContext,
    ) -> Result<CiphertextBlob> {
        match algorithm {
            EncryptionAlgorithm::SymmetricDefault => self.encrypt(key, plaintext, context),
            EncryptionAlgorithm::Rsa(algorithm) => self.encrypt_rsa(key, algorithm, plaintext, context),
        }
    }

    /// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html) in a Region by one of the key's algorithms.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::decrypt_in`] and [`Kms::decrypt_rsa`]; `ValidationException` for RSA without a key id, or with an encryption
    /// context.
    pub fn decrypt_with(
        &self,
        region: Region,
        key_id: Option<&str>,
        algorithm: EncryptionAlgorithm,
        blob: &CiphertextBlob,
        context: &EncryptionContext,
    ) -> Result<Decrypted> {
        let EncryptionAlgorithm::Rsa(algorithm) = algorithm else { return self.decrypt_in(region, key_id, blob, context) };
        // The ciphertext is the bare one of RSA and names no key.
        let key_id = key_id.ok_or_else(|| Error::service(ErrorCode::ValidationException, KEY_ID_MISSING))?;
        let key_id = self.resolve(region, key_id)?;
        let plaintext = self.decrypt_rsa_with(&key_id, algorithm, &blob.0, context)?;
        Ok(Decrypted { key_id, plaintext, encryption_algorithm: EncryptionAlgorithm::Rsa(algorithm), key_material_id: None })
    }

    /// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html) in a Region under a symmetric key; without a key id,
    /// under the key that the blob names.
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
        let encryption_algorithm = EncryptionAlgorithm::SymmetricDefault;
        Ok(Decrypted { key_id: key, plaintext, encryption_algorithm, key_material_id: Some(material_id(blob)?) })
    }

    /// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html) of 1 to 1,024 bytes.
    ///
    /// # Errors
    /// As for [`Kms::generate_data_key`]; `ValidationException` for the length.
    pub fn generate_data_key_of(&self, key: &KeyArn, length: usize, context: &EncryptionContext) -> Result<(SecretBytes, CiphertextBlob)> {
        let data_key = generate_random(length)?;
        let blob = seal(key, self.data_key_materials(key)?, data_key.expose(), context)?;
        Ok((data_key, blob))
    }

    /// The material that GenerateDataKey encrypts under.
    fn data_key_materials(&self, arn: &KeyArn) -> Result<&Materials> {
        let key = self.usable_key(arn)?;
        require_usage(arn, key, KeyUsage::EncryptDecrypt, "GenerateDataKey")?;
        let refused = || Error::service(ErrorCode::InvalidKeyUsageException, "You cannot generate a data key with an asymmetric CMK");
        key.material.symmetric().ok_or_else(refused)
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

fn seal(arn: &KeyArn, materials: &Materials, plaintext: &[u8], context: &EncryptionContext) -> Result<CiphertextBlob> {
    let key_id: &[u8; KEY_ID_LENGTH] = arn.key_id().as_bytes().try_into().expect("keys of the keystore have ids of 36 bytes");
    let material = materials.current();
    let salt = random_array(&SystemRandom)?;
    ciphertext::seal(&material.bytes, key_id, &material.id, &salt, plaintext, context).map(CiphertextBlob)
}

pub(in crate::kms) fn check_length(parameter: &str, length: usize, limit: usize) -> Result<()> {
    match length {
        0 => Err(Error::validation(parameter, "Member must have length greater than or equal to 1")),
        _ if length > limit => Err(Error::validation(parameter, &format!("Member must have length less than or equal to {limit}"))),
        _ => Ok(()),
    }
}

/// One error for another material, another context and a changed byte: it helps nobody to find the right one.
pub(in crate::kms) fn invalid_ciphertext() -> Error {
    Error::service(ErrorCode::InvalidCiphertextException, "")
}
