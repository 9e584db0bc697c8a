//! The cryptographic operations with their whole answers, as commands and the endpoint give them.

use serde::{Serialize, Serializer};

use super::{
    EmbeddedKms,
    algorithm::EncryptionAlgorithm,
    operations::{Decrypted, material_id},
    secret_json::secret_as_base64,
};
use crate::{arn::KeyArn, error::Result, format::EncryptionContext, keyring::CiphertextBlob, region::Region, secret::SecretBytes};

/// The answer of [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Encrypted {
    /// At most 6,144 bytes; base64 in JSON.
    #[serde(serialize_with = "blob")]
    pub ciphertext_blob: CiphertextBlob,
    /// The key's ARN.
    pub key_id: KeyArn,
    /// How it was encrypted.
    pub encryption_algorithm: EncryptionAlgorithm,
}

/// The answer of [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html), and of
/// GenerateDataKeyWithoutPlaintext.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GeneratedDataKey {
    /// The data key, encrypted; base64 in JSON.
    #[serde(serialize_with = "blob")]
    pub ciphertext_blob: CiphertextBlob,
    /// The data key, 1 to 1,024 bytes; base64 in JSON.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_secret")]
    pub plaintext: Option<SecretBytes>,
    /// The ARN of the key that encrypted it.
    pub key_id: KeyArn,
    /// The version of that key's material: 64 hex digits.
    pub key_material_id: String,
}

impl GeneratedDataKey {
    /// What GenerateDataKeyWithoutPlaintext answers.
    #[must_use]
    pub fn without_plaintext(self) -> Self {
        Self { plaintext: None, ..self }
    }
}

/// The answer of [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GeneratedRandom {
    /// 1 to 1,024 bytes; base64 in JSON.
    #[serde(serialize_with = "secret_as_base64")]
    pub plaintext: SecretBytes,
}

impl GeneratedRandom {
    /// [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html), which takes no key.
    ///
    /// # Errors
    /// As for [`generate_random`](super::generate_random).
    pub fn of_length(number_of_bytes: usize) -> Result<Self> {
        super::generate_random(number_of_bytes).map(|plaintext| Self { plaintext })
    }
}

/// What ReEncrypt does with a ciphertext.
#[derive(Debug)]
pub struct ReEncrypt<'a> {
    /// The ciphertext.
    pub ciphertext_blob: &'a CiphertextBlob,
    /// The key that it is under; `None` for the one that it names.
    pub source_key_id: Option<&'a str>,
    /// The pairs that it was encrypted with.
    pub source_encryption_context: &'a EncryptionContext,
    /// How it was encrypted.
    pub source_encryption_algorithm: EncryptionAlgorithm,
    /// The key to encrypt under.
    pub destination_key_id: &'a str,
    /// The pairs to encrypt with.
    pub destination_encryption_context: &'a EncryptionContext,
    /// How to encrypt.
    pub destination_encryption_algorithm: EncryptionAlgorithm,
}

/// The answer of [ReEncrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html).
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReEncrypted {
    /// The new ciphertext; base64 in JSON.
    #[serde(serialize_with = "blob")]
    pub ciphertext_blob: CiphertextBlob,
    /// The ARN of the key that it was under.
    pub source_key_id: KeyArn,
    /// The ARN of the key that it is under now.
    pub key_id: KeyArn,
    /// How it was encrypted.
    pub source_encryption_algorithm: EncryptionAlgorithm,
    /// How it is encrypted now.
    pub destination_encryption_algorithm: EncryptionAlgorithm,
    /// Of a symmetric key the version of its material: 64 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_key_material_id: Option<String>,
    /// The same of the key that it is under now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_key_material_id: Option<String>,
}

impl EmbeddedKms {
    /// [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html) under a key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`] and [`EmbeddedKms::encrypt_with`].
    pub fn encrypt_in(
        &self,
        region: Region,
        key_id: &str,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        context: &EncryptionContext,
    ) -> Result<Encrypted> {
        let key_id = self.resolve(region, key_id)?;
        let ciphertext_blob = self.encrypt_with(&key_id, algorithm, plaintext, context)?;
        Ok(Encrypted { ciphertext_blob, key_id, encryption_algorithm: algorithm })
    }

    /// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html) of 1 to 1,024 bytes under a key id,
    /// key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`] and [`EmbeddedKms::generate_data_key_of`].
    pub fn generate_data_key_in(
        &self,
        region: Region,
        key_id: &str,
        length: usize,
        context: &EncryptionContext,
    ) -> Result<GeneratedDataKey> {
        let key_id = self.resolve(region, key_id)?;
        let (plaintext, ciphertext_blob) = self.generate_data_key_of(&key_id, length, context)?;
        let key_material_id = material_id(&ciphertext_blob)?;
        Ok(GeneratedDataKey { ciphertext_blob, plaintext: Some(plaintext), key_id, key_material_id })
    }

    /// [ReEncrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html) in a Region. Whether the destination can be used
    /// does not depend on the ciphertext, and is looked at first.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::decrypt_with`] and [`EmbeddedKms::encrypt_in`].
    pub fn re_encrypt_in(&self, region: Region, request: &ReEncrypt<'_>) -> Result<ReEncrypted> {
        let key_id = self.resolve(region, request.destination_key_id)?;
        self.check_usable(&key_id)?;
        let (source_algorithm, algorithm) = (request.source_encryption_algorithm, request.destination_encryption_algorithm);
        let Decrypted { key_id: source_key_id, key_material_id: source_key_material_id, plaintext, .. } =
            self.decrypt_with(region, request.source_key_id, source_algorithm, request.ciphertext_blob, request.source_encryption_context)?;
        let ciphertext_blob = self.encrypt_with(&key_id, algorithm, plaintext.expose(), request.destination_encryption_context)?;
        let is_symmetric = algorithm == EncryptionAlgorithm::SymmetricDefault;
        let destination_key_material_id = is_symmetric.then(|| material_id(&ciphertext_blob)).transpose()?;
        Ok(ReEncrypted {
            ciphertext_blob,
            source_key_id,
            key_id,
            source_encryption_algorithm: source_algorithm,
            destination_encryption_algorithm: algorithm,
            source_key_material_id,
            destination_key_material_id,
        })
    }
}

fn blob<S: Serializer>(blob: &CiphertextBlob, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    super::secret_json::as_base64(&blob.0, serializer)
}

fn optional_secret<S: Serializer>(bytes: &Option<SecretBytes>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => secret_as_base64(bytes, serializer),
        None => serializer.serialize_none(),
    }
}
