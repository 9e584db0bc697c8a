//! ECDSA on P-384 with SHA-384 over a running digest, through `aws-lc-rs`.
//!
//! ```text
//! public key   compressed SEC 1 point, 49 bytes: 02 | 03 || x(48)
//! signature    DER SEQUENCE { INTEGER r, INTEGER s }, at most 104 bytes
//! ```
//!
//! Source: AWS Encryption SDK specification, "Signature Algorithm"; SEC 1, 2.3.3; FIPS 186-5.

use std::fmt;

use aws_lc_rs::{
    digest,
    encoding::{AsBigEndian as _, EcPublicKeyCompressedBin},
    signature::{ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey},
};

use crate::error::{Error, Result};

/// A running SHA-384.
#[derive(Clone)]
pub(crate) struct Sha384(digest::Context);

impl Default for Sha384 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA384))
    }
}

impl Sha384 {
    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

impl fmt::Debug for Sha384 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha384")
    }
}

/// A private key that signs one message. Drawn by AWS-LC from its own generator, never stored; AWS-LC cleanses it when it is dropped.
pub(crate) struct SigningKey(EcdsaKeyPair);

impl SigningKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub(crate) fn generate() -> Result<Self> {
        EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).map(Self).map_err(|_| Error::Random)
    }

    /// The public key as a compressed point.
    #[must_use]
    pub(crate) fn compressed_public_key(&self) -> [u8; VerifyingKey::LENGTH] {
        let point: EcPublicKeyCompressedBin<'_> = self.0.public_key().as_be_bytes().expect("a key pair has its public point");
        point.as_ref().try_into().expect("a compressed point of P-384 has 49 bytes")
    }

    /// Signs what the digest has seen; gives the DER signature. The key is gone then: one key, one message.
    ///
    /// # Errors
    /// [`Error::Random`]: signing draws a nonce.
    pub(crate) fn sign(self, digest: Sha384) -> Result<Vec<u8>> {
        self.0.sign_digest(&digest.0.finish()).map(|signature| signature.as_ref().to_vec()).map_err(|_| Error::Random)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}

/// A public key, checked to be a point of the curve.
#[derive(Debug)]
pub(crate) struct VerifyingKey(ParsedPublicKey);

impl VerifyingKey {
    /// Length of the compressed point in bytes.
    pub(crate) const LENGTH: usize = 49;

    /// Takes a compressed point; `None` for any other length or form, and for a point that is not on the curve.
    #[must_use]
    pub(crate) fn from_compressed(point: &[u8]) -> Option<Self> {
        // AWS-LC takes uncompressed and hybrid points and SubjectPublicKeyInfo too.
        match point {
            [0x02 | 0x03, x @ ..] if x.len() == Self::LENGTH - 1 => ParsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point).ok().map(Self),
            _ => None,
        }
    }

    /// Verifies a DER signature over what the digest has seen.
    ///
    /// # Errors
    /// [`Error::Signature`], for a signature of any other encoding too.
    pub(crate) fn verify(&self, digest: Sha384, signature: &[u8]) -> Result<()> {
        self.0.verify_digest_sig(&digest.0.finish(), signature).map_err(|_| Error::Signature)
    }
}

#[cfg(test)]
mod tests;
