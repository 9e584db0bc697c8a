//! Where the secrets of a batch come from, so that a later batch from there knows which of them it made, and which are gone.
//!
//! A record has a keyed tag of it: nobody learns from a vault where somebody keeps what, and nobody without the keystore makes a secret one
//! that a batch would remove.

use super::{keyed_tag::KeyedTag, record::SecretRecord};
use crate::kms::ComparisonKey;

/// Tells the tag of a source from others under the same key.
const LABEL: &[u8] = b"coldseal pack source v1";

/// A plan, a directory, or whatever else requests come from, by a name that it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackSource(Vec<u8>);

impl PackSource {
    /// The source of this name. Another name, be it in one byte, is another source.
    #[must_use]
    pub fn new(name: impl Into<Vec<u8>>) -> Self {
        Self(name.into())
    }

    /// Whether a secret was made from here, as far as this keystore can tell.
    pub(super) fn has_made(&self, comparison: &ComparisonKey, record: &SecretRecord) -> bool {
        let arn = record.arn.to_string();
        record.packed_from.as_ref().is_some_and(|tag| tag.is_over(comparison, &[LABEL, arn.as_bytes(), &self.0]))
    }

    /// Puts on record that a secret is made from here.
    pub(super) fn put_on(&self, comparison: &ComparisonKey, record: &mut SecretRecord) {
        let arn = record.arn.to_string();
        record.packed_from = Some(KeyedTag::over(comparison, &[LABEL, arn.as_bytes(), &self.0]));
    }
}
