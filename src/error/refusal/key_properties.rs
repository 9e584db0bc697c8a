//! What belongs to a KMS key: aliases, tags, policy.

use super::ErrorCode;
use crate::arn::{AliasArn, KeyArn};

/// An alias, a tag or a policy of a key that cannot be as asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyPropertyRefusal {
    /// An alias of this name is there.
    #[error("An alias with the name {0} already exists")]
    AliasExists(AliasArn),
    /// An alias that belongs to AWS, for which AWS has no message.
    #[error("")]
    AliasOfAws,
    /// An alias for an alias.
    #[error("Aliases must refer to keys. Not aliases")]
    AliasOfAlias,
    /// A name that does not begin as all names of aliases do.
    #[error("Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")]
    AliasPrefix,
    /// A name that is no more than its beginning.
    #[error("Invalid identifier")]
    NotAnAlias,
    /// A name with characters that an alias has not.
    #[error("{0} contains invalid characters for an alias")]
    AliasCharacters(String),
    /// An alias that names a key of another kind.
    #[error(
        "{alias} names a key of the key spec {current}, and stays with keys of its type and usage; {key} has the key spec {new}. Delete the alias and create it again"
    )]
    AliasOfOtherKind {
        /// The alias.
        alias: String,
        /// The spec of its key.
        current: &'static str,
        /// The other key.
        key: KeyArn,
        /// The spec of that key.
        new: &'static str,
    },
    /// More aliases than a key can have.
    #[error("{key} would have {count} aliases, and {limit} are the most that a key can have")]
    TooManyAliases {
        /// The key.
        key: KeyArn,
        /// How many it would have.
        count: usize,
        /// How many it can have.
        limit: usize,
    },
    /// The same tag key twice.
    #[error("Duplicate tag keys")]
    TagTwice,
    /// More tags than a key can have.
    #[error("Too many tags")]
    TooManyTags,
    /// A tag key that belongs to AWS.
    #[error("Tags beginning with aws: are reserved")]
    TagOfAws,
    /// A policy of another name than the only one.
    #[error("No such policy exists; the only policy of a key is named 'default'")]
    NoSuchPolicy,
    /// More than a key policy can hold.
    #[error("The key policy has {length} bytes, more than {limit}")]
    PolicyTooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
}

impl KeyPropertyRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::AliasExists(_) => ErrorCode::AlreadyExistsException,
            Self::AliasOfAws => ErrorCode::NotAuthorizedException,
            Self::AliasOfAlias | Self::AliasPrefix | Self::NotAnAlias | Self::AliasCharacters(_) | Self::AliasOfOtherKind { .. } => {
                ErrorCode::ValidationException
            }
            Self::TooManyAliases { .. } | Self::PolicyTooLong { .. } => ErrorCode::LimitExceededException,
            Self::TagTwice | Self::TooManyTags | Self::TagOfAws => ErrorCode::TagException,
            Self::NoSuchPolicy => ErrorCode::NotFoundException,
        }
    }
}
