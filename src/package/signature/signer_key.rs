//! A public key that signatures are verified with.

use std::fmt;

use ssh_key::{EcdsaCurve, HashAlg, encoding::Encode as _, public::KeyData};

use crate::{
    crypto::{Curve, Sha256, VerifyingParts, sha256},
    error::SignerKeyProblem,
};

/// A public key of a kind that is taken, checked to be one.
#[derive(Clone, PartialEq, Eq)]
pub struct SignerKey(KeyData);

impl SignerKey {
    pub(super) fn new(key: KeyData) -> Result<Self, SignerKeyProblem> {
        let key = Self(key);
        key.parts()?.check().map_err(SignerKeyProblem::Unusable)?;
        Ok(key)
    }

    pub(super) const fn data(&self) -> &KeyData {
        &self.0
    }

    /// The first 16 hex digits of the SHA-256 of the key blob, by which files of signatures are named.
    #[must_use]
    pub fn digest(&self) -> String {
        let blob = self.0.encode_vec().expect("a key that was decoded has an encoding");
        sha256(&blob).chars().take(16).collect()
    }

    /// The fingerprint as `ssh-keygen -l` prints it: `SHA256:` and unpadded base64.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// What it is to the cryptography; of a key on a token that of the token.
    pub(super) fn parts(&self) -> Result<VerifyingParts<'_>, SignerKeyProblem> {
        Ok(match &self.0 {
            KeyData::Ed25519(key) => VerifyingParts::Ed25519(&key.0),
            KeyData::Ecdsa(key) => VerifyingParts::Ecdsa(curve(key.curve()), key.as_sec1_bytes()),
            KeyData::Rsa(key) => match (key.n().as_positive_bytes(), key.e().as_positive_bytes()) {
                (Some(modulus), Some(exponent)) => VerifyingParts::Rsa { modulus, exponent },
                _ => return Err(SignerKeyProblem::Malformed),
            },
            KeyData::SkEd25519(key) => VerifyingParts::Ed25519(&key.public_key().0),
            KeyData::SkEcdsaSha2NistP256(key) => VerifyingParts::Ecdsa(Curve::P256, key.ec_point().as_bytes()),
            KeyData::Certificate(_) => return Err(SignerKeyProblem::Certificate),
            other => return Err(SignerKeyProblem::Kind(other.algorithm().as_str().to_owned())),
        })
    }

    /// SHA-256 of the application, where the key is on a FIDO token: the token signs it too.
    pub(super) fn token_application(&self) -> Option<[u8; 32]> {
        let application = match &self.0 {
            KeyData::SkEd25519(key) => key.application(),
            KeyData::SkEcdsaSha2NistP256(key) => key.application(),
            _ => return None,
        };
        let mut hash = Sha256::default();
        hash.update(application.as_bytes());
        Some(hash.finish())
    }
}

pub(super) const fn curve(curve: EcdsaCurve) -> Curve {
    match curve {
        EcdsaCurve::NistP256 => Curve::P256,
        EcdsaCurve::NistP384 => Curve::P384,
        EcdsaCurve::NistP521 => Curve::P521,
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({} {})", self.0.algorithm(), self.fingerprint())
    }
}
