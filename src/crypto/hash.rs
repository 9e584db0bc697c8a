//! SHA-256 over bundles, SHA-384, SHA-512 over what is signed, and the keyed hash that compares values without telling them.

use std::fmt;

use aws_lc_rs::hmac;
use ring::digest;

use super::{Random, constant_time_eq};
use crate::{error::Result, secret::SecretBytes};

/// A running SHA-256.
#[derive(Clone)]
pub(crate) struct Sha256(digest::Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Sha256 {
    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    #[must_use]
    pub(crate) fn finish(self) -> [u8; 32] {
        let mut digest = [0; 32];
        digest.copy_from_slice(self.0.finish().as_ref());
        digest
    }

    /// The digest in lower-case hex.
    #[must_use]
    pub(crate) fn finish_hex(self) -> String {
        hex::encode(self.0.finish())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha256")
    }
}

/// A running SHA-512.
#[derive(Clone)]
pub(crate) struct Sha512(digest::Context);

impl Default for Sha512 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA512))
    }
}

impl Sha512 {
    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    #[must_use]
    pub(crate) fn finish(self) -> [u8; 64] {
        let mut digest = [0; 64];
        digest.copy_from_slice(self.0.finish().as_ref());
        digest
    }
}

impl fmt::Debug for Sha512 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha512")
    }
}

/// SHA-256 of `bytes` in lower-case hex.
#[must_use]
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut hash = Sha256::default();
    hash.update(bytes);
    hash.finish_hex()
}

/// SHA-384 of `bytes`.
#[must_use]
pub(crate) fn sha384(bytes: &[u8]) -> [u8; 48] {
    let mut hash = [0; 48];
    hash.copy_from_slice(digest::digest(&digest::SHA384, bytes).as_ref());
    hash
}

/// A key for HMAC-SHA-256.
#[derive(Debug)]
pub(crate) struct HmacKey(SecretBytes);

impl HmacKey {
    /// Length of a key in bytes.
    pub(crate) const LENGTH: usize = 32;

    /// A fresh key.
    ///
    /// # Errors
    /// No random bytes.
    pub(crate) fn generate(random: &dyn Random) -> Result<Self> {
        let mut bytes = SecretBytes::zeroed(Self::LENGTH);
        random.fill(bytes.expose_mut())?;
        Ok(Self(bytes))
    }

    /// A stored key; `None` when it has not 32 bytes.
    #[must_use]
    pub(crate) fn from_bytes(bytes: SecretBytes) -> Option<Self> {
        (bytes.len() == Self::LENGTH).then_some(Self(bytes))
    }

    /// The key bytes, to be stored.
    #[must_use]
    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// HMAC-SHA-256 over the parts, each behind its length as u64, so that no two lists of parts give the same bytes.
    #[must_use]
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.0.expose()));
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    /// True when `tag` is the HMAC of the parts; constant time.
    #[must_use]
    pub(crate) fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        constant_time_eq(&self.tag(parts), tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_nothing() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn parts_do_not_run_together() {
        let key = HmacKey::from_bytes(SecretBytes::new(vec![1; 32])).expect("32 bytes");
        assert_ne!(key.tag(&[b"ab", b"c"]), key.tag(&[b"a", b"bc"]));
        assert!(key.verify(&[b"ab"], &key.tag(&[b"ab"])));
        assert!(!key.verify(&[b"ab"], &key.tag(&[b"ab"])[..31]));
    }
}
