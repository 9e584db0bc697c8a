//! Files that say who may sign.

use super::ErrorCode;
use crate::error::KeyProblem;

/// A file of signers that is not taken: nothing in it is skipped, so that it says to everybody the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignersRefusal {
    /// Bytes that are no text.
    #[error("the file of signers is not UTF-8")]
    NotUtf8,
    /// More bytes than a file of this kind has.
    #[error("the file of signers has more than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// Nobody may sign.
    #[error("the file of signers names nobody")]
    Empty,
    /// A line that is not as it has to be.
    #[error("line {line} of the file of signers: {problem}")]
    Line {
        /// Its number, from 1 on.
        line: usize,
        /// What is wrong with it.
        problem: SignersProblem,
    },
}

/// What is wrong with a line of a file of signers. Repeats nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignersProblem {
    /// No type of a key and no base64 where they have to be.
    #[error("it has no public key behind its principal and its options")]
    NoKey,
    /// A key that is not taken.
    #[error("its key is not taken: {0}")]
    Key(#[from] SignerKeyProblem),
    /// A list of principals.
    #[error("it gives one key to several principals")]
    SeveralPrincipals,
    /// The key of another line, under another principal.
    #[error("it gives the key of line {other} to another principal")]
    TwoPrincipals {
        /// The other line.
        other: usize,
    },
    /// A principal that matches nobody, or is in quotes.
    #[error("its principal is in quotes, or begins with '!'")]
    Principal,
    /// A principal that could be anybody, where several have to sign.
    #[error("its principal is a pattern, and distinct signers are counted by literal principals alone")]
    PatternBeforeThreshold,
    /// A key that would be good for everything.
    #[error("it has no namespaces=\"…\", which says what the key may sign")]
    NoNamespaces,
    /// A namespace that stands for others.
    #[error("a namespace is a pattern; name each")]
    NamespacePattern,
    /// Trust in whom somebody else trusts.
    #[error("it names a certificate authority, and certificates are not taken")]
    CertificateAuthority,
    /// An option that is not known.
    #[error("it has an option that is not known; namespaces, valid-after and valid-before are")]
    UnknownOption,
    /// An option whose value is missing or has no quotes.
    #[error("the value of an option is not between quotes, as in namespaces=\"coldseal-file\"")]
    OptionValue,
    /// An option that is there twice.
    #[error("it has {0} twice")]
    OptionTwice(&'static str),
    /// A time of another form.
    #[error("a time is not YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ")]
    Time,
    /// A time that is another one in another time zone.
    #[error("a time has no Z for UTC, and would be another one wherever it is read")]
    TimeWithoutZone,
    /// An end before the beginning.
    #[error("valid-before is not after valid-after")]
    NeverValid,
}

/// Why a public key is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerKeyProblem {
    /// Not the encoding of a public key.
    #[error("it is not a public key of OpenSSH")]
    Malformed,
    /// Whom a certificate authority trusts is its own matter.
    #[error("it is a certificate")]
    Certificate,
    /// A kind of key that is not known, or not safe.
    #[error("it is of the type '{}'; Ed25519, ECDSA on NIST curves, RSA, and the first two on FIDO tokens are taken", .0.escape_debug())]
    Kind(String),
    /// A key of a kind that is taken, and yet none.
    #[error("{0}")]
    Unusable(KeyProblem),
}

impl SignersRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::ValidationException
    }
}
