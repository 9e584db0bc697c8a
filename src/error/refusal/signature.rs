//! Signatures that do not count, and why.

use super::{ErrorCode, SignerKeyProblem, SignersRefusal};
use crate::timestamp::Timestamp;

/// A signature that is not taken, or too few that are. Tells nothing but what is in the signature and in the file of signers, which are public.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureRefusal {
    /// Another kind of file.
    #[error("not an SSH signature, which begins with -----BEGIN SSH SIGNATURE-----")]
    NotASignature,
    /// An SSH signature that is not whole, or has something that no such signature has.
    #[error("the SSH signature is malformed")]
    Malformed,
    /// A key that is not taken.
    #[error("the signature is by a key that is not taken: {0}")]
    Key(#[from] SignerKeyProblem),
    /// A hash with less strength.
    #[error("the signature is over the SHA-256 of the content, and over its SHA-512 it has to be")]
    OtherHash,
    /// Made for something else.
    #[error("the signature is for the namespace '{}', and {needed} is needed", .found.escape_debug())]
    OtherNamespace {
        /// The signature's.
        found: String,
        /// The one that is needed.
        needed: &'static str,
    },
    /// An algorithm that does not go with the key, or is not safe.
    #[error("the signature is made with '{}', which is not taken from its key", .0.escape_debug())]
    OtherScheme(String),
    /// A FIDO token that did not ask for its owner's touch.
    #[error("the token made the signature without its owner's touch")]
    NotTouched,
    /// The key did not sign this content.
    #[error("the signature does not verify: it is of other content, or was changed")]
    NotVerified,
    /// A key that the file of signers does not have.
    #[error("{key} is the key of no signer")]
    UnknownKey {
        /// Its fingerprint.
        key: String,
    },
    /// A key that may sign other things.
    #[error("the key of {} may not sign for {namespace}", .principal.escape_debug())]
    NotForNamespace {
        /// Whose key it is.
        principal: String,
        /// The namespace that is needed.
        namespace: &'static str,
    },
    /// A key that is not valid yet.
    #[error("the key of {} is valid from {since} on, and the signature is held against {time}", .principal.escape_debug())]
    NotYetValid {
        /// Whose key it is.
        principal: String,
        /// When it begins to be valid.
        since: Timestamp,
        /// The time that it was held against.
        time: Timestamp,
    },
    /// A key that is not valid any more.
    #[error("the key of {} was valid until {until}, and the signature is held against {time}", .principal.escape_debug())]
    Expired {
        /// Whose key it is.
        principal: String,
        /// The last time at which it was valid.
        until: Timestamp,
        /// The time that it was held against.
        time: Timestamp,
    },
    /// No signature at all.
    #[error("there is no signature, and {} needed", signers(*needed, true))]
    Unsigned {
        /// How many principals have to sign.
        needed: usize,
    },
    /// Fewer principals than have to sign.
    #[error("{}", too_few(*.needed, .signed_by, .refused))]
    TooFew {
        /// How many principals have to sign.
        needed: usize,
        /// Who signed.
        signed_by: Vec<String>,
        /// Signatures that do not count.
        refused: Vec<RefusedSignature>,
    },
    /// The file of signers does not go with what is asked for.
    #[error(transparent)]
    Signers(#[from] SignersRefusal),
}

/// A signature that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSignature {
    /// The fingerprint of its key.
    pub key: String,
    /// Why it does not count.
    pub refusal: SignatureRefusal,
}

/// Why a private key does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningKeyRefusal {
    /// Another format.
    #[error("not a private key of OpenSSH, which begins with -----BEGIN OPENSSH PRIVATE KEY-----")]
    NotOpenSsh,
    /// The other half.
    #[error("that is a public key, and the private one signs")]
    PublicKey,
    /// Not whole, or parts that do not belong together.
    #[error("the private key is malformed")]
    Malformed,
    /// Only the token has the key.
    #[error("the key is on a FIDO token, which has to sign itself")]
    OnToken,
    /// A kind of key that signs nothing here.
    #[error("a key of the type {} does not sign here; Ed25519 and ECDSA keys do", .0.escape_debug())]
    Kind(String),
    /// A passphrase that takes too long.
    #[error("the key's passphrase takes more than {most} rounds of bcrypt")]
    Rounds {
        /// The most that are done.
        most: u32,
    },
}

impl SignatureRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Signers(refusal) => refusal.code(),
            _ => ErrorCode::KMSInvalidSignatureException,
        }
    }
}

impl SigningKeyRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::OnToken | Self::Kind(_) => ErrorCode::InvalidKeyUsageException,
            Self::NotOpenSsh | Self::PublicKey | Self::Malformed | Self::Rounds { .. } => ErrorCode::ValidationException,
        }
    }
}

/// `1 signer is`, `2 signers`.
fn signers(count: usize, with_verb: bool) -> String {
    let (noun, verb) = if count == 1 { ("signer", "is") } else { ("signers", "are") };
    if with_verb { format!("{count} {noun} {verb}") } else { format!("{count} {noun}") }
}

fn too_few(needed: usize, signed_by: &[String], refused: &[RefusedSignature]) -> String {
    let names: Vec<String> = signed_by.iter().map(|name| name.escape_debug().to_string()).collect();
    let signed = match names.as_slice() {
        [] => "nobody who counts signed".to_owned(),
        names => format!("{} signed", names.join(", ")),
    };
    let reasons: String = refused.iter().map(|RefusedSignature { key, refusal }| format!("; {key}: {refusal}")).collect();
    format!("{} needed, and {signed}{reasons}", signers(needed, true))
}
