//! Whether a request comes from whom it says.

use super::ErrorCode;

/// A signature that is missing, not whole or another one. In the words of AWS, which name header fields and never a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticationRefusal {
    /// No signature, and nothing in its place.
    #[error("{0}")]
    Missing(&'static str),
    /// A signature that lacks something.
    #[error("{0}")]
    Incomplete(String),
    /// A signature of something else, or of another time.
    #[error("{0}")]
    Invalid(String),
    /// An access key id or a token that is not known.
    #[error("The security token included in the request is invalid.")]
    UnknownToken,
}

impl AuthenticationRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Missing(_) => ErrorCode::MissingAuthenticationTokenException,
            Self::Incomplete(_) => ErrorCode::IncompleteSignatureException,
            Self::Invalid(_) => ErrorCode::InvalidSignatureException,
            Self::UnknownToken => ErrorCode::UnrecognizedClientException,
        }
    }
}
