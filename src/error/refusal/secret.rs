//! Secrets: their names, values, versions and metadata.

use std::fmt;

use super::{ErrorCode, bundle::BundleRefusal, password::PasswordRefusal, region_names::region_names, rotation::RotationRefusal};
use crate::{arn::SecretArn, region::Region, timestamp::Timestamp};

/// A secret that is not there, is another one, or cannot be as asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretRefusal {
    /// No secret of this name or ARN.
    #[error("Secrets Manager can't find the specified secret.")]
    NotFound,
    /// A secret that is in other Regions.
    #[error("Secrets Manager can't find the specified secret. It is not in {region}, but in {}.", region_names(.others))]
    Elsewhere {
        /// The Region asked for.
        region: Region,
        /// The Regions that it is in.
        others: Vec<Region>,
    },
    /// A secret whose replica in the Region asked for failed.
    #[error(
        "Secrets Manager can't find the specified secret. Its replica in {region} failed ({}); it is in {}.",
        .message.escape_debug(),
        region_names(.others)
    )]
    ReplicaFailed {
        /// The Region asked for.
        region: Region,
        /// Why it failed, as it is on record.
        message: String,
        /// The Regions that it is in.
        others: Vec<Region>,
    },
    /// No version with this id.
    #[error("Secrets Manager can't find the specified secret value for VersionId: {}", .0.escape_debug())]
    NoVersion(String),
    /// No version with this staging label.
    #[error("Secrets Manager can't find the specified secret value for staging label: {}", .0.escape_debug())]
    NoStage(String),
    /// The version has not the staging label.
    #[error("You provided a VersionStage that is not associated to the provided VersionId.")]
    StageOfOtherVersion,
    /// Names and filters, or neither, for several values.
    #[error("Either 'SecretIdList' or 'Filters' must be provided, but not both.")]
    ListOrFilters,
    /// A size for pages of a list that has none.
    #[error("'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.")]
    MaxResultsWithoutFilters,
    /// Another version is in use than the one that a new value was made from.
    #[error("The secret has another value by now than the one that the new value was made from.")]
    Overtaken,
    /// A text that begins like an ARN and is none of a secret.
    #[error("'{}' is not the ARN of a secret", .0.escape_debug())]
    NotAnArn(String),
    /// An ARN of another Region than the one asked for.
    #[error("the ARN names the Region {named}, and the Region asked for is {asked}")]
    ArnOfOtherRegion {
        /// The Region of the ARN.
        named: Region,
        /// The Region asked for.
        asked: Region,
    },
    /// A name that several secrets have.
    #[error("'{}' is a secret of its own in several Regions: {}", .name.escape_debug(), region_names(.regions))]
    InSeveralRegions {
        /// The name.
        name: String,
        /// The Regions.
        regions: Vec<Region>,
    },
    /// What is done in the primary Region only.
    #[error("Operation not permitted on a replica secret. Call must be made in primary secret's region.")]
    OnReplica,
    /// What is done in a replica's Region only.
    #[error(
        "Operation not permitted on a primary secret. Call must be made in replica secret's region. {region} is its primary Region; its replica regions: [{}].",
        region_names(.replicas)
    )]
    NotAReplica {
        /// The Region asked for.
        region: Region,
        /// The Regions of its replicas in sync.
        replicas: Vec<Region>,
    },
    /// A replica that failed later and has versions of before alone, and was to become a secret of its own.
    #[error("You can't promote the replica in {region}: it failed ({}), and has not what the primary has.", .message.escape_debug())]
    ReplicaBehind {
        /// The replica's Region.
        region: Region,
        /// Why it failed, as it is on record.
        message: String,
    },
    /// Another keystore made the value on record, and what is bound to the ARN of the primary is to be made anew.
    #[error(
        "nothing here tells whether the replica's value is the one on record, as another keystore made that, and a secret of its own needs a record of it: VersionId {}",
        .0.escape_debug()
    )]
    NotVouchedFor(String),
    /// It is marked for deletion.
    #[error("You can't perform this operation on the secret because it was marked for deletion.")]
    MarkedForDeletion {
        /// Until then it can be restored.
        deletion_date: Timestamp,
    },
    /// A secret of this name is marked for deletion, and not removed yet.
    #[error("You can't create this secret because a secret with this name is already scheduled for deletion.")]
    NameMarkedForDeletion {
        /// Until then it can be restored.
        deletion_date: Timestamp,
        /// That has passed: it waits to be removed.
        is_due: bool,
    },
    /// Replicas, which have to go before their primary secret.
    #[error("You can't delete secret {secret} that still has replica regions [{}].", region_names(.replicas))]
    StillReplicated {
        /// The secret.
        secret: SecretArn,
        /// Its replicas' Regions.
        replicas: Vec<Region>,
    },
    /// A recovery window that the service does not take.
    #[error("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")]
    RecoveryWindow(i64),
    /// A recovery window, and none.
    #[error("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")]
    RecoveryAndForce,
    /// A secret of this name is there.
    #[error("The operation failed because the secret {} already exists.", .0.escape_debug())]
    Exists(String),
    /// The token was used for another value.
    #[error("You can't use ClientRequestToken {} because that value is already in use for a version of secret {secret}.", .token.escape_debug())]
    TokenInUse {
        /// The token.
        token: String,
        /// The secret.
        secret: SecretArn,
    },
    /// The secret is there, and is not the one that was asked for.
    #[error(
        "The operation failed because the secret {} already exists, and differs in: {}. It stays as it is",
        .name.escape_debug(),
        .differences.iter().map(SecretDifference::to_string).collect::<Vec<_>>().join(", ")
    )]
    Differs {
        /// The name.
        name: String,
        /// How it differs.
        differences: Vec<SecretDifference>,
    },
    /// The secret is there, and an update does not make it what was asked for.
    #[error(
        "The operation failed because the secret {} already exists, and differs in what an update does not change: {}. It stays as it is",
        .name.escape_debug(),
        .differences.iter().map(SecretDifference::to_string).collect::<Vec<_>>().join(", ")
    )]
    NotUpdated {
        /// The name.
        name: String,
        /// How it differs, as far as that stands in the way.
        differences: Vec<SecretDifference>,
    },
    /// Another keystore made the value on record, and its bundle does not open here.
    #[error("the value on record was made with another keystore and cannot be compared here: {}: {bundle}", .0.code(), bundle = .0)]
    NotComparable(Box<BundleRefusal>),
    /// Another keystore made the value on record, and it cannot be read here.
    #[error("the value on record was made with another keystore and cannot be compared here: {0}")]
    NotReadable(String),
    /// A version that a label was to be moved to or removed from.
    #[error("Not a valid version: {}", .0.escape_debug())]
    NoSuchVersion(String),
    /// A label is to be moved or removed, and no version is named.
    #[error("name the version that the staging label is to be moved to, or removed from")]
    NoVersionNamed,
    /// A label that another version has.
    #[error(
        "The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently attached to version {version}, so you must explicitly reference that version in RemoveFromVersionId.",
        label = .label.escape_debug(), version = .version_id.escape_debug()
    )]
    StageOnOtherVersion {
        /// The label.
        label: String,
        /// The version that has it.
        version_id: String,
    },
    /// A label that is to be removed from a version which has not got it.
    #[error(
        "The staging label {label} is not attached to version {version}{}", holder_of_stage(.holder.as_deref()),
        label = .label.escape_debug(), version = .version_id.escape_debug()
    )]
    StageNotOnVersion {
        /// The label.
        label: String,
        /// The version that was named.
        version_id: String,
        /// The version that has it.
        holder: Option<String>,
    },
    /// `AWSCURRENT` is to be removed.
    #[error("You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.")]
    CurrentNotRemoved,
    /// More staging labels than a secret can have.
    #[error("the versions of the secret would have {count} staging labels; a secret has at most {limit}")]
    TooManyLabels {
        /// How many it would have.
        count: usize,
        /// How many it can have.
        limit: usize,
    },
    /// No value where there has to be one.
    #[error("You must provide either SecretString or SecretBinary.")]
    NoValue,
    /// A name that is too long, or none.
    #[error("Name: a secret's name has 1 to 512 characters, this one {0}")]
    NameLength(usize),
    /// A name that could not be found by.
    #[error("Name: '{}' could not be found by: a name does not begin with 'arn:' and has no control characters", .0.escape_debug())]
    NameForm(String),
    /// A name that another entry of a batch has.
    #[error("the name {} is that of {} too", .name.escape_debug(), .first.map_or_else(|| "another entry".to_owned(), |first| format!("entry {first}")))]
    NameTwice {
        /// The name.
        name: String,
        /// The number of the other entry, where it is known.
        first: Option<u64>,
    },
    /// A token of another length.
    #[error("ClientRequestToken: a token has 32 to 64 characters, this one {0}")]
    TokenLength(usize),
    /// A description over the limit.
    #[error("Description: at most 2048 characters")]
    DescriptionLength,
    /// A tag key that belongs to AWS.
    #[error("tag {}: keys that begin with aws: are reserved", .0.escape_debug())]
    TagOfAws(String),
    /// The same tag key twice.
    #[error("tag {} is given twice", .0.escape_debug())]
    TagTwice(String),
    /// More tags than a secret can have.
    #[error("{count} tags, a secret has at most {limit}")]
    TooManyTags {
        /// How many it would have.
        count: usize,
        /// How many it can have.
        limit: usize,
    },
    /// No value.
    #[error("a secret value needs at least 1 byte")]
    EmptyValue,
    /// More than a secret holds.
    #[error("the secret value has {length} bytes; a secret holds at most {limit}")]
    ValueTooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A string value that is no text.
    #[error("a SecretString must be UTF-8")]
    ValueNotUtf8,
    /// A password that cannot be drawn, or a value that cannot be made of it.
    #[error(transparent)]
    Password(PasswordRefusal),
    /// Rotation rules that Secrets Manager does not take, or a rotation that cannot be done here.
    #[error("{0}")]
    Rotation(RotationRefusal),
    /// A key for no Region.
    #[error("a key belongs to one Region: name the Region too")]
    KeyWithoutRegion,
    /// A secret out of sight, which is not to be made or changed.
    #[error("This secret is not among those that are served here, so it is neither made nor changed")]
    NotServed,
    /// Text and bytes.
    #[error("You can't specify both a binary secret value and a string secret value in the same secret.")]
    TwoValues,
    /// A suite for some bundles of a version only.
    #[error("The bundles of a version are all signed or none is: change that in all Regions at once, without naming a Region or a key.")]
    SignedInPart,
}

fn holder_of_stage(holder: Option<&str>) -> String {
    holder.map_or_else(|| ", nor to any other".to_owned(), |holder| format!(", but to version {}", holder.escape_debug()))
}

/// A member of a request by which the secret on record differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretDifference {
    /// `Description`.
    Description,
    /// `Tags`.
    Tags,
    /// The pairs that are bound to each bundle.
    EncryptionContext,
    /// `ResourcePolicy`.
    ResourcePolicy,
    /// `RotationRules`.
    RotationRules,
    /// Whether all Regions have one data key.
    DataKeyScope,
    /// The primary Region's key.
    KmsKeyId,
    /// The Regions of the replicas.
    ReplicaRegions,
    /// A replica's key.
    ReplicaKmsKeyId,
    /// Keys that every bundle opens with.
    RecoveryKeys,
    /// Whether bundles are signed.
    Signature,
    /// The value.
    Value,
}

impl fmt::Display for SecretDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Description => "Description",
            Self::Tags => "Tags",
            Self::EncryptionContext => "EncryptionContext",
            Self::ResourcePolicy => "ResourcePolicy",
            Self::RotationRules => "RotationRules",
            Self::DataKeyScope => "DataKeyScope",
            Self::KmsKeyId => "KmsKeyId",
            Self::ReplicaRegions => "AddReplicaRegions",
            Self::ReplicaKmsKeyId => "AddReplicaRegions KmsKeyId",
            Self::RecoveryKeys => "recovery keys",
            Self::Signature => "signature",
            Self::Value => "value",
        })
    }
}

impl SecretRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound | Self::Elsewhere { .. } | Self::ReplicaFailed { .. } | Self::NoVersion(_) | Self::NoStage(_) => {
                ErrorCode::ResourceNotFoundException
            }
            Self::Overtaken
            | Self::StageOfOtherVersion
            | Self::InSeveralRegions { .. }
            | Self::MarkedForDeletion { .. }
            | Self::NameMarkedForDeletion { .. }
            | Self::NotComparable(_)
            | Self::NotReadable(_)
            | Self::NotVouchedFor(_)
            | Self::ReplicaBehind { .. }
            | Self::NoValue => ErrorCode::InvalidRequestException,
            Self::TooManyLabels { .. } => ErrorCode::LimitExceededException,
            Self::Exists(_) | Self::TokenInUse { .. } | Self::Differs { .. } | Self::NotUpdated { .. } => {
                ErrorCode::ResourceExistsException
            }
            Self::Rotation(refusal) => refusal.code(),
            Self::NotServed => ErrorCode::AccessDeniedException,
            Self::ListOrFilters
            | Self::MaxResultsWithoutFilters
            | Self::NotAnArn(_)
            | Self::ArnOfOtherRegion { .. }
            | Self::OnReplica
            | Self::NotAReplica { .. }
            | Self::NoSuchVersion(_)
            | Self::NoVersionNamed
            | Self::StageOnOtherVersion { .. }
            | Self::StageNotOnVersion { .. }
            | Self::CurrentNotRemoved
            | Self::StillReplicated { .. }
            | Self::RecoveryWindow(_)
            | Self::RecoveryAndForce
            | Self::NameLength(_)
            | Self::NameForm(_)
            | Self::NameTwice { .. }
            | Self::TokenLength(_)
            | Self::DescriptionLength
            | Self::TagOfAws(_)
            | Self::TagTwice(_)
            | Self::TooManyTags { .. }
            | Self::EmptyValue
            | Self::ValueTooLong { .. }
            | Self::ValueNotUtf8
            | Self::Password(_)
            | Self::KeyWithoutRegion
            | Self::TwoValues
            | Self::SignedInPart => ErrorCode::InvalidParameterException,
        }
    }
}
