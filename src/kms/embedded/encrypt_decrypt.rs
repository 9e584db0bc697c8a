//! Encrypt, Decrypt and ReEncrypt. Members of answers stand in the order of AWS's service model.

use serde::Serialize;

use super::{
    ciphertext::Ciphertext,
    key_cryptography::invalid_ciphertext,
    key_handle::{AnyKey, KeyRef},
    state::EmbeddedKms,
};
use crate::{
    arn::KeyArn,
    error::{KeyRefusal, KeyUseRefusal, Result},
    format::EncryptionContext,
    keyring::CiphertextBlob,
    kms::{
        encryption_algorithm::EncryptionAlgorithm,
        key_id::is_key_id,
        member_limits::{CIPHERTEXT_LENGTH, PLAINTEXT_LENGTH, check_length},
        secret_json::{blob, secret_as_base64},
    },
    region::Region,
    secret::SecretBytes,
};

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

/// What ReEncrypt does with a ciphertext.
#[derive(Debug)]
#[non_exhaustive]
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

impl<'a> ReEncrypt<'a> {
    /// From the key that a ciphertext names to another one, both symmetric, and without pairs.
    #[must_use]
    pub const fn new(ciphertext_blob: &'a CiphertextBlob, destination_key_id: &'a str) -> Self {
        static NO_PAIRS: EncryptionContext = EncryptionContext::new();
        Self {
            ciphertext_blob,
            source_key_id: None,
            source_encryption_context: &NO_PAIRS,
            source_encryption_algorithm: EncryptionAlgorithm::SymmetricDefault,
            destination_key_id,
            destination_encryption_context: &NO_PAIRS,
            destination_encryption_algorithm: EncryptionAlgorithm::SymmetricDefault,
        }
    }
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
    /// `AccessDeniedException` for an AWS managed key, under which its service alone encrypts; as for [`EmbeddedKms::resolve`] and
    /// [`EmbeddedKms::encrypt_with`].
    pub fn encrypt_in(
        &self,
        region: Region,
        key_id: &str,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        context: &EncryptionContext,
    ) -> Result<Encrypted> {
        let key = self.named(region, key_id)?;
        key.require_customer_managed("Encrypt")?;
        begin_encrypt(key.arn(), algorithm, plaintext)?;
        let ciphertext_blob = key.encrypt(algorithm, plaintext, context)?;
        Ok(Encrypted { ciphertext_blob, key_id: key.into_arn(), encryption_algorithm: algorithm })
    }

    /// [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html) by one of the key's algorithms. Under RSA there is no
    /// encryption context, and the algorithm and the length of the modulus say how much can be encrypted: 190 to 470 bytes.
    ///
    /// # Errors
    /// As for [`Kms::encrypt`](crate::keyring::Kms::encrypt); `InvalidKeyUsageException` for an algorithm that the key has not; `ValidationException` for an encryption
    /// context under RSA.
    pub fn encrypt_with(
        &self,
        key: &KeyArn,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
        context: &EncryptionContext,
    ) -> Result<CiphertextBlob> {
        begin_encrypt(key, algorithm, plaintext)?;
        self.any_key(key)?.encrypt(algorithm, plaintext, context)
    }

    /// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html) in a Region by one of the key's algorithms.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::decrypt_in`] and [`Kms::decrypt_rsa`](crate::keyring::Kms::decrypt_rsa); `ValidationException` for RSA without a key id, or with an encryption
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
        let key_id = key_id.ok_or(KeyUseRefusal::KeyIdMissing)?;
        let key = self.named(region, key_id)?;
        let encryption_algorithm = EncryptionAlgorithm::Rsa(algorithm);
        begin_decrypt(key.arn(), encryption_algorithm, &blob.0)?;
        let key = key.embedded(None)?;
        let plaintext = key.decrypt_rsa(algorithm, &blob.0, context)?;
        Ok(Decrypted { key_id: key.into_arn(), plaintext, encryption_algorithm, key_material_id: None })
    }

    /// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html) in a Region under a symmetric key; without a key id,
    /// under the key that the blob names.
    ///
    /// # Errors
    /// As for [`Kms::decrypt`](crate::keyring::Kms::decrypt) and [`EmbeddedKms::resolve`]; `AccessDeniedException` when the blob names no key of the Region.
    pub fn decrypt_in(
        &self,
        region: Region,
        key_id: Option<&str>,
        blob: &CiphertextBlob,
        context: &EncryptionContext,
    ) -> Result<Decrypted> {
        check_length("ciphertextBlob", blob.0.len(), &CIPHERTEXT_LENGTH)?;
        let key = match key_id {
            Some(key_id) => self.named(region, key_id)?,
            None => AnyKey::Embedded(self.key_of_blob(region, blob)?),
        };
        let encryption_algorithm = EncryptionAlgorithm::SymmetricDefault;
        begin_decrypt(key.arn(), encryption_algorithm, &blob.0)?;
        let key = key.embedded(None)?;
        let plaintext = key.decrypt(blob, context)?;
        Ok(Decrypted { key_id: key.into_arn(), plaintext, encryption_algorithm, key_material_id: Some(material_id(blob)?) })
    }

    /// [ReEncrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html) in a Region. Whether the destination can be used
    /// does not depend on the ciphertext, and is looked at first.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::decrypt_with`] and [`EmbeddedKms::encrypt_in`].
    pub fn re_encrypt_in(&self, region: Region, request: &ReEncrypt<'_>) -> Result<ReEncrypted> {
        let key = self.named(region, request.destination_key_id)?;
        key.require_customer_managed("ReEncryptTo")?;
        key.require_usable()?;
        let (source_algorithm, algorithm) = (request.source_encryption_algorithm, request.destination_encryption_algorithm);
        let Decrypted { key_id: source_key_id, key_material_id: source_key_material_id, plaintext, .. } =
            self.decrypt_with(region, request.source_key_id, source_algorithm, request.ciphertext_blob, request.source_encryption_context)?;
        begin_encrypt(key.arn(), algorithm, plaintext.expose())?;
        let ciphertext_blob = key.encrypt(algorithm, plaintext.expose(), request.destination_encryption_context)?;
        let is_symmetric = algorithm == EncryptionAlgorithm::SymmetricDefault;
        let destination_key_material_id = is_symmetric.then(|| material_id(&ciphertext_blob)).transpose()?;
        Ok(ReEncrypted {
            ciphertext_blob,
            source_key_id,
            key_id: key.into_arn(),
            source_encryption_algorithm: source_algorithm,
            destination_encryption_algorithm: algorithm,
            source_key_material_id,
            destination_key_material_id,
        })
    }

    fn key_of_blob(&self, region: Region, blob: &CiphertextBlob) -> Result<KeyRef<'_>> {
        let ciphertext = Ciphertext::parse(&blob.0).ok_or_else(invalid_ciphertext)?;
        let key_id = std::str::from_utf8(ciphertext.key_id).ok().filter(|key_id| is_key_id(key_id)).ok_or_else(invalid_ciphertext)?;
        self.key_of_id(region, key_id)?.ok_or_else(|| KeyRefusal::NotHere { key_id: key_id.to_owned(), region }.into())
    }
}

/// What comes first when a key is to encrypt.
pub(super) fn begin_encrypt(key: &KeyArn, algorithm: EncryptionAlgorithm, plaintext: &[u8]) -> Result<()> {
    match algorithm {
        EncryptionAlgorithm::SymmetricDefault => tracing::debug!(%key, "kms: Encrypt"),
        EncryptionAlgorithm::Rsa(algorithm) => tracing::debug!(%key, algorithm = algorithm.name(), "kms: Encrypt"),
    }
    check_length("plaintext", plaintext.len(), &PLAINTEXT_LENGTH)
}

/// What comes first when a key is to decrypt.
pub(super) fn begin_decrypt(key: &KeyArn, algorithm: EncryptionAlgorithm, ciphertext: &[u8]) -> Result<()> {
    match algorithm {
        EncryptionAlgorithm::SymmetricDefault => tracing::debug!(%key, "kms: Decrypt"),
        EncryptionAlgorithm::Rsa(algorithm) => tracing::debug!(%key, algorithm = algorithm.name(), "kms: Decrypt"),
    }
    check_length("ciphertextBlob", ciphertext.len(), &CIPHERTEXT_LENGTH)
}

/// The version of the key material that a blob names: 64 hex digits.
///
/// # Errors
/// `InvalidCiphertextException`.
pub fn material_id(blob: &CiphertextBlob) -> Result<String> {
    Ciphertext::parse(&blob.0).map(|ciphertext| hex::encode(ciphertext.material_id)).ok_or_else(invalid_ciphertext)
}
