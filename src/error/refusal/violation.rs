//! What of a request breaks the service's model, as data: where, by what value, and which constraint.

use std::{borrow::Cow, fmt};

/// Where a value stands in a request: the members on the way to it, and the places in lists. Displays as the service writes it, for instance
/// `tags.1.member.tagKey`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberPath(Vec<PathStep>);

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// A member of a structure, by AWS's name, or a key of a map.
    Member(Cow<'static, str>),
    /// An item of a list, counted from 0.
    Item(usize),
}

impl MemberPath {
    /// A member of this one.
    #[must_use]
    pub fn member(&self, name: impl Into<Cow<'static, str>>) -> Self {
        self.with(PathStep::Member(name.into()))
    }

    /// An item of this one, counted from 0.
    #[must_use]
    pub fn item(&self, at: usize) -> Self {
        self.with(PathStep::Item(at))
    }

    fn with(&self, step: PathStep) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The way from the request.
    #[must_use]
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }
}

/// A member of the request itself.
impl From<&str> for MemberPath {
    fn from(name: &str) -> Self {
        Self::default().member(name.to_owned())
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            match step {
                PathStep::Member(name) => {
                    let mut characters = name.chars();
                    characters.next().map_or(Ok(()), |first| write!(f, "{}", first.to_lowercase()))?;
                    write!(f, "{}", characters.as_str().escape_debug())?;
                }
                PathStep::Item(at) => write!(f, "{}.member", at.saturating_add(1))?,
            }
        }
        Ok(())
    }
}

/// A member that breaks a constraint of the service's model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where it stands.
    pub path: MemberPath,
    /// What stands there, as far as it may be told.
    pub value: ViolatingValue,
    /// What it breaks.
    pub broken: Constraint,
}

impl Violation {
    /// A violation by a value that is not repeated.
    pub fn new(path: impl Into<MemberPath>, broken: Constraint) -> Self {
        Self { path: path.into(), value: ViolatingValue::Untold, broken }
    }

    /// A violation by this value, which is short and no secret.
    pub fn by(path: impl Into<MemberPath>, value: impl Into<String>, broken: Constraint) -> Self {
        Self { path: path.into(), value: ViolatingValue::Text(value.into()), broken }
    }

    /// A violation by a value that is not there.
    pub fn missing(path: impl Into<MemberPath>, broken: Constraint) -> Self {
        Self { path: path.into(), value: ViolatingValue::Absent, broken }
    }
}

/// As AWS prints it.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, value, broken } = self;
        f.write_str("Value")?;
        match value {
            ViolatingValue::Text(value) => write!(f, " '{}'", value.escape_debug())?,
            ViolatingValue::Absent => f.write_str(" null")?,
            ViolatingValue::Untold | ViolatingValue::Length(_) | ViolatingValue::Bytes(_) | ViolatingValue::Json(_) => {}
        }
        write!(f, " at '{path}' failed to satisfy constraint: {broken}")
    }
}

/// The value that breaks a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolatingValue {
    /// Nothing.
    Absent,
    /// Short and no secret; a number as it is written.
    Text(String),
    /// A list of so many entries, or a text of so many characters that is long or a secret.
    Length(usize),
    /// So many bytes.
    Bytes(usize),
    /// JSON of another type.
    Json(MistypedJson),
    /// Something that may not be told.
    Untold,
}

/// A value of JSON that stands where another type belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MistypedJson {
    pub(crate) kind: JsonKind,
    /// Unless it may be a secret.
    pub(crate) shown: Option<serde_json::Value>,
}

/// The types of JSON, numbers apart by whether they are whole.
#[cfg_attr(not(any(feature = "cli", feature = "kms-endpoint")), expect(dead_code, reason = "only these read JSON of others"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonKind {
    Null,
    Boolean,
    Integer,
    Decimal,
    Text,
    List,
    Object,
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
    /// A member that the model requires.
    #[error("Member must not be null")]
    Required,
    /// A member that the service demands though its model does not.
    #[error("Member must not be null")]
    NotNull,
    /// The members that there are.
    #[error("Member must be one of: {}", .0.join(", "))]
    Known(Vec<&'static str>),
    /// The member's type.
    #[error("Member must be of type {0}")]
    Type(MemberType),
    /// Bytes, as JSON has them.
    #[error("Member must be base64")]
    Base64,
    /// A Region that exists.
    #[error("Member must be a Region of AWS")]
    Region,
}

/// The types of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MemberType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Bytes.
    Blob,
    /// Values by names of the caller's.
    Map,
    /// Values in an order.
    List,
    /// Members.
    Structure,
    /// A point in time.
    Timestamp,
}

impl fmt::Display for MemberType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "String",
            Self::Integer => "Integer",
            Self::Boolean => "Boolean",
            Self::Blob => "Blob",
            Self::Map => "Map",
            Self::List => "List",
            Self::Structure => "Structure",
            Self::Timestamp => "Timestamp",
        })
    }
}
