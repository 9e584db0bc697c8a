//! Whether a request comes from whom it says.

use super::ErrorCode;

/// What AWS's own messages do not tell. A file of profiles that is named by one of the variables alone is mixed with the user's own.
const OWN_CREDENTIALS: &str = "Only the credentials that this server made at its start are known to it: AWS_CONFIG_FILE and \
                               AWS_SHARED_CREDENTIALS_FILE both have to name its file, and variables such as AWS_ACCESS_KEY_ID and \
                               AWS_PROFILE win over it.";

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
    /// A signature by another secret access key, or of another request.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details. {}",
        OWN_CREDENTIALS
    )]
    OtherSignature,
    /// A signature of something else, or of another time.
    #[error("{0}")]
    Invalid(String),
    /// An access key id or a token that is not known.
    #[error("The security token included in the request is invalid. {}", OWN_CREDENTIALS)]
    UnknownToken,
}

impl AuthenticationRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Missing(_) => ErrorCode::MissingAuthenticationTokenException,
            Self::Incomplete(_) => ErrorCode::IncompleteSignatureException,
            Self::OtherSignature | Self::Invalid(_) => ErrorCode::InvalidSignatureException,
            Self::UnknownToken => ErrorCode::UnrecognizedClientException,
        }
    }
}
