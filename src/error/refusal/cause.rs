//! What stands behind a refusal or an attempt: an error that can be kept, compared and told again.

use std::fmt;

use super::{AwsRefusal, ErrorCode, KeyRefusal, KeyUseRefusal, ReplicaRefusal, RequestRefusal};
use crate::error::{NoAnswer, SetupError};

/// Why something failed, as part of what is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// AWS itself refused.
    Aws(AwsRefusal),
    /// A key is not there, or cannot be used in its state.
    Key(KeyRefusal),
    /// The use does not fit the key's kind, or the ciphertext the key.
    KeyUse(KeyUseRefusal),
    /// A Region of a secret, or its key.
    Replica(ReplicaRefusal),
    /// The request is not one that can be done.
    Request(RequestRefusal),
    /// AWS KMS gave no answer that can be used.
    NoAnswer(NoAnswer),
    /// Something that has to be there first is not.
    Setup(SetupError),
    /// Anything else, as it was told.
    Told(String),
}

impl Cause {
    /// The service's name for it, where it has one.
    #[must_use]
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Aws(refusal) => Some(refusal.code()),
            Self::Key(refusal) => Some(refusal.code()),
            Self::KeyUse(refusal) => Some(refusal.code()),
            Self::Replica(refusal) => Some(refusal.code()),
            Self::Request(refusal) => Some(refusal.code()),
            Self::NoAnswer(_) | Self::Setup(_) | Self::Told(_) => None,
        }
    }

    /// What it displays without its name.
    #[must_use]
    pub fn fact(&self) -> String {
        match self {
            Self::Aws(refusal) => refusal.to_string(),
            Self::Key(refusal) => refusal.to_string(),
            Self::KeyUse(refusal) => refusal.to_string(),
            Self::Replica(refusal) => refusal.to_string(),
            Self::Request(refusal) => refusal.to_string(),
            Self::NoAnswer(no_answer) => no_answer.to_string(),
            Self::Setup(error) => error.to_string(),
            Self::Told(text) => text.clone(),
        }
    }
}

/// As the error displays itself.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code(), self.fact()) {
            (None, fact) => f.write_str(&fact),
            (Some(code), fact) if fact.is_empty() => write!(f, "{code}"),
            (Some(code), fact) => write!(f, "{code}: {fact}"),
        }
    }
}
