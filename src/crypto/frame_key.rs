//! AES-256-GCM under a message's derived key.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, Tag, UnboundKey};
use zeroize::Zeroizing;

use super::scrub_stack;
use crate::error::{Error, Result};

/// A sequence number that has been handed out once. Not `Clone`: sealing consumes it.
#[derive(Debug)]
pub struct SequenceIv(u32);

impl SequenceIv {
    /// The caller takes care that a key never seals twice under one number.
    #[must_use]
    pub const fn assume_unique_for_key(sequence_number: u32) -> Self {
        Self(sequence_number)
    }

    /// The number.
    #[must_use]
    pub const fn sequence_number(&self) -> u32 {
        self.0
    }

    fn nonce(&self) -> Nonce {
        nonce(self.0)
    }
}

/// The derived key of one message: seals and opens its header tag and its frames.
///
/// Kept on the heap, so that moving it leaves no copy of the key schedule behind.
pub struct FrameKey(Box<LessSafeKey>);

impl FrameKey {
    /// Schedules the key; the bytes are wiped.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "taken over so that it is wiped here")]
    pub fn new(derived_key: Zeroizing<[u8; 32]>) -> Self {
        let unbound = UnboundKey::new(&AES_256_GCM, &derived_key[..]).expect("AES-256 keys have 32 bytes");
        let key = Self(Box::new(LessSafeKey::new(unbound)));
        scrub_stack();
        key
    }

    /// The header's tag: an empty plaintext under IV 0. One call per key.
    #[must_use]
    pub fn seal_header(&self, authenticated: &[u8]) -> [u8; 16] {
        let tag = self.0.seal_in_place_separate_tag(nonce(0), Aad::from(authenticated), &mut []);
        tag_bytes(&tag.expect("AES-GCM seals an empty plaintext"))
    }

    /// Verifies the header's tag.
    ///
    /// # Errors
    /// [`Error::Decryption`].
    pub fn open_header(&self, authenticated: &[u8], tag: &[u8; 16]) -> Result<()> {
        let mut sealed = *tag;
        self.0.open_in_place(nonce(0), Aad::from(authenticated), &mut sealed).map(drop).map_err(|_| Error::Decryption)
    }

    /// Encrypts a frame's content in place and gives its tag.
    ///
    /// # Errors
    /// [`Error::Misuse`] over the 2^36 - 32 bytes that AES-GCM takes under one nonce.
    #[expect(clippy::needless_pass_by_value, reason = "consumed: one number, one encryption")]
    pub fn seal(&self, iv: SequenceIv, aad: &[u8], content: &mut [u8]) -> Result<[u8; 16]> {
        let tag = self.0.seal_in_place_separate_tag(iv.nonce(), Aad::from(aad), content);
        tag.map(|tag| tag_bytes(&tag)).map_err(|_| Error::Misuse("a frame is longer than AES-GCM takes"))
    }

    /// Decrypts `content || tag` in place and gives the content. On failure `ring` leaves no plaintext behind.
    ///
    /// # Errors
    /// [`Error::Decryption`].
    pub fn open<'a>(&self, sequence_number: u32, aad: &[u8], sealed: &'a mut [u8]) -> Result<&'a mut [u8]> {
        self.0.open_in_place(nonce(sequence_number), Aad::from(aad), sealed).map_err(|_| Error::Decryption)
    }
}

impl fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameKey(redacted)")
    }
}

/// The sequence number as an unsigned 96-bit integer.
fn nonce(sequence_number: u32) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    let (_, low) = bytes.split_at_mut(NONCE_LEN - 4);
    low.copy_from_slice(&sequence_number.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

fn tag_bytes(tag: &Tag) -> [u8; 16] {
    tag.as_ref().try_into().expect("AES-GCM tags have 16 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_open_leaves_no_plaintext() {
        let key = FrameKey::new(Zeroizing::new([1; 32]));
        let mut content = b"EXAMPLE-PASSWORD".to_vec();
        let mut tag = key.seal(SequenceIv::assume_unique_for_key(1), b"aad", &mut content).expect("seals");
        tag[0] ^= 1;
        content.extend_from_slice(&tag);
        assert!(matches!(key.open(1, b"aad", &mut content), Err(Error::Decryption)));
        assert!(!content.windows(4).any(|window| window == b"EXAM" || window == b"WORD"));
    }

    #[test]
    fn a_header_tag_is_bound_to_its_bytes() {
        let key = FrameKey::new(Zeroizing::new([1; 32]));
        let tag = key.seal_header(b"header");
        assert!(key.open_header(b"header", &tag).is_ok());
        assert!(matches!(key.open_header(b"headeR", &tag), Err(Error::Decryption)));
    }
}
