//! Policies of secrets.

use super::ErrorCode;
use crate::region::Region;

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
    /// Permissions that nobody needs.
    #[error("There is nothing to allow in AWS: none of the keys is one that AWS KMS is asked to use")]
    NothingToAllow,
    /// A secret to be made, of which nothing says where.
    #[error("{}: the vault has no such secret, and {}", .name.escape_debug(), no_key(*.region))]
    NoKeyInPrimaryRegion {
        /// The name.
        name: String,
        /// The Region in which it would be made, where that is known.
        region: Option<Region>,
    },
}

fn no_key(region: Option<Region>) -> String {
    match region {
        Some(region) => format!("none of the keys that are named is in {region}, where it would be made"),
        None => "keys of several Regions are named: in one of them it would be made".to_owned(),
    }
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
            Self::OtherName | Self::NoKeyInPrimaryRegion { .. } => ErrorCode::InvalidParameterException,
            Self::NothingToAllow => ErrorCode::InvalidRequestException,
        }
    }
}
