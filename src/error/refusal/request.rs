//! What is wrong with a request, whatever it is about.

use std::fmt;

use super::ErrorCode;

/// A request that cannot be done as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestRefusal {
    /// Members that break constraints of the service's model.
    #[error("{}", validation_errors(.0))]
    Invalid(Vec<Violation>),
}

impl RequestRefusal {
    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) => ErrorCode::ValidationException,
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

/// A member that breaks a constraint of the service's model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The member's path, as the service writes it, for instance `tags.member.key`.
    pub path: String,
    /// The value, where it is short and no secret.
    pub shown: Option<String>,
    /// What it breaks.
    pub broken: Constraint,
}

impl Violation {
    /// A violation by a value that is not repeated.
    pub fn new(path: impl Into<String>, broken: Constraint) -> Self {
        Self { path: path.into(), shown: None, broken }
    }

    /// A violation by this value, which is short and no secret.
    pub fn by(path: impl Into<String>, value: impl Into<String>, broken: Constraint) -> Self {
        Self { path: path.into(), shown: Some(value.into()), broken }
    }
}

/// As AWS prints it.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, shown, broken } = self;
        f.write_str("Value")?;
        match shown {
            Some(value) => write!(f, " '{}'", value.escape_debug())?,
            None if *broken == Constraint::NotNull => f.write_str(" null")?,
            None => {}
        }
        write!(f, " at '{path}' failed to satisfy constraint: {broken}")
    }
}

/// A constraint of the service's model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Constraint {
    /// Characters, bytes or entries, at least.
    #[error("Member must have length greater than or equal to {0}")]
    LeastLength(usize),
    /// Characters, bytes or entries, at most.
    #[error("Member must have length less than or equal to {0}")]
    MostLength(usize),
    /// The smallest number.
    #[error("Member must have value greater than or equal to {0}")]
    LeastValue(i64),
    /// The largest number.
    #[error("Member must have value less than or equal to {0}")]
    MostValue(i64),
    /// A regular expression, as the service writes it.
    #[error("Member must satisfy regular expression pattern: {0}")]
    Pattern(&'static str),
    /// The values that there are.
    #[error("Member must satisfy enum value set: [{}]", .0.join(", "))]
    OneOf(Vec<&'static str>),
    /// A member that is required.
    #[error("Member must not be null")]
    NotNull,
    /// A Region that exists.
    #[error("Member must be a Region of AWS")]
    Region,
}
