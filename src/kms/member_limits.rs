//! Lengths and ranges of members, as AWS's service model has them. The table of operations has them from here, for it checks the requests of others;
//! what does the work holds them for callers of every kind.

use std::ops::RangeInclusive;

use crate::error::{Constraint, MemberPath, Result, Violation};

/// What Encrypt takes, in bytes.
pub(crate) const PLAINTEXT_LENGTH: RangeInclusive<usize> = 1..=4096;
/// What Decrypt takes, in bytes.
pub(crate) const CIPHERTEXT_LENGTH: RangeInclusive<usize> = 1..=6144;
/// Of random bytes, and of a data key.
pub(crate) const NUMBER_OF_BYTES: RangeInclusive<i64> = 1..=1024;
/// Days from one rotation to the next.
pub(crate) const ROTATION_PERIOD: RangeInclusive<i64> = 90..=2560;
/// Of a key, in characters.
pub(crate) const DESCRIPTION_LENGTH: RangeInclusive<usize> = 0..=8192;
/// In characters, `alias/` included.
pub(crate) const ALIAS_NAME_LENGTH: RangeInclusive<usize> = 1..=256;
/// In characters.
pub(crate) const TAG_KEY_LENGTH: RangeInclusive<usize> = 1..=128;
/// In characters.
pub(crate) const TAG_VALUE_LENGTH: RangeInclusive<usize> = 0..=256;
/// Of what names a key for a secret; an empty one means the default key.
pub(crate) const KMS_KEY_ID_LENGTH: RangeInclusive<usize> = 0..=2048;

/// Refuses what is shorter or longer.
pub(super) fn check_length(parameter: impl Into<MemberPath>, length: usize, range: &RangeInclusive<usize>) -> Result<()> {
    if range.contains(&length) {
        return Ok(());
    }
    let broken = if length < *range.start() { Constraint::LeastLength(*range.start()) } else { Constraint::MostLength(*range.end()) };
    Err(Violation::new(parameter, broken).into())
}

/// Refuses a number that is outside the range.
pub(crate) fn check_range(parameter: &str, value: impl TryInto<i64>, range: &RangeInclusive<i64>) -> Result<()> {
    let value = value.try_into().unwrap_or(i64::MAX);
    if range.contains(&value) {
        return Ok(());
    }
    let broken = if value < *range.start() { Constraint::LeastValue(*range.start()) } else { Constraint::MostValue(*range.end()) };
    Err(Violation::by(parameter, value.to_string(), broken).into())
}
