//! The key pairs of asymmetric keys.

use super::key_spec::KeySpec;
use crate::{
    crypto::{Curve, EcPrivateKey, EcPublicKey, Random, RsaPrivateKey, RsaPublicKey, constant_time_eq},
    error::{Error, Result},
    secret::SecretBytes,
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

/// A private key with its public part.
#[derive(Debug)]
pub(in crate::kms) struct KeyPair {
    spec: KeySpec,
    public_key: PublicKey,
    /// PKCS#8 DER. It is parsed at each use, so that between uses no other form of it is in memory.
    private_key: SecretBytes,
}

impl KeyPair {
    /// A fresh one; `None` for the symmetric key spec. RSA keys take up to some seconds.
    pub(in crate::kms) fn generate(spec: KeySpec, random: &dyn Random) -> Result<Option<Self>> {
        let private_key = match (spec.modulus_bits(), spec.curve()) {
            (Some(bits), _) => RsaPrivateKey::generate(bits)?.to_pkcs8_der()?,
            (None, Some(curve)) => EcPrivateKey::generate(curve, random)?.to_pkcs8_der()?,
            (None, None) => return Ok(None),
        };
        Self::from_pkcs8(spec, private_key).map(Some)
    }

    /// A key pair from what [`KeyPair::private_key`] gave.
    pub(in crate::kms) fn from_pkcs8(spec: KeySpec, private_key: SecretBytes) -> Result<Self> {
        let public_key = match spec.modulus_bits() {
            Some(_) => PublicKey::Rsa(RsaPrivateKey::from_pkcs8_der(private_key.expose())?.public_key()?),
            None => PublicKey::EllipticCurve(EcPrivateKey::from_pkcs8_der(private_key.expose())?.public_key().clone()),
        };
        if public_key.spec() == Some(spec) {
            Ok(Self { spec, public_key, private_key })
        } else {
            Err(Error::Misuse("the private key is of another key spec"))
        }
    }

    pub(in crate::kms) const fn spec(&self) -> KeySpec {
        self.spec
    }

    pub(in crate::kms) const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// PKCS#8 DER.
    pub(in crate::kms) const fn private_key(&self) -> &SecretBytes {
        &self.private_key
    }

    pub(in crate::kms) fn rsa_private_key(&self) -> Result<RsaPrivateKey> {
        RsaPrivateKey::from_pkcs8_der(self.private_key.expose())
    }

    pub(in crate::kms) fn ec_private_key(&self) -> Result<EcPrivateKey> {
        EcPrivateKey::from_pkcs8_der(self.private_key.expose())
    }

    pub(in crate::kms) fn duplicate(&self) -> Self {
        let private_key = SecretBytes::new(self.private_key.expose().to_vec());
        Self { spec: self.spec, public_key: self.public_key.clone(), private_key }
    }

    /// True when both are the same key.
    pub(in crate::kms) fn is(&self, other: &Self) -> bool {
        self.spec == other.spec && constant_time_eq(self.private_key.expose(), other.private_key.expose())
    }
}

impl KeySpec {
    /// The curve; `None` unless it is an elliptic curve key.
    #[must_use]
    pub const fn curve(self) -> Option<Curve> {
        match self {
            Self::EccNistP256 => Some(Curve::P256),
            Self::EccNistP384 => Some(Curve::P384),
            Self::EccNistP521 => Some(Curve::P521),
            _ => None,
        }
    }

    /// The key spec of this curve's keys.
    #[must_use]
    pub const fn of_curve(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::EccNistP256,
            Curve::P384 => Self::EccNistP384,
            Curve::P521 => Self::EccNistP521,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRandom;

    #[test]
    fn every_spec_makes_a_pair_that_is_read_again() {
        for spec in KeySpec::ALL.into_iter().filter(|spec| !matches!(spec, KeySpec::Rsa3072 | KeySpec::Rsa4096)) {
            let Some(pair) = KeyPair::generate(spec, &SystemRandom).expect("made") else {
                assert_eq!(spec, KeySpec::SymmetricDefault);
                continue;
            };
            assert_eq!(PublicKey::from_spki_der(spec, pair.public_key().to_spki_der()).expect("parses"), *pair.public_key());
            let again = KeyPair::from_pkcs8(spec, SecretBytes::new(pair.private_key().expose().to_vec())).expect("parses");
            assert!(again.is(&pair) && pair.duplicate().is(&pair));
            let other = KeyPair::generate(spec, &SystemRandom).expect("made").expect("asymmetric");
            assert!(!other.is(&pair) && other.public_key() != pair.public_key());
            for wrong in KeySpec::ALL.into_iter().filter(|wrong| *wrong != spec) {
                assert!(KeyPair::from_pkcs8(wrong, SecretBytes::new(pair.private_key().expose().to_vec())).is_err(), "{spec} as {wrong}");
                assert!(PublicKey::from_spki_der(wrong, pair.public_key().to_spki_der()).is_err(), "{spec} as {wrong}");
            }
        }
    }

    #[test]
    fn the_private_part_is_not_printed() {
        let pair = KeyPair::generate(KeySpec::EccNistP256, &SystemRandom).expect("made").expect("asymmetric");
        let printed = format!("{pair:?}");
        // The scalar's bytes as Debug would print them.
        let bytes = pair.private_key().expose().iter().skip(36).take(4).map(u8::to_string).collect::<Vec<_>>().join(", ");
        assert!(printed.contains("redacted") && !printed.contains(&bytes), "{printed}");
    }
}
