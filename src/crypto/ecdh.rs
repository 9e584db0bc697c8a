//! Elliptic curve Diffie-Hellman (SEC 1, NIST SP 800-56A) on the NIST curves, through `aws-lc-rs`.

use std::fmt;

use aws_lc_rs::{
    agreement,
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    signature,
};
use pkcs8::ObjectIdentifier;

use super::{Random, der};
use crate::{
    error::{Error, KeyProblem, Result},
    secret::SecretBytes,
};

/// A curve that AWS KMS agrees keys on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256, `ECC_NIST_P256`.
    P256,
    /// NIST P-384, `ECC_NIST_P384`.
    P384,
    /// NIST P-521, `ECC_NIST_P521`.
    P521,
}

impl Curve {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// The name as it stands in the fixed information of the key derivation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::P521 => "p521",
        }
    }

    /// Length of a compressed point in bytes: 33, 49 or 67.
    #[must_use]
    pub const fn point_length(self) -> usize {
        1 + self.coordinate_length()
    }

    /// Length in bytes of a coordinate, of a scalar and of a shared secret: 32, 48 or 66.
    #[must_use]
    pub const fn coordinate_length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn from_oid(oid: ObjectIdentifier) -> Result<Self, KeyProblem> {
        Self::ALL.into_iter().find(|curve| curve.oid() == oid).ok_or(KeyProblem::Curve)
    }

    const fn oid(self) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(match self {
            Self::P256 => "1.2.840.10045.3.1.7",
            Self::P384 => "1.3.132.0.34",
            Self::P521 => "1.3.132.0.35",
        })
    }

    const fn agreement(self) -> &'static agreement::Algorithm {
        match self {
            Self::P256 => &agreement::ECDH_P256,
            Self::P384 => &agreement::ECDH_P384,
            Self::P521 => &agreement::ECDH_P521,
        }
    }

    /// Any ECDSA algorithm of the curve: what parses a point and writes its SubjectPublicKeyInfo. Nothing is verified with it.
    const fn parser(self) -> &'static signature::EcdsaVerificationAlgorithm {
        match self {
            Self::P256 => &signature::ECDSA_P256_SHA256_ASN1,
            Self::P384 => &signature::ECDSA_P384_SHA384_ASN1,
            Self::P521 => &signature::ECDSA_P521_SHA512_ASN1,
        }
    }

    /// The bits of a scalar's first byte that can be set.
    const fn first_byte_mask(self) -> u8 {
        match self {
            Self::P256 | Self::P384 => 0xFF,
            Self::P521 => 0x01,
        }
    }
}

/// A point of a curve, not the point at infinity: a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcPublicKey {
    curve: Curve,
    compressed: Vec<u8>,
    spki: Vec<u8>,
}

impl EcPublicKey {
    /// A key from the compressed form of SEC 1, section 2.3.3: `02` or `03`, then the x coordinate.
    ///
    /// # Errors
    /// [`Error::Key`] for another form, another length, or a point that is not on the curve.
    pub fn from_compressed(curve: Curve, point: &[u8]) -> Result<Self> {
        // Checked here, since AWS-LC takes hybrid points (06, 07) too.
        if point.len() != curve.point_length() || !matches!(point.first(), Some(2 | 3)) {
            return Err(KeyProblem::Point.into());
        }
        Self::on_curve(curve, point)
    }

    /// A key from the DER of a SubjectPublicKeyInfo, which is what AWS KMS `GetPublicKey` answers. The curve has to be named.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_spki_der(der: &[u8]) -> Result<Self> {
        let (curve, point) = der::ec_spki(der)?;
        Self::from_point(Curve::from_oid(curve)?, point)
    }

    /// A key from a compressed or uncompressed point.
    fn from_point(curve: Curve, point: &[u8]) -> Result<Self> {
        if matches!(point.first(), Some(4)) && point.len() == 1 + 2 * curve.coordinate_length() {
            Self::on_curve(curve, point)
        } else {
            Self::from_compressed(curve, point)
        }
    }

    /// `point` is compressed or uncompressed and has the length that belongs to its form.
    fn on_curve(curve: Curve, point: &[u8]) -> Result<Self> {
        let parsed = signature::ParsedPublicKey::new(curve.parser(), point).map_err(|_| KeyProblem::Point)?;
        let spki: PublicKeyX509Der<'_> = parsed.as_der().map_err(|_| KeyProblem::Point)?;
        let spki = spki.as_ref().to_vec();
        // AWS-LC writes the uncompressed form: 04 || x || y, the last thing in a SubjectPublicKeyInfo.
        let (_, uncompressed) = der::ec_spki(&spki)?;
        let (x, y) = uncompressed
            .split_first()
            .and_then(|(form, coordinates)| (*form == 4).then(|| coordinates.split_at_checked(curve.coordinate_length()))?)
            .ok_or(KeyProblem::Point)?;
        let mut compressed = vec![2 | (y.last().ok_or(KeyProblem::Point)? & 1)];
        compressed.extend_from_slice(x);
        Ok(Self { curve, compressed, spki })
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The compressed form: 33, 49 or 67 bytes.
    #[must_use]
    pub fn to_compressed(&self) -> &[u8] {
        &self.compressed
    }

    /// The DER of the SubjectPublicKeyInfo, with the uncompressed form, which is the one that AWS KMS takes.
    #[must_use]
    pub fn to_spki_der(&self) -> &[u8] {
        &self.spki
    }
}

/// A scalar of a curve, with its point: a private key.
pub struct EcPrivateKey {
    key: agreement::PrivateKey,
    public: EcPublicKey,
}

impl EcPrivateKey {
    /// Times that a scalar is drawn; on P-256, the worst of the curves, one draw in 2^32 is out of range.
    const DRAWS: usize = 8;

    /// A fresh key by rejection sampling (FIPS 186-5, A.2.2), its scalar drawn from `random`.
    ///
    /// # Errors
    /// [`Error::Random`], also for a source that yields nothing but scalars out of range.
    pub fn generate(curve: Curve, random: &dyn Random) -> Result<Self> {
        for _ in 0..Self::DRAWS {
            let mut scalar = SecretBytes::zeroed(curve.coordinate_length());
            random.fill(scalar.expose_mut())?;
            if let Some(first) = scalar.expose_mut().first_mut() {
                *first &= curve.first_byte_mask();
            }
            if let Ok(key) = Self::from_scalar(curve, scalar.expose()) {
                return Ok(key);
            }
        }
        Err(Error::Random)
    }

    /// A key from PKCS#8 DER. The curve has to be named.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self> {
        Self::from_parts(&der::ec_pkcs8(der)?)
    }

    /// A key from the DER of an `ECPrivateKey` (RFC 5915) that names its curve.
    ///
    /// # Errors
    /// [`Error::Key`].
    pub fn from_sec1_der(der: &[u8]) -> Result<Self> {
        Self::from_parts(&der::ec_sec1(der)?)
    }

    fn from_parts(parts: &der::EcPrivateParts<'_>) -> Result<Self> {
        let key = Self::from_scalar(Curve::from_oid(parts.curve)?, parts.scalar)?;
        match parts.public_key {
            Some(point) if EcPublicKey::from_point(key.public.curve, point)? != key.public => Err(KeyProblem::Inconsistent.into()),
            _ => Ok(key),
        }
    }

    /// `scalar` is a big-endian integer of the curve's coordinate length.
    fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self> {
        let key = agreement::PrivateKey::from_private_key(curve.agreement(), scalar).map_err(|_| KeyProblem::Inconsistent)?;
        let point = key.compute_public_key().map_err(|_| KeyProblem::Inconsistent)?;
        let public = EcPublicKey::from_point(curve, point.as_ref())?;
        Ok(Self { key, public })
    }

    /// The key in PKCS#8 DER.
    ///
    /// # Errors
    /// [`Error::Key`] when AWS-LC cannot encode it.
    pub fn to_pkcs8_der(&self) -> Result<SecretBytes> {
        let der: Pkcs8V1Der<'_> = self.key.as_der().map_err(|_| KeyProblem::Encoding(der::PKCS8))?;
        Ok(SecretBytes::new(der.as_ref().to_vec()))
    }

    /// The public part.
    #[must_use]
    pub const fn public_key(&self) -> &EcPublicKey {
        &self.public
    }

    /// The shared secret: the x coordinate, 32, 48 or 66 bytes. It is no key yet: a key derivation function has to follow.
    ///
    /// # Errors
    /// [`Error::Decryption`] when `peer` is a point of another curve.
    pub fn agree(&self, peer: &EcPublicKey) -> Result<SecretBytes> {
        let public = agreement::UnparsedPublicKey::new(peer.curve.agreement(), &peer.compressed);
        agreement::agree(&self.key, public, Error::Decryption, |secret| Ok(SecretBytes::new(secret.to_vec())))
    }
}

impl fmt::Debug for EcPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcPrivateKey({}, redacted)", self.public.curve.name())
    }
}

#[cfg(test)]
mod tests;
