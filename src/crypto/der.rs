//! The encodings that RSA and elliptic curve keys come in, taken apart without computing anything.

use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef, SubjectPublicKeyInfoRef, der::Decode as _, der::asn1::AnyRef};

use crate::error::KeyProblem;

/// Longest DER that is looked at: an RSA key of 8192 bits has less than 4,800 bytes in PKCS#8.
const LIMIT: usize = 8 * 1024;

/// An RSA modulus, in bits.
const MODULUS_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

pub(super) const PKCS8: &str = "a PKCS#8 private key (PrivateKeyInfo)";
pub(super) const PKCS1_PRIVATE: &str = "a PKCS#1 private key (RSAPrivateKey)";
pub(super) const PKCS1_PUBLIC: &str = "a PKCS#1 public key (RSAPublicKey)";
pub(super) const SPKI: &str = "a public key (SubjectPublicKeyInfo)";
pub(super) const SEC1: &str = "an elliptic curve private key (ECPrivateKey)";
const RSA: &str = "an RSA key";
const EC: &str = "an elliptic curve key";

/// An elliptic curve private key: the curve's identifier, the scalar's bytes, the public key where it is written.
pub(super) struct EcPrivateParts<'a> {
    pub(super) curve: ObjectIdentifier,
    pub(super) scalar: &'a [u8],
    pub(super) public_key: Option<&'a [u8]>,
}

/// Bits of the modulus of an RSA private key in PKCS#8.
pub(super) fn rsa_pkcs8(der: &[u8]) -> Result<u32, KeyProblem> {
    let info = private_key_info(der)?;
    if info.algorithm.oid != pkcs1::ALGORITHM_OID {
        return Err(KeyProblem::Algorithm(RSA));
    }
    rsa_pkcs1(info.private_key.as_bytes())
}

/// Bits of the modulus of an RSA private key in PKCS#1.
pub(super) fn rsa_pkcs1(der: &[u8]) -> Result<u32, KeyProblem> {
    let key = pkcs1::RsaPrivateKeyRef::from_der(within_limit(der)?).map_err(|_| KeyProblem::Encoding(PKCS1_PRIVATE))?;
    modulus_bits(key.modulus.as_bytes())
}

/// Bits of the modulus of an RSA public key in a SubjectPublicKeyInfo.
pub(super) fn rsa_spki(der: &[u8]) -> Result<u32, KeyProblem> {
    let info = public_key_info(der)?;
    if info.algorithm.oid != pkcs1::ALGORITHM_OID {
        return Err(KeyProblem::Algorithm(RSA));
    }
    rsa_pkcs1_public(info.subject_public_key.as_bytes().ok_or(KeyProblem::Encoding(SPKI))?)
}

/// Bits of the modulus of an RSA public key in PKCS#1.
pub(super) fn rsa_pkcs1_public(der: &[u8]) -> Result<u32, KeyProblem> {
    let key = pkcs1::RsaPublicKeyRef::from_der(within_limit(der)?).map_err(|_| KeyProblem::Encoding(PKCS1_PUBLIC))?;
    modulus_bits(key.modulus.as_bytes())
}

/// An elliptic curve private key in PKCS#8.
pub(super) fn ec_pkcs8(der: &[u8]) -> Result<EcPrivateParts<'_>, KeyProblem> {
    let info = private_key_info(der)?;
    if info.algorithm.oid != sec1::ALGORITHM_OID {
        return Err(KeyProblem::Algorithm(EC));
    }
    let curve = named_curve(info.algorithm.parameters)?;
    let key = ec_private_key(info.private_key.as_bytes())?;
    match key.parameters.and_then(sec1::EcParameters::named_curve) {
        Some(other) if other != curve => Err(KeyProblem::Inconsistent),
        _ => Ok(EcPrivateParts { curve, scalar: key.private_key, public_key: key.public_key }),
    }
}

/// An elliptic curve private key as OpenSSL writes it after `BEGIN EC PRIVATE KEY`; it has to name its curve.
pub(super) fn ec_sec1(der: &[u8]) -> Result<EcPrivateParts<'_>, KeyProblem> {
    let key = ec_private_key(within_limit(der)?)?;
    let curve = key.parameters.and_then(sec1::EcParameters::named_curve).ok_or(KeyProblem::Curve)?;
    Ok(EcPrivateParts { curve, scalar: key.private_key, public_key: key.public_key })
}

/// The curve's identifier and the point of an elliptic curve public key in a SubjectPublicKeyInfo.
pub(super) fn ec_spki(der: &[u8]) -> Result<(ObjectIdentifier, &[u8]), KeyProblem> {
    let info = public_key_info(der)?;
    if info.algorithm.oid != sec1::ALGORITHM_OID {
        return Err(KeyProblem::Algorithm(EC));
    }
    let point = info.subject_public_key.as_bytes().ok_or(KeyProblem::Encoding(SPKI))?;
    Ok((named_curve(info.algorithm.parameters)?, point))
}

/// True for what begins as a DER sequence; text with such a beginning ("0" and a letter) is no PEM of ours.
pub(super) fn is_sequence(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30)
}

fn within_limit(der: &[u8]) -> Result<&[u8], KeyProblem> {
    if der.len() > LIMIT { Err(KeyProblem::TooLong { length: der.len(), limit: LIMIT }) } else { Ok(der) }
}

fn private_key_info(der: &[u8]) -> Result<PrivateKeyInfoRef<'_>, KeyProblem> {
    PrivateKeyInfoRef::from_der(within_limit(der)?).map_err(|_| KeyProblem::Encoding(PKCS8))
}

fn public_key_info(der: &[u8]) -> Result<SubjectPublicKeyInfoRef<'_>, KeyProblem> {
    SubjectPublicKeyInfoRef::from_der(within_limit(der)?).map_err(|_| KeyProblem::Encoding(SPKI))
}

fn ec_private_key(der: &[u8]) -> Result<sec1::EcPrivateKey<'_>, KeyProblem> {
    sec1::EcPrivateKey::from_der(der).map_err(|_| KeyProblem::Encoding(SEC1))
}

fn named_curve(parameters: Option<AnyRef<'_>>) -> Result<ObjectIdentifier, KeyProblem> {
    parameters.and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok()).ok_or(KeyProblem::Curve)
}

/// `modulus` has no leading zero bytes: the decoder takes them off.
pub(super) fn modulus_bits(modulus: &[u8]) -> Result<u32, KeyProblem> {
    let unused = modulus.first().map_or(0, |first| first.leading_zeros());
    let bits = u32::try_from(modulus.len()).unwrap_or(u32::MAX).saturating_mul(8).saturating_sub(unused);
    if MODULUS_BITS.contains(&bits) { Ok(bits) } else { Err(KeyProblem::ModulusBits(bits)) }
}
