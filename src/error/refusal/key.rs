//! KMS keys, embedded, imported or in AWS, and what names them.

use super::ErrorCode;
use crate::{
    arn::{AliasArn, KeyArn},
    region::Region,
    timestamp::Timestamp,
};

/// A key that is not there, or cannot do what was asked of it in the state that it is in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRefusal {
    /// A text that begins like an ARN and is none of a key.
    #[error("Invalid arn {0}")]
    InvalidArn(String),
    /// A text that no key can have for a name.
    #[error("Invalid keyId '{0}'")]
    InvalidKeyId(String),
    /// An ARN of another Region than the one that the request is for.
    #[error("Invalid arn {0}")]
    OtherRegion(Region),
    /// As [`KeyRefusal::OtherRegion`], where keys of AWS KMS are looked for too.
    #[error("Invalid arn {named}: the key's Region is not {asked}")]
    NotOfRegion {
        /// The Region of the ARN.
        named: Region,
        /// The Region that the key is for.
        asked: Region,
    },
    /// No such key.
    #[error("Key '{0}' does not exist")]
    NotFound(KeyArn),
    /// No such key among those that `embedded:` stands for.
    #[error("Key '{0}' does not exist among the embedded keys")]
    NotEmbedded(KeyArn),
    /// A key that was deleted.
    #[error("Key '{key}' does not exist: its deletion was due on {date}")]
    Deleted {
        /// The key.
        key: KeyArn,
        /// When it was deleted.
        date: Timestamp,
    },
    /// No such alias.
    #[error("Alias {0} is not found.")]
    AliasNotFound(AliasArn),
    /// The key that was set as a Region's default is one that only AWS KMS has.
    #[error("the Region's default key {0} is one in AWS KMS")]
    DefaultInAws(String),
    /// A name that fits an embedded key and an imported public key.
    #[error("{name} is an embedded key and an imported public key in {region}")]
    OfBothKinds {
        /// The name, escaped for display.
        name: String,
        /// The Region.
        region: Region,
    },
    /// A name that fits an embedded key, and another one in AWS KMS.
    #[error("{name} is {here}, an embedded key, and in AWS KMS {there}")]
    EmbeddedAndInAws {
        /// The name, escaped for display.
        name: String,
        /// The embedded key.
        here: KeyArn,
        /// The key in AWS KMS.
        there: KeyArn,
    },
    /// A name that fits an imported public key, and another key in AWS KMS.
    #[error("{name} is {here}, an imported public key, and in AWS KMS {there}")]
    ImportedAndInAws {
        /// The name, escaped for display.
        name: String,
        /// The imported key.
        here: KeyArn,
        /// The key in AWS KMS.
        there: KeyArn,
    },
    /// The default key of Secrets Manager in AWS, which nobody else may use.
    #[error("{0} in AWS is for Secrets Manager itself, and for nobody else")]
    OfSecretsManager(&'static str),
    /// A ciphertext of a key that is not here.
    #[error("The ciphertext was encrypted under the key {key_id}, which is not in {region} here")]
    NotHere {
        /// The id that the ciphertext names.
        key_id: String,
        /// The Region that was asked.
        region: Region,
    },
    /// A key that is disabled.
    #[error("{0} is disabled.")]
    Disabled(KeyArn),
    /// A key whose deletion is scheduled.
    #[error("{0} is pending deletion.")]
    PendingDeletion(KeyArn),
    /// A key whose deletion is not scheduled.
    #[error("{0} is not pending deletion.")]
    NotPendingDeletion(KeyArn),
    /// A key in AWS KMS that is disabled.
    #[error("{0} is disabled")]
    DisabledInAws(KeyArn),
    /// A key in AWS KMS in a state in which it does not wrap.
    #[error("{key} is in the state {state}, in which it wraps nothing")]
    StateInAws {
        /// The key.
        key: KeyArn,
        /// The state, as AWS KMS calls it.
        state: String,
    },
    /// A key that only its service may use and change.
    #[error("kms:{operation} is not allowed on {key}: it is an AWS managed key")]
    AwsManaged {
        /// The key.
        key: KeyArn,
        /// The operation.
        operation: String,
    },
    /// A key that is embedded where an imported public key is needed.
    #[error("{0} is an embedded key")]
    Embedded(KeyArn),
    /// Something that takes more than the public part, which is all that is here.
    #[error("{}{key} is for AWS KMS alone: here is only the key's public part, which was imported", .operation.as_ref().map_or_else(String::new, |operation| format!("{operation} on ")))]
    PublicPartOnly {
        /// The key.
        key: KeyArn,
        /// The operation, where it is not the reading of the key.
        operation: Option<String>,
    },
    /// A multi-Region key that is no primary one.
    #[error("{0} is not a multi-region primary key.")]
    NotPrimary(KeyArn),
    /// The primary key of a multi-Region key, which was to become that.
    #[error("{0} is the primary key already.")]
    PrimaryAlready(KeyArn),
    /// A Region of another partition.
    #[error("{key} cannot be replicated to {replica}, which is in the partition {}", .replica.partition())]
    OtherPartition {
        /// The primary key.
        key: KeyArn,
        /// The Region that it cannot go to.
        replica: Region,
    },
    /// A replica, or another key with its id, is there.
    #[error("{0} already exists.")]
    Exists(KeyArn),
    /// Material was made on demand as often as it can be.
    #[error(
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {0}"
    )]
    OnDemandRotations(KeyArn),
    /// Keys, aliases and defaults of another keystore that are others here.
    #[error("what is to be imported is here already, and not the same; nothing was changed:\n  {}", .0.join("\n  "))]
    NotTheSame(Vec<String>),
}

impl KeyRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidArn(_) => ErrorCode::InvalidArnException,
            Self::InvalidKeyId(_)
            | Self::OtherRegion(_)
            | Self::NotOfRegion { .. }
            | Self::NotFound(_)
            | Self::NotEmbedded(_)
            | Self::Deleted { .. }
            | Self::AliasNotFound(_)
            | Self::DefaultInAws(_) => ErrorCode::NotFoundException,
            Self::OfBothKinds { .. } | Self::EmbeddedAndInAws { .. } | Self::ImportedAndInAws { .. } => ErrorCode::ValidationException,
            Self::OfSecretsManager(_) | Self::NotHere { .. } | Self::AwsManaged { .. } => ErrorCode::AccessDeniedException,
            Self::Disabled(_) | Self::DisabledInAws(_) => ErrorCode::DisabledException,
            Self::PendingDeletion(_) | Self::NotPendingDeletion(_) | Self::StateInAws { .. } => ErrorCode::KMSInvalidStateException,
            Self::Embedded(_)
            | Self::PublicPartOnly { .. }
            | Self::NotPrimary(_)
            | Self::PrimaryAlready(_)
            | Self::OtherPartition { .. } => ErrorCode::UnsupportedOperationException,
            Self::Exists(_) | Self::NotTheSame(_) => ErrorCode::AlreadyExistsException,
            Self::OnDemandRotations(_) => ErrorCode::LimitExceededException,
        }
    }
}
