//! The operations of AWS KMS, by name: which members each request has, and what is done on the embedded KMS.

mod aliases;
mod cryptography;
mod keys;
mod policies;
mod rotation;
mod tags;

use super::{
    member::{Kind, Pattern},
    operation::Operation,
};

const GROUPS: [&[Operation]; 6] =
    [aliases::OPERATIONS, cryptography::OPERATIONS, keys::OPERATIONS, policies::OPERATIONS, rotation::OPERATIONS, tags::OPERATIONS];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    GROUPS.into_iter().flatten()
}

const KEY_ID: Kind = Kind::Text { length: 1..=2048, pattern: None };
const DESCRIPTION: Kind = Kind::Text { length: 0..=8192, pattern: None };
const POLICY: Kind = Kind::Text { length: 1..=131_072, pattern: Some(&POLICY_PATTERN) };
const MARKER: Kind = Kind::Text { length: 1..=1024, pattern: Some(&MARKER_PATTERN) };
const LIMIT: Kind = Kind::Integer(1..=1000);
const GRANT_TOKENS: Kind = Kind::List { count: 0..=10, of: &Kind::Text { length: 1..=8192, pattern: None } };

const POLICY_PATTERN: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    matches: |text| !text.is_empty() && text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')),
};
const MARKER_PATTERN: Pattern = Pattern { text: r"[\u0020-\u00FF]*", matches: |text| text.chars().all(|c| matches!(c, ' '..='\u{ff}')) };
