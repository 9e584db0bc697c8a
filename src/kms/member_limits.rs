//! Lengths and ranges of members, as AWS's service model has them.

use std::{fmt::Display, ops::RangeInclusive};

use crate::error::{Error, Result};

/// Most that Encrypt takes, in bytes.
pub(super) const PLAINTEXT_LIMIT: usize = 4096;
/// Most that Decrypt takes, in bytes.
pub(super) const CIPHERTEXT_LIMIT: usize = 6144;

/// Refuses what is empty, and what is longer.
pub(super) fn check_length(parameter: &str, length: usize, limit: usize) -> Result<()> {
    match length {
        0 => Err(Error::validation(parameter, "Member must have length greater than or equal to 1")),
        _ if length > limit => Err(Error::validation(parameter, &format!("Member must have length less than or equal to {limit}"))),
        _ => Ok(()),
    }
}

/// Refuses a number that is outside the range.
pub(super) fn check_range<N: Display + PartialOrd>(parameter: &str, value: &N, range: &RangeInclusive<N>) -> Result<()> {
    if range.contains(value) {
        return Ok(());
    }
    let bound = if value < range.start() {
        format!("greater than or equal to {}", range.start())
    } else {
        format!("less than or equal to {}", range.end())
    };
    Err(Error::validation_of(parameter, &value.to_string(), &format!("Member must have value {bound}")))
}
