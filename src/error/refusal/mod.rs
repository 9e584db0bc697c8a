//! Refusals that AWS has a name for: one enum for each kind, whose variants hold what they are about.
//!
//! What a variant displays is the fact alone, in AWS's words where AWS has them: it stands in answers, in lists and in what a vault keeps.
//! Ways out belong to the command line.

mod aws;
mod request;

use std::fmt;

pub use aws::AwsRefusal;
pub use request::{Constraint, RequestRefusal, Violation};

use super::{Error, ErrorCode};

/// A refusal of one kind or another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// What AWS itself answered, or another implementation of its services.
    Aws(AwsRefusal),
    /// The request is not one that can be done, whatever it is about.
    Request(RequestRefusal),
    /// A refusal by its name and text.
    Told {
        /// The service's name for it.
        code: ErrorCode,
        /// What happened, naming the thing; may be empty where AWS's is.
        message: String,
    },
}

impl Refusal {
    /// A refusal by its name and text.
    pub(crate) fn told(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Told { code, message: message.into() }
    }

    /// The service's name for it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Aws(refusal) => refusal.code(),
            Self::Request(refusal) => refusal.code(),
            Self::Told { code, .. } => *code,
        }
    }

    /// The name and the fact, for where nothing else says the name.
    #[must_use]
    pub const fn with_code(&self) -> WithCode<'_> {
        WithCode(self)
    }
}

/// Displays the fact alone.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws(refusal) => refusal.fmt(f),
            Self::Request(refusal) => refusal.fmt(f),
            Self::Told { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for Refusal {}

/// Displays a refusal's name before the fact.
#[derive(Debug, Clone, Copy)]
pub struct WithCode<'a>(&'a Refusal);

impl fmt::Display for WithCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, fact) = (self.0.code(), self.0.to_string());
        if fact.is_empty() { write!(f, "{code}") } else { write!(f, "{code}: {fact}") }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Service(Box::new(refusal))
    }
}

macro_rules! kinds {
    ($($variant:ident($kind:ty)),* $(,)?) => {
        $(
            impl From<$kind> for Refusal {
                fn from(refusal: $kind) -> Self {
                    Self::$variant(refusal)
                }
            }

            impl From<$kind> for Error {
                fn from(refusal: $kind) -> Self {
                    Refusal::from(refusal).into()
                }
            }
        )*
    };
}

kinds! { Aws(AwsRefusal), Request(RequestRefusal) }
