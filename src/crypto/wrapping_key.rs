//! AES-GCM key wrapping through `aws-lc-rs`.

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::{
    error::{Error, Result},
    secret::SecretBytes,
};

/// A scheduled AES-128, -192 or -256 key in GCM mode, with a 96-bit IV and a 128-bit tag.
pub(crate) struct WrappingKey(LessSafeKey);

impl WrappingKey {
    /// Schedules the key; `None` unless it has 16, 24 or 32 bytes.
    #[must_use]
    pub(crate) fn new(key: &[u8]) -> Option<Self> {
        let algorithm = match key.len() {
            16 => &AES_128_GCM,
            24 => &AES_192_GCM,
            32 => &AES_256_GCM,
            _ => return None,
        };
        UnboundKey::new(algorithm, key).ok().map(LessSafeKey::new).map(Self)
    }

    /// Encrypts: `ciphertext || tag(16)`. The caller takes care that the key never sees an IV twice.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the plaintext is longer than AES-GCM takes.
    pub(crate) fn seal(&self, iv: [u8; 12], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>> {
        // Room for the tag from the start: growing would leave the plaintext behind.
        let mut sealed = Vec::with_capacity(plaintext.len().saturating_add(16));
        sealed.extend_from_slice(plaintext);
        let tag = self.0.seal_in_place_separate_tag(Nonce::assume_unique_for_key(iv), Aad::from(aad), &mut sealed);
        let tag = tag.map_err(|_| Error::Misuse("the plaintext is longer than AES-GCM takes"))?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Decrypts `ciphertext || tag(16)`.
    ///
    /// # Errors
    /// [`Error::Decryption`].
    pub(crate) fn open(&self, iv: [u8; 12], aad: &[u8], sealed: &[u8]) -> Result<SecretBytes> {
        let mut plaintext = SecretBytes::new(sealed.to_vec());
        let opened = self.0.open_in_place(Nonce::assume_unique_for_key(iv), Aad::from(aad), plaintext.expose_mut());
        let length = opened.map_err(|_| Error::Decryption)?.len();
        plaintext.truncate(length);
        Ok(plaintext)
    }
}

impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrappingKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_key_lengths_round_trip_and_no_other() {
        for length in 0..=64_usize {
            let key = WrappingKey::new(&vec![5; length]);
            assert_eq!(key.is_some(), matches!(length, 16 | 24 | 32), "{length}");
            if let Some(key) = key {
                let sealed = key.seal([1; 12], b"aad", b"data key").expect("seals");
                assert_eq!(key.open([1; 12], b"aad", &sealed).expect("opens").expose(), b"data key");
                assert!(matches!(key.open([1; 12], b"other", &sealed), Err(Error::Decryption)));
                assert!(matches!(key.open([1; 12], b"aad", sealed.get(1..).expect("24 bytes")), Err(Error::Decryption)));
                assert!(matches!(key.open([1; 12], b"aad", b"short"), Err(Error::Decryption)));
            }
        }
    }
}
