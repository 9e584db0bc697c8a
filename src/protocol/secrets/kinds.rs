//! The types and limits of members that several operations have.

use crate::{
    kms::member_limits::KMS_KEY_ID_LENGTH,
    protocol::member::{Kind, Member, Pattern},
    vault::limits::{
        AUTOMATICALLY_AFTER_DAYS, DESCRIPTION_LENGTH, RESOURCE_POLICY_LENGTH, ROTATION_TOKEN_LENGTH, SCHEDULE_EXPRESSION_LENGTH,
        SECRET_ID_LENGTH, TAG_KEY_LENGTH, TAG_VALUE_LENGTH, VERSION_ID_LENGTH, VERSION_STAGE_COUNT, VERSION_STAGE_LENGTH,
    },
};

pub(super) const ARN: Kind = Kind::text(20..=2048);
/// As answers have it; a new name may have twice as many.
pub(super) const NAME: Kind = Kind::text(1..=256);
pub(super) const SECRET_ID: Kind = Kind::text(SECRET_ID_LENGTH);
pub(super) const DESCRIPTION: Kind = Kind::text(DESCRIPTION_LENGTH);
pub(super) const KMS_KEY_ID: Kind = Kind::text(KMS_KEY_ID_LENGTH);
/// That of a secret which another service's rotation knows.
pub(super) const TYPE: Kind = Kind::text(0..=256);
/// A client request token is the id of the version that it makes.
pub(super) const VERSION_ID: Kind = Kind::text(VERSION_ID_LENGTH);
pub(super) const VERSION_STAGE: Kind = Kind::text(VERSION_STAGE_LENGTH);
pub(super) const VERSION_STAGES: Kind = Kind::List { count: VERSION_STAGE_COUNT, of: &VERSION_STAGE, item: "SecretVersionStageType" };
pub(super) const ROTATION_TOKEN: Kind = Kind::Text {
    length: ROTATION_TOKEN_LENGTH,
    pattern: Some(&Pattern {
        text: r"^[a-zA-Z0-9\-]+$",
        matches: |text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
    }),
};
/// Of a page of a list.
pub(super) const MAX_RESULTS: Kind = Kind::Integer(1..=100);
pub(super) const NEXT_TOKEN: Kind = Kind::text(1..=4096);
pub(super) const RESOURCE_POLICY: Kind = Kind::text(RESOURCE_POLICY_LENGTH);
pub(super) const TAG_KEY: Kind = Kind::text(TAG_KEY_LENGTH);
pub(super) const TAGS: Kind =
    Kind::structures(&[Member::demanded("Key", TAG_KEY), Member::optional("Value", Kind::text(TAG_VALUE_LENGTH))]);
pub(super) const REGION: Kind =
    Kind::Text { length: 1..=128, pattern: Some(&Pattern { text: r"^([a-z]+-)+\d+$", matches: is_like_a_region }) };
pub(crate) const ROTATION_RULES: Kind = Kind::Structure(&[
    Member::optional("AutomaticallyAfterDays", Kind::Integer(AUTOMATICALLY_AFTER_DAYS)),
    Member::optional("Duration", Kind::text(2..=3)),
    Member::optional("ScheduleExpression", Kind::text(SCHEDULE_EXPRESSION_LENGTH)),
]);
pub(super) const EXTERNAL_ROTATION_METADATA: Kind =
    Kind::structures(&[Member::optional("Key", Kind::text(1..=256)), Member::optional("Value", Kind::text(1..=2048))]);
pub(super) const REPLICATION_STATUS: Kind = Kind::structures(&[
    Member::optional("Region", REGION),
    Member::optional("KmsKeyId", KMS_KEY_ID),
    Member::optional("Status", Kind::OneOf(&["InSync", "Failed", "InProgress"])),
    Member::optional("StatusMessage", Kind::text(1..=4096)),
    Member::optional("LastAccessedDate", Kind::Date),
]);

/// `^([a-z]+-)+\d+$`
fn is_like_a_region(text: &str) -> bool {
    let mut parts: Vec<&str> = text.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    !parts.is_empty() && parts.iter().all(is_word) && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
