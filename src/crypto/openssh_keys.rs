//! What keys of the kinds that OpenSSH has sign and verify with, through `aws-lc-rs`.
//!
//! ```text
//! Ed25519   64 bytes (RFC 8032)
//! ECDSA     r || s, each as long as a coordinate; digest by the curve: SHA-256, SHA-384, SHA-512 (RFC 5656, 6.2.1)
//! RSA       RSASSA-PKCS1-v1_5 with SHA-256 or SHA-512, as long as the modulus (RFC 8332); verified, never made
//! ```

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, ED25519, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm,
        Ed25519KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents, UnparsedPublicKey,
    },
};

use super::{Curve, der::modulus_bits};
use crate::error::{Error, KeyProblem, Result};

/// What a signature is made with, as the signature itself says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureScheme {
    Ed25519,
    Ecdsa,
    RsaSha256,
    RsaSha512,
}

/// The parts of a public key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum VerifyingParts<'a> {
    Ed25519(&'a [u8]),
    /// An uncompressed point.
    Ecdsa(Curve, &'a [u8]),
    /// Both numbers without leading zeros.
    Rsa {
        modulus: &'a [u8],
        exponent: &'a [u8],
    },
}

impl VerifyingParts<'_> {
    /// Looks at the key without a signature.
    ///
    /// # Errors
    /// A point that is not on its curve or not uncompressed, a modulus that is too short or too long.
    pub(crate) fn check(&self) -> Result<(), KeyProblem> {
        match self {
            Self::Ed25519(key) => ParsedPublicKey::new(&ED25519, key).map(drop).map_err(|_| KeyProblem::Point),
            // AWS-LC takes compressed and hybrid points and SubjectPublicKeyInfo too.
            Self::Ecdsa(curve, point) if is_uncompressed(*curve, point) => {
                ParsedPublicKey::new(verification(*curve), point).map(drop).map_err(|_| KeyProblem::Point)
            }
            Self::Ecdsa(..) => Err(KeyProblem::Point),
            Self::Rsa { modulus, .. } => modulus_bits(modulus).map(drop),
        }
    }

    /// True when `signature` is one of `message` by this key; false for a scheme of another kind of key too.
    #[must_use]
    pub(crate) fn verifies(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        let verified = match (self, scheme) {
            (Self::Ed25519(key), SignatureScheme::Ed25519) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            (Self::Ecdsa(curve, point), SignatureScheme::Ecdsa) if is_uncompressed(*curve, point) => {
                UnparsedPublicKey::new(verification(*curve), point).verify(message, signature)
            }
            (Self::Rsa { modulus, exponent }, SignatureScheme::RsaSha256 | SignatureScheme::RsaSha512) => {
                let parameters =
                    if scheme == SignatureScheme::RsaSha256 { &RSA_PKCS1_2048_8192_SHA256 } else { &RSA_PKCS1_2048_8192_SHA512 };
                RsaPublicKeyComponents { n: modulus, e: exponent }.verify(parameters, message, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }
}

fn is_uncompressed(curve: Curve, point: &[u8]) -> bool {
    point.len() == 1 + 2 * curve.coordinate_length() && point.first() == Some(&0x04)
}

const fn verification(curve: Curve) -> &'static EcdsaVerificationAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED,
    }
}

const fn signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
    }
}

/// A private key that signs. AWS-LC cleanses it when it is dropped.
pub(crate) enum SigningKeyPair {
    Ed25519(Ed25519KeyPair),
    Ecdsa(EcdsaKeyPair),
}

impl SigningKeyPair {
    /// A key of its seed and its public key, 32 bytes each.
    ///
    /// # Errors
    /// [`KeyProblem::Inconsistent`] when they do not belong together.
    pub(crate) fn ed25519(seed: &[u8], public_key: &[u8]) -> Result<Self, KeyProblem> {
        Ed25519KeyPair::from_seed_and_public_key(seed, public_key).map(Self::Ed25519).map_err(|_| KeyProblem::Inconsistent)
    }

    /// A key of its scalar, as long as a coordinate, and its uncompressed point.
    ///
    /// # Errors
    /// [`KeyProblem::Inconsistent`] when they do not belong together.
    pub(crate) fn ecdsa(curve: Curve, scalar: &[u8], point: &[u8]) -> Result<Self, KeyProblem> {
        let key = EcdsaKeyPair::from_private_key_and_public_key(signing(curve), scalar, point);
        key.map(Self::Ecdsa).map_err(|_| KeyProblem::Inconsistent)
    }

    /// The signature of `message`.
    ///
    /// # Errors
    /// [`Error::Random`]: ECDSA draws a nonce.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = match self {
            Self::Ed25519(key) => key.try_sign(message),
            Self::Ecdsa(key) => key.sign(&SystemRandom::new(), message),
        };
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| Error::Random)
    }
}

impl fmt::Debug for SigningKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeyPair(redacted)")
    }
}
