//! The types and limits of members that several operations have.

use crate::protocol::member::{Kind, Member, Pattern};

pub(super) const KEY_ID: Kind = Kind::Text { length: 1..=2048, pattern: None };
pub(super) const DESCRIPTION: Kind = Kind::Text { length: 0..=8192, pattern: None };
pub(super) const POLICY: Kind = Kind::Text { length: 1..=131_072, pattern: Some(&POLICY_PATTERN) };
pub(super) const MARKER: Kind = Kind::Text { length: 1..=1024, pattern: Some(&MARKER_PATTERN) };
pub(super) const LIMIT: Kind = Kind::Integer(1..=1000);
pub(super) const TAG_KEY: Kind = Kind::Text { length: 1..=128, pattern: None };
const TAG_VALUE: Kind = Kind::Text { length: 0..=256, pattern: None };
pub(super) const TAGS: Kind = Kind::structures(&[Member::required("TagKey", TAG_KEY), Member::required("TagValue", TAG_VALUE)]);
pub(super) const GRANT_TOKENS: Kind = Kind::List { count: 0..=10, of: &Kind::Text { length: 1..=8192, pattern: None } };

const POLICY_PATTERN: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    matches: |text| !text.is_empty() && text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')),
};
const MARKER_PATTERN: Pattern = Pattern { text: r"[\u0020-\u00FF]*", matches: |text| text.chars().all(|c| matches!(c, ' '..='\u{ff}')) };
