//! Layout of what the embedded KMS encrypts. It has to stay readable for ever.
//!
//! ```text
//! version      1 byte, 0x01
//! key id      36 bytes, ASCII
//! material id 32 bytes
//! salt        32 bytes, random
//! ciphertext   1 to 4,096 bytes, as long as the plaintext
//! tag         16 bytes
//! ```
//!
//! AES-256-GCM with an all-zero IV under
//! `HKDF-SHA-512(ikm = key material, salt, info = "coldseal kms v1" || key id || material id)`, 32 bytes:
//! the salt is fresh, so each derived key is used once. AAD = everything before the ciphertext || the serialized encryption context.
//! The Region is not bound here: a multi-Region key has one id in all of its Regions.

use crate::{
    crypto::{WrappingKey, hkdf_sha512},
    error::Result,
    format::EncryptionContext,
    kms::key_id::is_key_id,
    secret::SecretBytes,
};

/// Length of a key id in bytes: a UUID, or `mrk-` and 32 hex digits.
pub(in crate::kms) const KEY_ID_LENGTH: usize = 36;
pub(in crate::kms) const MATERIAL_ID_LENGTH: usize = 32;
pub(in crate::kms) const SALT_LENGTH: usize = 32;

const VERSION: u8 = 0x01;
const INFO: &[u8] = b"coldseal kms v1";
const PREFIX_LENGTH: usize = 1 + KEY_ID_LENGTH + MATERIAL_ID_LENGTH + SALT_LENGTH;
/// Used once per derived key.
const IV: [u8; 12] = [0; 12];

/// A blob cut into its parts; nothing in it is authenticated yet.
#[derive(Debug, Clone, Copy)]
pub(in crate::kms) struct Ciphertext<'a> {
    pub(in crate::kms) key_id: &'a [u8; KEY_ID_LENGTH],
    pub(in crate::kms) material_id: &'a [u8; MATERIAL_ID_LENGTH],
    salt: &'a [u8; SALT_LENGTH],
    prefix: &'a [u8],
    sealed: &'a [u8],
}

impl<'a> Ciphertext<'a> {
    /// Cuts a blob; `None` when it is too short, of another version, or has no key id in its place, as what an RSA key encrypted.
    pub(in crate::kms) fn parse(blob: &'a [u8]) -> Option<Self> {
        let (prefix, sealed) = blob.split_at_checked(PREFIX_LENGTH)?;
        let (version, rest) = prefix.split_first()?;
        let (key_id, rest) = rest.split_first_chunk::<KEY_ID_LENGTH>()?;
        let (material_id, rest) = rest.split_first_chunk()?;
        let is_ours = *version == VERSION && std::str::from_utf8(key_id).is_ok_and(is_key_id);
        is_ours.then_some(Self { key_id, material_id, salt: rest.try_into().ok()?, prefix, sealed })
    }

    /// Decrypts under the material that the blob names.
    ///
    /// # Errors
    /// [`crate::Error::Decryption`]: other material, other context or a changed byte.
    pub(in crate::kms) fn open(&self, material: &SecretBytes, context: &EncryptionContext) -> Result<SecretBytes> {
        derive(material, self.key_id, self.material_id, self.salt).open(IV, &aad(self.prefix, context)?, self.sealed)
    }
}

/// Encrypts. The caller takes care that `salt` is fresh.
pub(in crate::kms) fn seal(
    material: &SecretBytes,
    key_id: &[u8; KEY_ID_LENGTH],
    material_id: &[u8; MATERIAL_ID_LENGTH],
    salt: &[u8; SALT_LENGTH],
    plaintext: &[u8],
    context: &EncryptionContext,
) -> Result<Vec<u8>> {
    let mut blob = Vec::with_capacity(PREFIX_LENGTH.saturating_add(plaintext.len()).saturating_add(16));
    blob.push(VERSION);
    blob.extend_from_slice(key_id);
    blob.extend_from_slice(material_id);
    blob.extend_from_slice(salt);
    let sealed = derive(material, key_id, material_id, salt).seal(IV, &aad(&blob, context)?, plaintext)?;
    blob.extend_from_slice(&sealed);
    Ok(blob)
}

fn derive(
    material: &SecretBytes,
    key_id: &[u8; KEY_ID_LENGTH],
    material_id: &[u8; MATERIAL_ID_LENGTH],
    salt: &[u8; SALT_LENGTH],
) -> WrappingKey {
    let key = hkdf_sha512(material.expose(), salt, &[INFO, key_id, material_id]);
    WrappingKey::new(&key[..]).expect("AES-256 keys have 32 bytes")
}

fn aad(prefix: &[u8], context: &EncryptionContext) -> Result<Vec<u8>> {
    Ok([prefix, &context.to_bytes()?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY_ID: &[u8; KEY_ID_LENGTH] = b"1234abcd-12ab-34cd-56ef-1234567890ab";
    /// Made once by an independent implementation of the layout above (Python, `cryptography`).
    const KNOWN_ANSWER: &str = "0131323334616263642d313261622d333463642d353665662d313233343536373839306162a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\
        a1a1a1a1a1a1a1a1a1a1a1a1a1b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b27f5e5b99407fa8fc980fdb\
        2dd208c585165bad7576972c38119dc53e1b90";

    fn material() -> SecretBytes {
        SecretBytes::new((0..32).collect())
    }

    fn context() -> EncryptionContext {
        [("SecretVersionId", "v-1"), ("purpose", "example")].into_iter().collect()
    }

    #[test]
    fn known_answer() {
        let blob = seal(&material(), KEY_ID, &[0xA1; 32], &[0xB2; 32], b"attack at dawn", &context()).expect("seals");
        assert_eq!(hex::encode(&blob), KNOWN_ANSWER);
        let parsed = Ciphertext::parse(&blob).expect("a blob");
        assert_eq!((parsed.key_id, parsed.material_id), (KEY_ID, &[0xA1; 32]));
        assert_eq!(parsed.open(&material(), &context()).expect("opens").expose(), b"attack at dawn");
    }

    /// One in 256 of the ciphertexts of an RSA key begins with the version's byte.
    #[test]
    fn bytes_that_name_no_key_are_no_blob() {
        let blob = [&[VERSION][..], &[0x9C; 255]].concat();
        assert!(Ciphertext::parse(&blob).is_none());
    }

    #[test]
    fn every_bit_and_every_length_is_bound() {
        let blob = seal(&material(), KEY_ID, &[0xA1; 32], &[0xB2; 32], b"attack at dawn", &context()).expect("seals");
        let opens = |blob: &[u8]| Ciphertext::parse(blob).is_some_and(|parsed| parsed.open(&material(), &context()).is_ok());
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            if let Some(byte) = changed.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            assert!(!opens(&changed), "bit {bit}");
        }
        for length in 0..blob.len() {
            assert!(!blob.get(..length).is_some_and(opens), "{length} bytes");
        }
        assert!(!opens(&[&blob[..], &[0]].concat()));
        assert!(opens(&blob));
    }
}
