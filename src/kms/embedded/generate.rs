//! GenerateDataKey and GenerateRandom. Members of answers stand in the order of AWS's service model.

use serde::{Serialize, Serializer};

use super::{encrypt_decrypt::material_id, key_handle::AnyKey, state::EmbeddedKms};
use crate::{
    arn::KeyArn,
    crypto::{Random as _, SystemRandom},
    error::Result,
    format::EncryptionContext,
    keyring::CiphertextBlob,
    kms::{
        member_limits::{NUMBER_OF_BYTES, check_range},
        secret_json::{blob, secret_as_base64},
    },
    region::Region,
    secret::SecretBytes,
};

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
    /// As for [`generate_random`].
    pub fn of_length(number_of_bytes: usize) -> Result<Self> {
        generate_random(number_of_bytes).map(|plaintext| Self { plaintext })
    }
}

impl EmbeddedKms {
    /// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html) of 1 to 1,024 bytes under a key id,
    /// key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// `AccessDeniedException` for an AWS managed key, under which its service alone generates data keys; as for [`EmbeddedKms::resolve`] and
    /// [`EmbeddedKms::generate_data_key_of`].
    pub fn generate_data_key_in(
        &self,
        region: Region,
        key_id: &str,
        length: usize,
        context: &EncryptionContext,
    ) -> Result<GeneratedDataKey> {
        let key = self.named(region, key_id)?;
        key.require_customer_managed("GenerateDataKey")?;
        generate_data_key(key, length, context)
    }

    /// [GenerateDataKeyWithoutPlaintext](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html).
    ///
    /// # Errors
    /// As for [`EmbeddedKms::generate_data_key_in`].
    pub fn generate_data_key_without_plaintext_in(
        &self,
        region: Region,
        key_id: &str,
        length: usize,
        context: &EncryptionContext,
    ) -> Result<GeneratedDataKey> {
        let key = self.named(region, key_id)?;
        key.require_customer_managed("GenerateDataKeyWithoutPlaintext")?;
        Ok(GeneratedDataKey { plaintext: None, ..generate_data_key(key, length, context)? })
    }

    /// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html) of 1 to 1,024 bytes.
    ///
    /// # Errors
    /// As for [`Kms::generate_data_key`](crate::keyring::Kms::generate_data_key); `ValidationException` for the length.
    pub fn generate_data_key_of(&self, key: &KeyArn, length: usize, context: &EncryptionContext) -> Result<(SecretBytes, CiphertextBlob)> {
        let data_key = generate_random(length)?;
        let blob = self.key(key)?.encrypt_data_key(data_key.expose(), context)?;
        Ok((data_key, blob))
    }
}

fn generate_data_key(key: AnyKey<'_>, length: usize, context: &EncryptionContext) -> Result<GeneratedDataKey> {
    let plaintext = generate_random(length)?;
    let key = key.embedded(None)?;
    let ciphertext_blob = key.encrypt_data_key(plaintext.expose(), context)?;
    let key_material_id = material_id(&ciphertext_blob)?;
    Ok(GeneratedDataKey { ciphertext_blob, plaintext: Some(plaintext), key_id: key.into_arn(), key_material_id })
}

/// [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html): 1 to 1,024 bytes.
///
/// # Errors
/// `ValidationException` for the length; no random bytes.
pub fn generate_random(length: usize) -> Result<SecretBytes> {
    check_range("numberOfBytes", length, &NUMBER_OF_BYTES)?;
    let mut bytes = SecretBytes::zeroed(length);
    SystemRandom.fill(bytes.expose_mut())?;
    Ok(bytes)
}

fn optional_secret<S: Serializer>(bytes: &Option<SecretBytes>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => secret_as_base64(bytes, serializer),
        None => serializer.serialize_none(),
    }
}
