//! Signatures in the format of OpenSSH (`PROTOCOL.sshsig`), and who may sign (`allowed_signers` of ssh-keygen(1)).
//!
//! Anything that OpenSSH signs with, coldseal verifies, and the reverse: `ssh-keygen -Y verify` takes what [`SshSigningKey`] makes, and
//! [`Signers`] takes what `ssh-keygen -Y sign` makes with an Ed25519, ECDSA or RSA key, or one on a FIDO token. What is restricted: the hash is
//! SHA-512, certificates are not taken, and a file of signers says of each key whose it is and what for.
//!
//! ```
//! use coldseal::package::signature::{ContentDigest, Namespace, Signers, SshSigningKey, Threshold};
//! # use coldseal::{Error, Timestamp};
//! # fn passphrase() -> coldseal::Result<coldseal::SecretBytes> { Err(Error::Misuse("the key has none")) }
//! # const KEY: &str = include_str!("../../../tests/data/signing/ed25519");
//! # const PUBLIC: &str = include_str!("../../../tests/data/signing/ed25519.pub");
//!
//! let key = SshSigningKey::from_openssh(KEY.as_bytes(), passphrase)?;
//! let content = ContentDigest::of(b"the bytes of a bundle");
//! let signature = key.sign(Namespace::File, &content)?;
//!
//! let signers = Signers::parse(format!("alice namespaces=\"coldseal-file\" {PUBLIC}").as_bytes())?;
//! let accepted = signers.verify(Namespace::File, &content, &[signature], Timestamp::now()?, Threshold::ONE)?;
//! assert_eq!(accepted.principals, ["alice"]);
//! # Ok::<(), Error>(())
//! ```

mod content_digest;
mod namespace;
mod signer_key;
mod signers;
mod signing_key;
mod ssh_signature;

pub use content_digest::{ContentDigest, ContentHasher};
pub use namespace::Namespace;
pub use signer_key::SignerKey;
pub use signers::{Accepted, CountedSignature, Signers, Threshold};
pub use signing_key::SshSigningKey;
pub use ssh_signature::SshSignature;

#[cfg(test)]
mod tests;
