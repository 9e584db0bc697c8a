//! Nothing is removed for good under a clock that is doubted, unless somebody says that it is right.

use super::{failure::Outcome, usage::UsageError};
use crate::kms::ClockDoubt;

/// Refuses a removal under a doubted clock; `flag` is what says that it is right.
///
/// # Errors
/// Exit code 252, where there is a doubt.
pub(crate) fn require_believed(doubt: Option<ClockDoubt>, flag: &str) -> Outcome {
    doubt.map_or(Ok(()), |doubt| {
        let refused = UsageError::new(format!("{doubt}; nothing was removed"));
        Err(refused.with_hint(format!("set the clock, or repeat the command with {flag}")).into())
    })
}
