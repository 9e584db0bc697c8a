//! A private key of OpenSSH that signs.

use std::fmt;

use ssh_key::{Algorithm, Kdf, PrivateKey, Signature, private::KeypairData};

use super::{
    ContentDigest, Namespace, SignerKey, SshSignature,
    signer_key::curve,
    ssh_signature::{as_mpints, signed},
};
use crate::{
    crypto::SigningKeyPair,
    error::{Result, SetupError, SigningKeyRefusal},
    secret::SecretBytes,
};

/// Most rounds of bcrypt that a key's passphrase may take; ssh-keygen makes keys with 16 or 24, and each takes some milliseconds.
const MOST_ROUNDS: u32 = 10_000;

/// An Ed25519 or ECDSA key, without its passphrase. Wiped when it is dropped.
pub struct SshSigningKey {
    pair: SigningKeyPair,
    public: SignerKey,
    algorithm: Algorithm,
}

impl SshSigningKey {
    /// Longest file that is looked at, in bytes.
    pub const MAX_LENGTH: usize = 64 * 1024;

    /// Takes the content of a file that `ssh-keygen` made. `passphrase` is asked for where the key has one.
    ///
    /// # Errors
    /// [`SigningKeyRefusal`]; [`SetupError::SigningKeyPassphrase`]; those of `passphrase`.
    pub fn from_openssh(file: &[u8], passphrase: impl FnOnce() -> Result<SecretBytes>) -> Result<Self> {
        let key = parse(file)?;
        if !key.is_encrypted() {
            return Ok(Self::from_pair(key.key_data())?);
        }
        // Before anybody is asked.
        check_kind(&key.algorithm())?;
        if matches!(key.kdf(), Kdf::Bcrypt { rounds, .. } if *rounds > MOST_ROUNDS) {
            return Err(SigningKeyRefusal::Rounds { most: MOST_ROUNDS }.into());
        }
        let passphrase = passphrase()?;
        let opened = key.decrypt(passphrase.expose()).map_err(|_| SetupError::SigningKeyPassphrase)?;
        Ok(Self::from_pair(opened.key_data())?)
    }

    fn from_pair(pair: &KeypairData) -> Result<Self, SigningKeyRefusal> {
        let inconsistent = |_| SigningKeyRefusal::Malformed;
        let (pair, data) = match pair {
            KeypairData::Ed25519(pair) => {
                let signing = SigningKeyPair::ed25519(pair.private.as_ref(), &pair.public.0).map_err(inconsistent)?;
                (signing, pair.public.into())
            }
            KeypairData::Ecdsa(pair) => {
                let signing = SigningKeyPair::ecdsa(curve(pair.curve()), pair.private_key_bytes(), pair.public_key_bytes());
                (signing.map_err(inconsistent)?, ssh_key::public::EcdsaPublicKey::from(pair).into())
            }
            other => {
                let algorithm = other.algorithm().map_err(|_| SigningKeyRefusal::Malformed)?;
                check_kind(&algorithm)?;
                return Err(SigningKeyRefusal::Kind(algorithm.as_str().to_owned()));
            }
        };
        let public = SignerKey::new(data).map_err(|_| SigningKeyRefusal::Malformed)?;
        Ok(Self { pair, algorithm: public.data().algorithm(), public })
    }

    /// Signs content for a namespace.
    ///
    /// # Errors
    /// [`Error::Random`](crate::Error::Random): ECDSA draws a nonce.
    pub fn sign(&self, namespace: Namespace, content: &ContentDigest) -> Result<SshSignature> {
        let made = self.pair.sign(&signed(namespace, content))?;
        let bytes = match self.algorithm {
            Algorithm::Ecdsa { curve: of_key } => as_mpints(&made, curve(of_key)),
            _ => made,
        };
        let signature = Signature::new(self.algorithm.clone(), bytes).expect("a signature has the length of its kind");
        Ok(SshSignature::new(self.public.clone(), namespace, signature))
    }

    /// The public part.
    #[must_use]
    pub const fn public_key(&self) -> &SignerKey {
        &self.public
    }
}

fn parse(file: &[u8]) -> Result<PrivateKey, SigningKeyRefusal> {
    let pem = file.trim_ascii();
    if pem.starts_with(b"ssh-") || pem.starts_with(b"ecdsa-") || pem.starts_with(b"sk-") {
        return Err(SigningKeyRefusal::PublicKey);
    }
    if !pem.starts_with(b"-----BEGIN OPENSSH PRIVATE KEY-----") {
        return Err(SigningKeyRefusal::NotOpenSsh);
    }
    if file.len() > SshSigningKey::MAX_LENGTH {
        return Err(SigningKeyRefusal::Malformed);
    }
    PrivateKey::from_openssh(pem).map_err(|_| SigningKeyRefusal::Malformed)
}

/// Keys that sign are of these kinds.
fn check_kind(algorithm: &Algorithm) -> Result<(), SigningKeyRefusal> {
    match algorithm {
        Algorithm::Ed25519 | Algorithm::Ecdsa { .. } => Ok(()),
        Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256 => Err(SigningKeyRefusal::OnToken),
        other => Err(SigningKeyRefusal::Kind(other.as_str().to_owned())),
    }
}

impl fmt::Debug for SshSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SshSigningKey({:?})", self.public)
    }
}
