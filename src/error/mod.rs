//! One error type with a sub-type per layer.
//!
//! Three kinds are kept apart: a malformed message says which field is wrong; a failed tag, commitment or unwrap says
//! nothing more; misuse by the caller is never caused by input. Hints on what to do next belong to the command line.

mod code;
mod damage;
mod edk;
mod format;
mod key;
mod manifest_fault;
mod no_answer;
mod refusal;
mod setup;

use std::{io, path::PathBuf};

pub use code::ErrorCode;
pub use damage::Damage;
pub(crate) use edk::shorten;
#[cfg(feature = "cli")]
pub(crate) use edk::shorten_to;
pub use edk::{EdkAttempt, EdkOutcome, PassedOver};
pub use format::{FormatError, FormatProblem};
pub use key::KeyProblem;
pub use manifest_fault::ManifestFault;
pub use no_answer::{NoAnswer, Obstacle, TlsObstacle};
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) use refusal::JsonKind;
pub use refusal::{
    ArchiveRefusal, AuthenticationRefusal, AwsRefusal, BundleRefusal, Cause, CharacterType, Constraint, KeyPropertyRefusal, KeyRefusal,
    KeyUseRefusal, MemberPath, MemberType, MistypedJson, NotAKeyArn, PackageRefusal, PasswordRefusal, PathStep, PolicyRefusal,
    PublicKeyRefusal, Refusal, RefusedSignature, RegionProblem, RegionsRefusal, ReplicaRefusal, RequestRefusal, RotationRefusal,
    SecretDifference, SecretRefusal, SignatureRefusal, SignerKeyProblem, SignersProblem, SignersRefusal, SigningKeyRefusal, Unvouched,
    ViolatingValue, Violation, WithCode,
};
pub use setup::SetupError;

use crate::timestamp::ClockOutOfRange;

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The message is malformed.
    #[error("malformed message: {0}")]
    Format(#[from] FormatError),

    /// A message cannot be written: its header would break the format, or the limits that it is read with.
    #[error("the message cannot be written: {0}")]
    NotWritable(FormatError),

    /// A tag or the key commitment does not match. Deliberately without detail.
    #[error("the message could not be decrypted: it was changed, or the key is not the one that it was sealed with")]
    Decryption,

    /// The signature of a message does not verify. It is checked with a public key only, so that saying so tells nothing.
    #[error("the signature of the message does not verify: it was changed after it was signed")]
    Signature,

    /// No encrypted data key of the message could be unwrapped.
    #[error("{}", edk::NoUsableKey(.0))]
    NoUsableKey(Vec<EdkAttempt>),

    /// The authenticated encryption context is not the one that was demanded.
    #[error("encryption context: {0}")]
    EncryptionContext(ContextMismatch),

    /// An RSA or elliptic curve key that is not taken.
    #[error("the key cannot be used: {0}")]
    Key(#[from] KeyProblem),

    /// Pairs were given that the message does not store, and it does not open as one that is bound to them.
    #[error("encryption context: the message stores no pair {}, and does not open as one that is bound to what was given: {source}", quoted(.keys))]
    NotReproduced {
        /// The keys of the pairs.
        keys: Vec<String>,
        /// What failed: without the right pairs, neither an EDK nor the header tag need fit.
        source: Box<Error>,
    },

    /// A length over a limit that the caller can raise.
    #[error("{what} is {length} bytes, over the limit of {limit}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// Its length in bytes, or the least that it can be.
        length: u64,
        /// The limit in bytes.
        limit: u64,
    },

    /// A signed message for an output that cannot be taken back is over the length that waits in memory for its signature.
    #[error("a signed message of more than {} MiB cannot be held until its signature is verified", limit >> 20)]
    TooLongToHold {
        /// The limit in bytes.
        limit: u64,
    },

    /// A refusal that AWS has a name for.
    #[error("{}", .0.with_code())]
    Service(Box<Refusal>),

    /// AWS KMS was called, and no answer came that can be used: no connection, a connection cut, a time-out, an answer that is not AWS KMS's.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),

    /// Something that has to be there first is not: a keystore, a vault, a passphrase, a Region.
    #[error(transparent)]
    Setup(#[from] SetupError),

    /// A file of the vault or the keystore is not what was written.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; no content.
        what: Damage,
    },

    /// The caller asked for something that no input can cause.
    #[error("{0}")]
    Misuse(&'static str),

    /// The operating system gave no random bytes.
    #[error("the operating system's random number generator failed")]
    Random,

    /// Files are complete under their names, and the names may be lost in a power cut.
    #[error("{} complete and in place, and may be gone after a power cut: syncing the directory {}: {source}", listed(.files), .directory.display())]
    NotSynced {
        /// The files.
        files: Vec<PathBuf>,
        /// What could not be synced.
        directory: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },

    /// Of several files that were to take older ones' places, some did.
    #[error("{source}; {} replaced already; as before: {}", listed(.replaced), joined(.kept))]
    PartlyReplaced {
        /// The files that are new.
        replaced: Vec<PathBuf>,
        /// The files that are as they were.
        kept: Vec<PathBuf>,
        /// What went wrong.
        source: Box<Error>,
    },

    /// Reading or writing failed.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done, with the path where there is one.
        doing: String,
        /// The operating system's error.
        source: io::Error,
    },
}

impl Error {
    /// A file whose content is not what was written; `what` repeats nothing of it.
    pub(crate) fn damaged(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), what: Damage::Content(what.into()) }
    }

    /// An I/O error while `doing` something.
    pub fn io(doing: impl Into<String>, source: io::Error) -> Self {
        Self::Io { doing: doing.into(), source }
    }

    /// An I/O error while reading, writing or making the file at `path`.
    pub(crate) fn io_at(verb: &str, path: &std::path::Path, source: io::Error) -> Self {
        Self::io(format!("{verb} {}", path.display()), source)
    }

    /// Something else that has to be there first.
    pub(crate) fn setup(message: impl Into<String>) -> Self {
        Self::Setup(SetupError::Other(message.into()))
    }

    /// The refusal, where it is one that AWS has a name for.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Service(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// AWS's name for the error, where it has one.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.refusal().map(Refusal::code)
    }
}

impl From<ClockOutOfRange> for Error {
    fn from(clock: ClockOutOfRange) -> Self {
        SetupError::from(clock).into()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Service(Box::new(refusal))
    }
}

macro_rules! refused {
    ($($kind:ty)*) => {
        $(
            impl From<$kind> for Error {
                fn from(refusal: $kind) -> Self {
                    Refusal::from(refusal).into()
                }
            }
        )*
    };
}

refused! {
    ArchiveRefusal AuthenticationRefusal AwsRefusal BundleRefusal KeyPropertyRefusal KeyRefusal KeyUseRefusal PackageRefusal PolicyRefusal PublicKeyRefusal RegionsRefusal ReplicaRefusal
    RequestRefusal SecretRefusal SignatureRefusal SignersRefusal SigningKeyRefusal Violation
}

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        match error {
            Error::Service(refusal) => (*refusal).into(),
            Error::NoAnswer(no_answer) => Self::NoAnswer(no_answer),
            Error::Setup(error) => Self::Setup(error),
            other => Self::Told(other.to_string()),
        }
    }
}

/// How an authenticated encryption context differs from what was demanded. Contexts are not secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContextMismatch {
    /// The pair with this key is missing.
    #[error("the message has no pair with the key '{}'", .0.escape_debug())]
    Missing(String),
    /// The pair has another value.
    #[error("the value of '{}' is not the one demanded", .0.escape_debug())]
    Value(String),
    /// A pair that must not be there.
    #[error("the message has a pair '{}' that does not belong to it", .0.escape_debug())]
    Surplus(String),
    /// A pair that is bound to the message and not stored in it would be lost in a new one, or published.
    #[error("the message is bound to the pair '{}' without storing it, which a rewrapped message could not be", .0.escape_debug())]
    NotStored(String),
    /// A key that users may not set.
    #[error("the key '{}' is reserved", .0.escape_debug())]
    Reserved(String),
}

/// `a is`, `a, b are`.
fn listed(files: &[PathBuf]) -> String {
    format!("{} {}", joined(files), if files.len() == 1 { "is" } else { "are" })
}

fn joined(files: &[PathBuf]) -> String {
    files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn quoted(keys: &[String]) -> String {
    keys.iter().map(|key| format!("'{}'", key.escape_debug())).collect::<Vec<_>>().join(", ")
}
