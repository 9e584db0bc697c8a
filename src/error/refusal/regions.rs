//! What is wrong with each of several Regions.

use std::fmt;

use super::{Cause, ErrorCode};
use crate::error::SetupError;

/// Regions of one command that cannot be served, all told at once. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionsRefusal {
    /// One or more.
    pub problems: Vec<RegionProblem>,
}

/// A Region that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionProblem {
    /// The Region's name as it was given.
    pub place: String,
    /// Why.
    pub cause: Cause,
}

impl RegionProblem {
    /// The service's name for it; what AWS KMS did not answer has none there.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match &self.cause {
            Cause::NoAnswer(_) | Cause::Setup(SetupError::NoCredentials(_)) => ErrorCode::EncryptionFailure,
            cause => cause.code().unwrap_or(ErrorCode::InvalidParameterException),
        }
    }

    /// The fact, without the place.
    fn fact(&self) -> String {
        match &self.cause {
            Cause::Aws(refusal) => refusal.in_place(&self.place),
            cause => cause.fact(),
        }
    }

    /// What a vault keeps of it. What AWS KMS refused has AWS's name in front; what is wrong with the request itself has none in AWS's own
    /// status messages.
    #[must_use]
    pub fn status_message(&self) -> String {
        match (self.code(), self.fact()) {
            (ErrorCode::InvalidParameterException, fact) => fact,
            (code, fact) if fact.is_empty() => code.to_string(),
            (code, fact) => format!("{code}: {fact}"),
        }
    }
}

impl RegionsRefusal {
    /// The name of the first problem.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.problems.first().map_or(ErrorCode::InvalidParameterException, |problem| problem.code())
    }

    /// Displays the problems where it goes without saying that nothing was written.
    #[must_use]
    pub fn list(&self) -> String {
        self.told("", ":")
    }

    fn told(&self, after_one: &str, after_count: &str) -> String {
        match self.problems.as_slice() {
            // The code is said with it.
            [problem] => format!("{}: {}{after_one}", problem.place.escape_debug(), problem.fact()),
            problems => {
                let line = |problem: &RegionProblem| format!("{}: {}", problem.place.escape_debug(), problem.status_message());
                let lines: Vec<_> = problems.iter().map(line).collect();
                format!("{} Regions have problems{after_count}\n  {}", lines.len(), lines.join("\n  "))
            }
        }
    }
}

impl fmt::Display for RegionsRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(" (nothing was written)", ", and nothing was written:"))
    }
}

impl std::error::Error for RegionsRefusal {}
