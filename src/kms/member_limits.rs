//! Lengths and ranges of members, as AWS's service model has them.

use std::{fmt::Display, ops::RangeInclusive};

use crate::error::{Constraint, Result, Violation};

/// Most that Encrypt takes, in bytes.
pub(super) const PLAINTEXT_LIMIT: usize = 4096;
/// Most that Decrypt takes, in bytes.
pub(super) const CIPHERTEXT_LIMIT: usize = 6144;

/// Refuses what is empty, and what is longer.
pub(super) fn check_length(parameter: &str, length: usize, limit: usize) -> Result<()> {
    match length {
        0 => Err(Violation::new(parameter, Constraint::LeastLength(1)).into()),
        _ if length > limit => Err(Violation::new(parameter, Constraint::MostLength(limit)).into()),
        _ => Ok(()),
    }
}

/// Refuses a number that is outside the range.
pub(super) fn check_range<N>(parameter: &str, value: &N, range: &RangeInclusive<N>) -> Result<()>
where
    N: Copy + Display + PartialOrd + TryInto<i64>,
{
    if range.contains(value) {
        return Ok(());
    }
    let bound = |bound: &N| (*bound).try_into().unwrap_or(i64::MAX);
    let broken =
        if value < range.start() { Constraint::LeastValue(bound(range.start())) } else { Constraint::MostValue(bound(range.end())) };
    Err(Violation::by(parameter, value.to_string(), broken).into())
}
