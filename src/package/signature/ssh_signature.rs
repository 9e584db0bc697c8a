//! One signature, as `ssh-keygen -Y sign` writes it.
//!
//! ```text
//! -----BEGIN SSH SIGNATURE-----
//! base64 of: "SSHSIG" | u32 1 | string key blob | string namespace | string "" | string "sha512" | string signature
//! -----END SSH SIGNATURE-----
//!
//! signed:    "SSHSIG" | string namespace | string "" | string "sha512" | string SHA-512 of the content
//! by a token: SHA-256 of the application | u8 flags | u32 counter | SHA-256 of what is signed
//! ```
//!
//! Source: OpenSSH, `PROTOCOL.sshsig` and `PROTOCOL.u2f`; RFC 5656, 3.1.2; RFC 8332; RFC 8709.

use ssh_key::{
    Algorithm, HashAlg, LineEnding, Mpint, Signature, SshSig,
    encoding::{Decode as _, Encode as _},
};

use super::{ContentDigest, Namespace, SignerKey};
use crate::{
    crypto::{Curve, Sha256, SignatureScheme},
    error::SignatureRefusal,
};

/// Bytes that a token adds: flags and a counter.
const TOKEN_TRAILER: usize = 5;
/// The token asked for its owner's touch.
const USER_PRESENT: u8 = 0x01;

/// A signature with the public key that made it, its namespace and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    signature: SshSig,
    key: SignerKey,
}

impl SshSignature {
    /// Longest text that is looked at, in bytes: one by an RSA key of 8192 bits has less than 4 KiB.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Takes the text of a file that ends in `.sig`.
    ///
    /// # Errors
    /// Not an SSH signature, malformed, or by a key that is not taken: of a certificate, of a kind that is not known, too short.
    pub fn parse(file: &[u8]) -> Result<Self, SignatureRefusal> {
        let pem = file.trim_ascii();
        if !pem.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
            return Err(SignatureRefusal::NotASignature);
        }
        if file.len() > Self::MAX_LENGTH {
            return Err(SignatureRefusal::Malformed);
        }
        let signature = SshSig::from_pem(pem).map_err(|_| SignatureRefusal::Malformed)?;
        if signature.version() != SshSig::VERSION || !signature.reserved().is_empty() {
            return Err(SignatureRefusal::Malformed);
        }
        let key = SignerKey::new(signature.public_key().clone())?;
        Ok(Self { signature, key })
    }

    /// `signature` is what the key made of [`signed`].
    pub(super) fn new(key: SignerKey, namespace: Namespace, signature: Signature) -> Self {
        let signature = SshSig::new(key.data().clone(), namespace.name(), HashAlg::Sha512, signature).expect("a namespace has letters");
        Self { signature, key }
    }

    /// The text of a file, with a line end behind it.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.signature.to_pem(LineEnding::LF).expect("what was made or decoded has an encoding")
    }

    /// The public key that it says it is by.
    #[must_use]
    pub const fn key(&self) -> &SignerKey {
        &self.key
    }

    /// The first 16 hex digits of the SHA-256 of the key blob, by which files of signatures are named.
    #[must_use]
    pub fn key_digest(&self) -> String {
        self.key.digest()
    }

    /// The namespace that it says it is for.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.signature.namespace()
    }

    /// Whether it is over the right hash and for this namespace.
    pub(super) fn check_form(&self, namespace: Namespace) -> Result<(), SignatureRefusal> {
        if self.signature.hash_alg() != HashAlg::Sha512 {
            return Err(SignatureRefusal::OtherHash);
        }
        if self.namespace() != namespace.name() {
            return Err(SignatureRefusal::OtherNamespace { found: self.namespace().to_owned(), needed: namespace.name() });
        }
        Ok(())
    }

    /// What can be held against it without knowing whose key it is: hash, namespace, touch, and that it is one of this content.
    ///
    /// # Errors
    /// Which of them.
    pub fn verify(&self, namespace: Namespace, content: &ContentDigest) -> Result<(), SignatureRefusal> {
        self.check_form(namespace)?;
        let mut message = signed(namespace, content);
        let (scheme, mut bytes) = self.scheme()?;
        if let Some(application) = self.key.token_application() {
            let (signature, trailer) = bytes.split_last_chunk::<TOKEN_TRAILER>().ok_or(SignatureRefusal::Malformed)?;
            let [flags, ..] = trailer;
            if flags & USER_PRESENT == 0 {
                return Err(SignatureRefusal::NotTouched);
            }
            let mut hash = Sha256::default();
            hash.update(&message);
            message = [&application, trailer.as_slice(), &hash.finish()].concat();
            bytes = signature;
        }
        let parts = self.key.parts()?;
        let fixed = match self.curve() {
            Some(curve) => fixed_length(bytes, curve).ok_or(SignatureRefusal::Malformed)?,
            None => bytes.to_vec(),
        };
        if parts.verifies(scheme, &message, &fixed) { Ok(()) } else { Err(SignatureRefusal::NotVerified) }
    }

    /// What the signature itself says it is made with, and its bytes.
    fn scheme(&self) -> Result<(SignatureScheme, &[u8]), SignatureRefusal> {
        let (made_with, by) = (self.signature.algorithm(), self.key.data().algorithm());
        let scheme = match (&made_with, &by) {
            (Algorithm::Rsa { hash: Some(HashAlg::Sha512) }, Algorithm::Rsa { .. }) => SignatureScheme::RsaSha512,
            (Algorithm::Rsa { hash: Some(HashAlg::Sha256) }, Algorithm::Rsa { .. }) => SignatureScheme::RsaSha256,
            (Algorithm::Ed25519, Algorithm::Ed25519) | (Algorithm::SkEd25519, Algorithm::SkEd25519) => SignatureScheme::Ed25519,
            (Algorithm::Ecdsa { curve }, Algorithm::Ecdsa { curve: of_key }) if curve == of_key => SignatureScheme::Ecdsa,
            (Algorithm::SkEcdsaSha2NistP256, Algorithm::SkEcdsaSha2NistP256) => SignatureScheme::Ecdsa,
            _ => return Err(SignatureRefusal::OtherScheme(made_with.as_str().to_owned())),
        };
        Ok((scheme, self.signature.signature_bytes()))
    }

    fn curve(&self) -> Option<Curve> {
        match self.key.data().algorithm() {
            Algorithm::Ecdsa { curve } => Some(super::signer_key::curve(curve)),
            Algorithm::SkEcdsaSha2NistP256 => Some(Curve::P256),
            _ => None,
        }
    }
}

/// What a key signs.
pub(super) fn signed(namespace: Namespace, content: &ContentDigest) -> Vec<u8> {
    SshSig::signed_data_for_prehash(namespace.name(), HashAlg::Sha512, content.as_bytes()).expect("a SHA-512 has 64 bytes")
}

/// r and s as a signature has them, `mpint r | mpint s`, to `r || s`; `None` where they are anything else.
fn fixed_length(mut bytes: &[u8], curve: Curve) -> Option<Vec<u8>> {
    let mut fixed = Vec::with_capacity(2 * curve.coordinate_length());
    for _ in 0..2 {
        let number = Mpint::decode(&mut bytes).ok()?;
        let number = number.as_positive_bytes()?;
        let zeros = curve.coordinate_length().checked_sub(number.len())?;
        fixed.resize(fixed.len() + zeros, 0);
        fixed.extend_from_slice(number);
    }
    bytes.is_empty().then_some(fixed)
}

/// The reverse.
pub(super) fn as_mpints(fixed: &[u8], curve: Curve) -> Vec<u8> {
    let (r, s) = fixed.split_at_checked(curve.coordinate_length()).expect("an ECDSA signature has two numbers of the curve's length");
    let mut bytes = Vec::new();
    for number in [r, s] {
        Mpint::from_positive_bytes(number).encode(&mut bytes).expect("a vector takes any length");
    }
    bytes
}
