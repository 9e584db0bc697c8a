//! A file that holds one RSA or elliptic curve key: PEM (RFC 7468) or DER.

use super::{EcPrivateKey, EcPublicKey, RsaPrivateKey, RsaPublicKey, der};
use crate::{
    error::{Error, KeyProblem, Result},
    secret::SecretBytes,
};

/// The key of a file.
#[derive(Debug)]
pub enum KeyFile {
    /// An RSA private key: PKCS#8 or PKCS#1.
    RsaPrivate(RsaPrivateKey),
    /// An RSA public key: SubjectPublicKeyInfo or PKCS#1.
    RsaPublic(RsaPublicKey),
    /// An elliptic curve private key: PKCS#8 or RFC 5915.
    EcPrivate(EcPrivateKey),
    /// An elliptic curve public key: SubjectPublicKeyInfo.
    EcPublic(EcPublicKey),
}

impl KeyFile {
    /// Reads the one key that `bytes` hold. Of PEM, text around it, certificates, and `EC PARAMETERS`, which OpenSSL writes before a key, are
    /// passed over.
    ///
    /// # Errors
    /// [`Error::Key`], for an encrypted key, several keys, and none too: a certificate alone, or a format of others.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if der::is_sequence(bytes) { Self::from_der(bytes) } else { Self::from_pem(bytes) }
    }

    fn from_pem(text: &[u8]) -> Result<Self> {
        if matches!(text.first_chunk(), Some(b"\xFF\xFE" | b"\xFE\xFF")) {
            return Err(KeyProblem::Utf16.into());
        }
        let blocks = pem::parse_many(text).map_err(|_| KeyProblem::NoKey)?;
        let (mut found, mut has_certificate) = (None, false);
        for block in blocks {
            let encrypted = block.headers().get("Proc-Type").is_some() || block.tag() == "ENCRYPTED PRIVATE KEY";
            let tag = block.tag().to_owned();
            let contents = SecretBytes::new(block.into_contents());
            has_certificate |= tag.ends_with("CERTIFICATE");
            if tag == "EC PARAMETERS" || tag.ends_with("CERTIFICATE") {
                continue;
            }
            if encrypted {
                return Err(KeyProblem::Encrypted.into());
            }
            if found.replace((tag, contents)).is_some() {
                return Err(KeyProblem::SeveralKeys.into());
            }
        }
        let (tag, contents) = found.ok_or(if has_certificate { KeyProblem::Certificate } else { KeyProblem::NoKey })?;
        if tag == "OPENSSH PRIVATE KEY" {
            return Err(KeyProblem::OpenSsh.into());
        }
        Encoding::ALL.into_iter().find(|encoding| encoding.label() == tag).ok_or(KeyProblem::NoKey)?.read(contents.expose())
    }

    /// DER does not say what it is: the first of the encodings that it has decides.
    fn from_der(der: &[u8]) -> Result<Self> {
        for encoding in Encoding::ALL {
            match encoding.read(der) {
                Err(Error::Key(KeyProblem::Encoding(_))) => {}
                decided => return decided,
            }
        }
        Err(KeyProblem::NoKey.into())
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self> {
        match RsaPrivateKey::from_pkcs8_der(der) {
            Err(Error::Key(KeyProblem::Algorithm(_))) => either(EcPrivateKey::from_pkcs8_der(der).map(Self::EcPrivate)),
            decided => decided.map(Self::RsaPrivate),
        }
    }

    fn from_spki(der: &[u8]) -> Result<Self> {
        match RsaPublicKey::from_spki_der(der) {
            Err(Error::Key(KeyProblem::Algorithm(_))) => either(EcPublicKey::from_spki_der(der).map(Self::EcPublic)),
            decided => decided.map(Self::RsaPublic),
        }
    }
}

/// The encodings of a key.
#[derive(Clone, Copy)]
enum Encoding {
    Pkcs8,
    SubjectPublicKeyInfo,
    Pkcs1Private,
    Pkcs1Public,
    Sec1,
}

impl Encoding {
    const ALL: [Self; 5] = [Self::Pkcs8, Self::SubjectPublicKeyInfo, Self::Pkcs1Private, Self::Pkcs1Public, Self::Sec1];

    /// What stands after `BEGIN` in PEM.
    const fn label(self) -> &'static str {
        match self {
            Self::Pkcs8 => "PRIVATE KEY",
            Self::SubjectPublicKeyInfo => "PUBLIC KEY",
            Self::Pkcs1Private => "RSA PRIVATE KEY",
            Self::Pkcs1Public => "RSA PUBLIC KEY",
            Self::Sec1 => "EC PRIVATE KEY",
        }
    }

    fn read(self, der: &[u8]) -> Result<KeyFile> {
        match self {
            Self::Pkcs8 => KeyFile::from_pkcs8(der),
            Self::SubjectPublicKeyInfo => KeyFile::from_spki(der),
            Self::Pkcs1Private => RsaPrivateKey::from_pkcs1_der(der).map(KeyFile::RsaPrivate),
            Self::Pkcs1Public => RsaPublicKey::from_pkcs1_der(der).map(KeyFile::RsaPublic),
            Self::Sec1 => EcPrivateKey::from_sec1_der(der).map(KeyFile::EcPrivate),
        }
    }
}

/// Neither of the two algorithms.
fn either(result: Result<KeyFile>) -> Result<KeyFile> {
    result.map_err(|error| match error {
        Error::Key(KeyProblem::Algorithm(_)) => KeyProblem::Algorithm("an RSA or elliptic curve key").into(),
        other => other,
    })
}

#[cfg(test)]
mod tests;
