//! HMACs in a record: they tell whether something is what it was to the holder of a keystore's comparison key, and to no one else.

use serde::{Deserialize, Serialize};

use super::record_text::RecordText;
use crate::kms::ComparisonKey;

/// HMAC-SHA-256 over a label and what it is about, each behind its length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct KeyedTag<T: RecordText = String> {
    /// Names the comparison key.
    pub(super) key_id: T,
    /// In hex.
    pub(super) tag: T,
}

impl KeyedTag {
    pub(super) fn over(comparison: &ComparisonKey, parts: &[&[u8]]) -> Self {
        Self { key_id: comparison.id().to_owned(), tag: hex::encode(comparison.key().tag(parts)) }
    }

    /// Whether this keystore made it, of whatever.
    pub(super) fn is_of(&self, comparison: &ComparisonKey) -> bool {
        self.key_id == comparison.id()
    }

    /// Whether it is that of these parts; false too where another keystore made it.
    pub(super) fn is_over(&self, comparison: &ComparisonKey, parts: &[&[u8]]) -> bool {
        let stored = hex::decode(&self.tag).unwrap_or_default();
        self.is_of(comparison) && comparison.key().verify(parts, &stored)
    }
}
