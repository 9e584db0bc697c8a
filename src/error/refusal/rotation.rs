//! Rotation of secrets: its rules, and what is on record of one in progress.

use super::ErrorCode;

/// What is wrong with rotation rules, besides what the service's model forbids; or with a rotation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RotationRefusal {
    /// Days and an expression.
    #[error("You cannot specify both rotation frequency and schedule expression together.")]
    BothGiven,
    /// Neither days nor an expression.
    #[error("RotationRules: give AutomaticallyAfterDays or ScheduleExpression")]
    NoneGiven,
    /// A window that would run into the next one, or into the next day.
    #[error("Duration: the rotation window must be 1h to {0}h here, as it must not extend into the next one or the next day")]
    Window(u8),
    /// An expression that is none of Secrets Manager's.
    #[error("ScheduleExpression: {0}")]
    Expression(String),
    /// Nothing that rotates, and no rules to keep.
    #[error("No Lambda rotation function ARN is associated with this secret.")]
    NoFunction,
    /// A member by which AWS would run something.
    #[error("{0}: nothing here runs a function of AWS")]
    NotRunHere(&'static str),
    /// An earlier one has left its version.
    #[error("A previous rotation isn't complete. That rotation will be reattempted.")]
    InProgress {
        /// The version, which has `AWSPENDING`.
        version_id: String,
    },
    /// The labels are not where they were when it began.
    #[error("staging labels have moved since the rotation began: its version {} is not AWSPENDING any more, or another one is AWSCURRENT", .version_id.escape_debug())]
    LabelsMoved {
        /// The rotation's version.
        version_id: String,
    },
}

impl RotationRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NoFunction | Self::InProgress { .. } | Self::LabelsMoved { .. } => ErrorCode::InvalidRequestException,
            Self::BothGiven | Self::NoneGiven | Self::Window(_) | Self::Expression(_) | Self::NotRunHere(_) => {
                ErrorCode::InvalidParameterException
            }
        }
    }
}
