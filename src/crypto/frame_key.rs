//! AES-256-GCM under a message's derived key: first the header's tag, once, and then the frames.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};
use zeroize::Zeroizing;

use super::{
    frame_numbers::{FrameNumbers, UnusedNumber},
    scrub_stack,
};
use crate::{
    error::{Error, Result},
    sequence_number::{HEADER_IV, SequenceNumber},
};

/// The derived key of one message before its header is sealed or verified, which consumes it: no key seals two headers.
#[derive(Debug)]
pub(crate) struct HeaderKey(FrameKey);

/// What comes of sealing a header.
#[derive(Debug)]
pub(crate) struct SealedHeader {
    /// The header's authentication tag.
    pub(crate) tag: [u8; 16],
    /// The key for the frames.
    pub(crate) key: FrameKey,
    /// Their numbers; there are no others for this key.
    pub(crate) numbers: FrameNumbers,
}

impl HeaderKey {
    /// Schedules the key; the bytes are wiped.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "taken over so that it is wiped here")]
    pub(crate) fn new(derived_key: Zeroizing<[u8; 32]>) -> Self {
        let unbound = UnboundKey::new(&AES_256_GCM, &derived_key[..]).expect("AES-256 keys have 32 bytes");
        let key = Self(FrameKey(Box::new(LessSafeKey::new(unbound))));
        scrub_stack();
        key
    }

    /// Makes the header's tag: an empty plaintext under the header's IV.
    #[must_use]
    pub(crate) fn seal_header(self, authenticated: &[u8]) -> SealedHeader {
        let Self(key) = self;
        let tag = key.0.seal_in_place_separate_tag(nonce(HEADER_IV), Aad::from(authenticated), &mut []);
        let tag = tag_bytes(&tag.expect("AES-GCM seals an empty plaintext"));
        SealedHeader { tag, key, numbers: FrameNumbers::of_sealed_header() }
    }

    /// Verifies the header's tag; gives the key that opens the frames.
    ///
    /// # Errors
    /// [`Error::Decryption`].
    pub(crate) fn open_header(self, authenticated: &[u8], tag: &[u8; 16]) -> Result<FrameKey> {
        let (Self(key), mut sealed) = (self, *tag);
        match key.0.open_in_place(nonce(HEADER_IV), Aad::from(authenticated), &mut sealed) {
            Ok(_) => Ok(key),
            Err(_) => Err(Error::Decryption),
        }
    }
}

/// The derived key of a message whose header is sealed or verified.
///
/// Kept on the heap, so that moving it leaves no copy of the key schedule behind.
pub(crate) struct FrameKey(Box<LessSafeKey>);

impl FrameKey {
    /// Encrypts a frame's content in place and gives its tag. The number is one of those that came with this key.
    ///
    /// # Errors
    /// [`Error::Misuse`] over the 2^36 - 32 bytes that AES-GCM takes under one nonce.
    #[expect(clippy::needless_pass_by_value, reason = "consumed: one number, one encryption")]
    pub(crate) fn seal(&self, number: UnusedNumber, aad: &[u8], content: &mut [u8]) -> Result<[u8; 16]> {
        let tag = self.0.seal_in_place_separate_tag(nonce(number.get().iv()), Aad::from(aad), content);
        tag.map(|tag| tag_bytes(&tag)).map_err(|_| Error::Misuse("a frame is longer than AES-GCM takes"))
    }

    /// Decrypts `content || tag` in place and gives the content. On failure `ring` leaves no plaintext behind.
    ///
    /// # Errors
    /// [`Error::Decryption`].
    pub(crate) fn open<'a>(&self, number: SequenceNumber, aad: &[u8], sealed: &'a mut [u8]) -> Result<&'a mut [u8]> {
        self.0.open_in_place(nonce(number.iv()), Aad::from(aad), sealed).map_err(|_| Error::Decryption)
    }
}

impl fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameKey(redacted)")
    }
}

/// Unique for the key: a header is sealed once, and each number that is handed out for a frame is used once.
fn nonce(iv: [u8; 12]) -> Nonce {
    Nonce::assume_unique_for_key(iv)
}

fn tag_bytes(tag: &Tag) -> [u8; 16] {
    tag.as_ref().try_into().expect("AES-GCM tags have 16 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> HeaderKey {
        HeaderKey::new(Zeroizing::new([1; 32]))
    }

    #[test]
    fn a_failed_open_leaves_no_plaintext() {
        let SealedHeader { key, numbers, .. } = key().seal_header(b"header");
        let mut content = b"EXAMPLE-PASSWORD".to_vec();
        let mut tag = key.seal(numbers.last(), b"aad", &mut content).expect("seals");
        tag[0] ^= 1;
        content.extend_from_slice(&tag);
        assert!(matches!(key.open(SequenceNumber::FIRST, b"aad", &mut content), Err(Error::Decryption)));
        assert!(!content.windows(4).any(|window| window == b"EXAM" || window == b"WORD"));
    }

    #[test]
    fn a_header_tag_is_bound_to_its_bytes() {
        let tag = key().seal_header(b"header").tag;
        assert!(key().open_header(b"header", &tag).is_ok());
        assert!(matches!(key().open_header(b"headeR", &tag), Err(Error::Decryption)));
    }

    #[test]
    fn a_frame_opens_under_its_own_number_only() {
        let SealedHeader { key, mut numbers, .. } = key().seal_header(b"header");
        for (number, unused) in numbers.take(3).expect("as many").enumerate() {
            let mut content = *b"content";
            let tag = key.seal(unused, b"aad", &mut content).expect("seals");
            for other in 1..=4 {
                let mut sealed = [&content[..], &tag].concat();
                let opened = key.open(SequenceNumber::new(other).expect("not 0"), b"aad", &mut sealed);
                assert_eq!(opened.ok().as_deref(), (other as usize == number + 1).then_some(&mut b"content"[..].to_vec()[..]).as_deref());
            }
        }
    }

    #[test]
    fn no_frame_is_sealed_as_the_header_is() {
        let SealedHeader { tag, key: frame_key, numbers } = key().seal_header(b"same");
        let first = frame_key.seal(numbers.last(), b"same", &mut []).expect("seals");
        assert_ne!(tag, first);
        assert!(matches!(key().open_header(b"same", &first), Err(Error::Decryption)));
    }
}
