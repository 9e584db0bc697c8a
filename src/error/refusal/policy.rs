//! Policies of secrets.

use super::ErrorCode;

/// A policy that a secret cannot have. [AWS's sentence](https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_secret-policy.html) comes
/// first, then where it is and what is wrong there; nothing of the text is repeated but names of members.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyRefusal {
    /// Not the grammar of policies.
    #[error("This resource policy contains a syntax error. {0}")]
    Syntax(String),
    /// A principal that no policy can name.
    #[error("This resource policy contains an unsupported principal. {0}")]
    UnsupportedPrincipal(String),
    /// A service that is none.
    #[error("This resource policy contains an invalid service principal. {0}")]
    InvalidServicePrincipal(String),
    /// Open to everyone, where that was not to be; the statement.
    #[error("You can't attach a resource-based policy that allows broad access to the secret. {0} allows it to everyone")]
    BroadAccess(String),
    /// A policy of another name than the only one.
    #[error("The only policy of a secret is named 'default'")]
    OtherName,
}

impl PolicyRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Syntax(_) | Self::UnsupportedPrincipal(_) | Self::InvalidServicePrincipal(_) => {
                ErrorCode::MalformedPolicyDocumentException
            }
            Self::BroadAccess(_) => ErrorCode::PublicPolicyException,
            Self::OtherName => ErrorCode::InvalidParameterException,
        }
    }
}
