//! Lengths and ranges of members, as Secrets Manager's service model has them; those of text count characters. The table of operations has them from
//! here, for it checks the requests of others; what does the work holds them for callers of every kind.

use std::ops::RangeInclusive;

/// Of a name, ARN or partial ARN.
pub(crate) const SECRET_ID_LENGTH: RangeInclusive<usize> = 1..=2048;
/// Of the name of a new secret.
pub(crate) const NAME_LENGTH: RangeInclusive<usize> = 1..=512;
/// Of a version's id, and of the client request token that becomes one.
pub(crate) const VERSION_ID_LENGTH: RangeInclusive<usize> = 32..=64;
pub(crate) const VERSION_STAGE_LENGTH: RangeInclusive<usize> = 1..=256;
/// Of a list of labels.
pub(crate) const VERSION_STAGE_COUNT: RangeInclusive<usize> = 1..=20;
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) const ROTATION_TOKEN_LENGTH: RangeInclusive<usize> = 36..=256;
pub(crate) const TAG_KEY_LENGTH: RangeInclusive<usize> = 1..=128;
pub(crate) const TAG_VALUE_LENGTH: RangeInclusive<usize> = 0..=256;
pub(crate) const RESOURCE_POLICY_LENGTH: RangeInclusive<usize> = 1..=20_480;
pub(crate) const AUTOMATICALLY_AFTER_DAYS: RangeInclusive<i64> = 1..=1000;
/// Between DeleteSecret and the deletion. The model does not say it, the documentation does.
pub(crate) const RECOVERY_WINDOW_IN_DAYS: RangeInclusive<i64> = 7..=30;
pub(crate) const SCHEDULE_EXPRESSION_LENGTH: RangeInclusive<usize> = 1..=256;
pub(crate) const FILTER_COUNT: RangeInclusive<usize> = 0..=10;
pub(crate) const FILTER_VALUE_COUNT: RangeInclusive<usize> = 1..=10;
pub(crate) const FILTER_VALUE_LENGTH: RangeInclusive<usize> = 0..=512;
/// Of a secret.
pub(crate) const DESCRIPTION_LENGTH: RangeInclusive<usize> = 0..=2048;
/// Of a random password.
pub(crate) const PASSWORD_LENGTH: RangeInclusive<i64> = 1..=4096;
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) const EXCLUDE_CHARACTERS_LENGTH: RangeInclusive<usize> = 0..=4096;
/// Secrets whose values are read at once.
pub(crate) const SECRET_ID_COUNT: RangeInclusive<usize> = 1..=20;
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) const BATCH_PAGE_SIZE: RangeInclusive<i64> = 1..=20;
