//! The public part of an asymmetric key.

use super::key_spec::KeySpec;
use crate::{
    crypto::{EcPublicKey, RsaPublicKey},
    error::{Error, Result},
};

/// The public part of an asymmetric key that can wrap data keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Encrypts.
    Rsa(RsaPublicKey),
    /// Agrees on a secret.
    EllipticCurve(EcPublicKey),
}

impl PublicKey {
    /// The public key of a key spec from the DER of its SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`Error::Key`]; [`Error::Misuse`] for another key spec than this one.
    pub fn from_spki_der(spec: KeySpec, der: &[u8]) -> Result<Self> {
        let key = match spec.modulus_bits() {
            Some(_) => Self::Rsa(RsaPublicKey::from_spki_der(der)?),
            None => Self::EllipticCurve(EcPublicKey::from_spki_der(der)?),
        };
        if key.spec() == Some(spec) { Ok(key) } else { Err(Error::Misuse("the public key is of another key spec")) }
    }

    /// The key spec; `None` for an RSA modulus of a length that AWS KMS has not.
    #[must_use]
    pub fn spec(&self) -> Option<KeySpec> {
        match self {
            Self::Rsa(key) => KeySpec::of_modulus_bits(key.modulus_bits()),
            Self::EllipticCurve(key) => Some(KeySpec::of_curve(key.curve())),
        }
    }

    /// The DER of the SubjectPublicKeyInfo, as GetPublicKey gives it.
    #[must_use]
    pub fn to_spki_der(&self) -> &[u8] {
        match self {
            Self::Rsa(key) => key.to_spki_der(),
            Self::EllipticCurve(key) => key.to_spki_der(),
        }
    }
}
