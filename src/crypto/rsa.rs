//! RSA encryption and decryption (RFC 8017) through `aws-lc-rs`.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa,
};

use super::der;
use crate::{
    error::{Error, KeyProblem, Result},
    secret::SecretBytes,
};

/// How a data key is padded before RSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RsaPadding {
    /// RSAES-PKCS1-v1_5; read, never written.
    Pkcs1,
    /// RSAES-OAEP with SHA-1 and MGF1 with SHA-1.
    OaepSha1Mgf1,
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256.
    OaepSha256Mgf1,
    /// RSAES-OAEP with SHA-384 and MGF1 with SHA-384.
    OaepSha384Mgf1,
    /// RSAES-OAEP with SHA-512 and MGF1 with SHA-512.
    OaepSha512Mgf1,
}

impl RsaPadding {
    /// `None` for PKCS #1 v1.5.
    const fn oaep(self) -> Option<&'static rsa::OaepAlgorithm> {
        match self {
            Self::Pkcs1 => None,
            Self::OaepSha1Mgf1 => Some(&rsa::OAEP_SHA1_MGF1SHA1),
            Self::OaepSha256Mgf1 => Some(&rsa::OAEP_SHA256_MGF1SHA256),
            Self::OaepSha384Mgf1 => Some(&rsa::OAEP_SHA384_MGF1SHA384),
            Self::OaepSha512Mgf1 => Some(&rsa::OAEP_SHA512_MGF1SHA512),
        }
    }
}

/// An RSA public key with a modulus of 2048 to 8192 bits.
#[derive(Clone)]
pub struct RsaPublicKey {
    key: rsa::PublicEncryptingKey,
    bits: u32,
    spki: Vec<u8>,
}

impl RsaPublicKey {
    /// A key from the DER of a SubjectPublicKeyInfo, which is what AWS KMS `GetPublicKey` answers.
    ///
    /// # Errors
    /// [`Error::Key`], for the length of the modulus before anything is computed with it.
    pub fn from_spki_der(der: &[u8]) -> Result<Self> {
        let bits = der::rsa_spki(der)?;
        let key = rsa::PublicEncryptingKey::from_der(der).map_err(|_| KeyProblem::Inconsistent)?;
        Self::new(key, bits)
    }

    /// A key from the DER of a PKCS#1 `RSAPublicKey`.
    ///
    /// # Errors
    /// As for [`RsaPublicKey::from_spki_der`].
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self> {
        der::rsa_pkcs1_public(der)?;
        let key = rsa::PublicKey::from_der(der).map_err(|_| KeyProblem::Inconsistent)?;
        let spki: PublicKeyX509Der<'_> = key.as_der().map_err(|_| KeyProblem::Inconsistent)?;
        Self::from_spki_der(spki.as_ref())
    }

    fn new(key: rsa::PublicEncryptingKey, bits: u32) -> Result<Self> {
        let spki: PublicKeyX509Der<'_> = key.as_der().map_err(|_| KeyProblem::Inconsistent)?;
        let spki = spki.as_ref().to_vec();
        Ok(Self { key, bits, spki })
    }

    /// The DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn to_spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Length of the modulus in bits.
    #[must_use]
    pub const fn modulus_bits(&self) -> u32 {
        self.bits
    }

    /// Encrypts; the ciphertext is as long as the modulus. The label of OAEP is empty.
    ///
    /// # Errors
    /// [`Error::Misuse`] for PKCS #1 v1.5, which is read only, and for more bytes than fit under the modulus.
    pub fn encrypt(&self, padding: RsaPadding, plaintext: &[u8]) -> Result<Vec<u8>> {
        let refused = |_| Error::Misuse("the plaintext is longer than the RSA key can encrypt");
        let algorithm = padding.oaep().ok_or(Error::Misuse("RSAES-PKCS1-v1_5 is read, never written"))?;
        let key = rsa::OaepPublicEncryptingKey::new(self.key.clone()).map_err(refused)?;
        let mut ciphertext = vec![0; key.ciphertext_size()];
        let length = key.encrypt(algorithm, plaintext, &mut ciphertext, None).map_err(refused)?.len();
        ciphertext.truncate(length);
        Ok(ciphertext)
    }
}

impl PartialEq for RsaPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for RsaPublicKey {}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.bits)
    }
}

/// An RSA private key with a modulus of 2048 to 8192 bits.
pub struct RsaPrivateKey {
    key: rsa::PrivateDecryptingKey,
    bits: u32,
}

impl RsaPrivateKey {
    /// A key from PKCS#8 DER.
    ///
    /// # Errors
    /// [`Error::Key`], for the length of the modulus before anything is computed with it.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self> {
        let bits = der::rsa_pkcs8(der)?;
        let key = rsa::PrivateDecryptingKey::from_pkcs8(der).map_err(|_| KeyProblem::Inconsistent)?;
        Ok(Self { key, bits })
    }

    /// A key from the DER of a PKCS#1 `RSAPrivateKey`.
    ///
    /// # Errors
    /// As for [`RsaPrivateKey::from_pkcs8_der`].
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self> {
        der::rsa_pkcs1(der)?;
        let key = rsa::KeyPair::from_der(der).map_err(|_| KeyProblem::Inconsistent)?;
        let pkcs8: Pkcs8V1Der<'_> = key.as_der().map_err(|_| KeyProblem::Inconsistent)?;
        Self::from_pkcs8_der(pkcs8.as_ref())
    }

    /// A fresh key. AWS-LC draws its primes from its own generator.
    ///
    /// # Errors
    /// [`Error::Key`] unless `bits` is 2048, 3072, 4096 or 8192.
    pub fn generate(bits: u32) -> Result<Self> {
        let size = match bits {
            2048 => rsa::KeySize::Rsa2048,
            3072 => rsa::KeySize::Rsa3072,
            4096 => rsa::KeySize::Rsa4096,
            8192 => rsa::KeySize::Rsa8192,
            _ => return Err(KeyProblem::GeneratedBits(bits).into()),
        };
        let key = rsa::PrivateDecryptingKey::generate(size).map_err(|_| Error::Random)?;
        Ok(Self { key, bits })
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
    ///
    /// # Errors
    /// [`Error::Key`] when AWS-LC cannot encode it.
    pub fn public_key(&self) -> Result<RsaPublicKey> {
        RsaPublicKey::new(self.key.public_key(), self.bits)
    }

    /// Decrypts. The label of OAEP is empty.
    ///
    /// # Errors
    /// [`Error::Decryption`], whatever was wrong: nothing tells one failure of the padding from another, or from a wrong length.
    pub fn decrypt(&self, padding: RsaPadding, ciphertext: &[u8]) -> Result<SecretBytes> {
        let failed = |_| Error::Decryption;
        let mut plaintext = SecretBytes::zeroed(self.key.key_size_bytes());
        let length = match padding.oaep() {
            Some(algorithm) => {
                let key = rsa::OaepPrivateDecryptingKey::new(self.key.clone()).map_err(failed)?;
                key.decrypt(algorithm, ciphertext, plaintext.expose_mut(), None).map_err(failed)?.len()
            }
            None => {
                let key = rsa::Pkcs1PrivateDecryptingKey::new(self.key.clone()).map_err(failed)?;
                key.decrypt(ciphertext, plaintext.expose_mut()).map_err(failed)?.len()
            }
        };
        plaintext.truncate(length);
        Ok(plaintext)
    }
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPrivateKey({} bits, redacted)", self.bits)
    }
}

#[cfg(test)]
mod tests;
