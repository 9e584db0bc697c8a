//! What is wrong with a request, whatever it is about.

use super::{ErrorCode, violation::Violation};
use crate::{error::SetupError, region::Region};

/// A request that cannot be done as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestRefusal {
    /// Members that break constraints of the service's model.
    #[error("{}", validation_errors(.0))]
    Invalid(Vec<Violation>),
    /// An encryption context over the limit of the message format.
    #[error("The encryption context at '{0}' is larger than 65535 bytes")]
    ContextTooLong(String),
    /// No length for random bytes.
    #[error("NumberOfBytes is required.")]
    SizeMissing,
    /// Both or none of two members that say how long a data key is to be.
    #[error("Please specify either number of bytes or key spec.")]
    SizeOrSpec,
    /// Two names for one member, with two values.
    #[error("KeySpec and CustomerMasterKeySpec are the same parameter, and they differ")]
    SpecsDiffer,
    /// A key pair without a usage.
    #[error("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")]
    UsageMissing,
    /// A usage that keys of the spec cannot have.
    #[error("KeyUsage {usage} is not compatible with KeySpec {spec}")]
    UsageNotOfSpec {
        /// The usage.
        usage: &'static str,
        /// The spec.
        spec: &'static str,
    },
    /// A marker of another list.
    #[error("The token does not belong to this list, or to another order of it; list from the start")]
    Marker,
    /// A token of another list.
    #[error("The token does not belong to this list, or to another order of it; list from the start")]
    NextToken,
    /// A text that is no policy; says where, never what stands there.
    #[error("{0}")]
    MalformedPolicy(String),
    /// A key spec or key usage of keys that wrap nothing.
    #[error("keys with the {what} {name} cannot wrap a data key, and coldseal has none; it has {}", .known.join(", "))]
    OtherKindOfKeys {
        /// `key spec` or `key usage`.
        what: &'static str,
        /// AWS's name for it.
        name: String,
        /// Those that there are.
        known: Vec<&'static str>,
    },
    /// An algorithm of keys that exist in China only.
    #[error("{name} is for SM2 keys, and coldseal has none; it has {}", .known.join(", "))]
    Sm2Algorithm {
        /// AWS's name for it.
        name: String,
        /// Those that there are.
        known: Vec<&'static str>,
    },
    /// A member that means nothing to the embedded KMS.
    #[error("The embedded KMS does not support {0}")]
    Member(&'static str),
    /// Key material from elsewhere.
    #[error("The embedded KMS has no keys of the origin {origin}, only of {own}")]
    Origin {
        /// The origin asked for.
        origin: String,
        /// The only one that there is.
        own: &'static str,
    },
    /// Material that was never rotated.
    #[error("The embedded KMS lists rotations only, not {0}")]
    RotationsOnly(String),
    /// A body that is not the JSON of the operation.
    #[error("{0}")]
    Serialization(String),
    /// Something that no operation is asked for with; the text says how one is.
    #[error("{0}")]
    Route(&'static str),
    /// No operation of this name.
    #[error("The embedded KMS has no operation '{}'", .0.escape_debug())]
    UnknownOperation(String),
    /// No operation of this name in AWS Secrets Manager.
    #[error("coldseal has no operation '{}' of Secrets Manager", .0.escape_debug())]
    UnknownSecretsOperation(String),
    /// A request of an SDK has a token, which becomes the id of the version.
    #[error("You must provide a ClientRequestToken value. We recommend a UUID-type value.")]
    NoToken,
    /// A change where only reading is allowed.
    #[error("{service}:{operation} changes something, and this endpoint is served for reading only")]
    ReadingOnly {
        /// The service, as policies have it.
        service: &'static str,
        /// The operation.
        operation: &'static str,
    },
    /// A change in a Region that is not among those served.
    #[error("{service}:{operation} changes something, and {region} is not among the Regions that are served here")]
    RegionNotServed {
        /// The service, as policies have it.
        service: &'static str,
        /// The operation.
        operation: &'static str,
        /// The Region.
        region: Region,
    },
    /// A Region that the account has not opted into.
    #[error("The Region {0} is not enabled")]
    NotOptedIn(Region),
    /// A Region for a replica that the account has not opted into.
    #[error("The Region {0} is not enabled")]
    ReplicaNotOptedIn(Region),
    /// All that was asked for is whether it would be done.
    #[error("The request would have succeeded, but the DryRun option is set.")]
    DryRun,
    /// Something that has to be there first is not, as an answer tells it.
    #[error("{0}")]
    State(SetupError),
    /// Nothing that the caller can do anything about.
    #[error("{0}")]
    Unavailable(&'static str),
    /// The same, as Secrets Manager has it.
    #[error("{0}")]
    InternalService(&'static str),
}

impl RequestRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_)
            | Self::ContextTooLong(_)
            | Self::SizeMissing
            | Self::SizeOrSpec
            | Self::SpecsDiffer
            | Self::UsageMissing
            | Self::UsageNotOfSpec { .. } => ErrorCode::ValidationException,
            Self::Marker => ErrorCode::InvalidMarkerException,
            Self::NextToken => ErrorCode::InvalidNextTokenException,
            Self::MalformedPolicy(_) => ErrorCode::MalformedPolicyDocumentException,
            Self::OtherKindOfKeys { .. }
            | Self::Sm2Algorithm { .. }
            | Self::Member(_)
            | Self::Origin { .. }
            | Self::RotationsOnly(_)
            | Self::ReplicaNotOptedIn(_) => ErrorCode::UnsupportedOperationException,
            Self::Serialization(_) => ErrorCode::SerializationException,
            Self::UnknownOperation(_) | Self::UnknownSecretsOperation(_) | Self::Route(_) => ErrorCode::UnknownOperationException,
            Self::NoToken => ErrorCode::InvalidRequestException,
            Self::ReadingOnly { .. } | Self::RegionNotServed { .. } => ErrorCode::AccessDeniedException,
            Self::NotOptedIn(_) => ErrorCode::UnrecognizedClientException,
            Self::DryRun => ErrorCode::DryRunOperationException,
            Self::State(_) => ErrorCode::KMSInvalidStateException,
            Self::Unavailable(_) => ErrorCode::KMSInternalException,
            Self::InternalService(_) => ErrorCode::InternalServiceError,
        }
    }
}

impl From<Violation> for RequestRefusal {
    fn from(violation: Violation) -> Self {
        Self::Invalid(vec![violation])
    }
}

fn validation_errors(violations: &[Violation]) -> String {
    let what = if violations.len() == 1 { "error" } else { "errors" };
    let list: Vec<_> = violations.iter().map(Violation::to_string).collect();
    format!("{} validation {what} detected: {}", violations.len(), list.join("; "))
}
