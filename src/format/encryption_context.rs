//! The encryption context: non-secret pairs that are bound to a message as additional authenticated data.

use std::collections::{BTreeMap, btree_map};

use super::cursor::{Cursor, put_count, put_vector, too_large};
use crate::error::{ContextMismatch, FormatError, FormatProblem};

const LENGTH: &str = "encryption context length";
const COUNT: &str = "encryption context count";
const KEY: &str = "encryption context key";
const VALUE: &str = "encryption context value";

/// Pairs of text, unique by key, in ascending order of the keys' UTF-8 bytes.
///
/// Serialized it has at most 65,535 bytes (specification, "Encryption Context Serialization").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EncryptionContext(BTreeMap<String, String>);

impl EncryptionContext {
    /// A context without pairs.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The key of the pair that holds a signed message's public key: the base64 of a compressed point.
    pub const PUBLIC_KEY: &str = "aws-crypto-public-key";

    /// True for the keys that only the message format sets.
    #[must_use]
    pub fn is_reserved(key: &str) -> bool {
        key.starts_with("aws-crypto-")
    }

    /// Adds a pair. The old value comes back when the key was there.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<String>) -> Option<String> {
        self.0.insert(key.into(), value.into())
    }

    /// Takes a pair out; gives its value.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pairs in ascending order of their keys.
    pub fn iter(&self) -> btree_map::Iter<'_, String, String> {
        self.0.iter()
    }

    /// Succeeds when both hold the same pairs, else names the first pair that differs.
    ///
    /// # Errors
    /// The first difference, in the order of the keys of `expected`, then of `self`.
    pub fn must_equal(&self, expected: &Self) -> Result<(), ContextMismatch> {
        for (key, value) in expected {
            self.must_have(key, Some(value))?;
        }
        match self.0.keys().find(|key| !expected.0.contains_key(*key)) {
            Some(key) => Err(ContextMismatch::Surplus(key.clone())),
            None => Ok(()),
        }
    }

    /// Succeeds when the pair is there; with `value` given, when it has that value.
    ///
    /// # Errors
    /// [`ContextMismatch::Missing`] or [`ContextMismatch::Value`].
    pub fn must_have(&self, key: &str, value: Option<&str>) -> Result<(), ContextMismatch> {
        match (self.get(key), value) {
            (None, _) => Err(ContextMismatch::Missing(key.to_owned())),
            (Some(found), Some(value)) if found != value => Err(ContextMismatch::Value(key.to_owned())),
            _ => Ok(()),
        }
    }

    /// The bytes that key wrapping authenticates: `u16 count || (u16 length, key, u16 length, value)*`; nothing at all for an empty context.
    ///
    /// # Errors
    /// A key, value or the whole over 65,535 bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let mut out = Vec::with_capacity(self.iter().fold(2, |length, (key, value)| length + 4 + key.len() + value.len()));
        put_count(&mut out, self.len(), COUNT)?;
        for (key, value) in self {
            put_vector(&mut out, key.as_bytes(), KEY)?;
            put_vector(&mut out, value.as_bytes(), VALUE)?;
        }
        let limit = u16::MAX;
        if out.len() > usize::from(limit) { Err(too_large(LENGTH, out.len(), u64::from(limit))) } else { Ok(out) }
    }

    /// Parses what [`EncryptionContext::to_bytes`] writes; strict about order, duplicates, count and trailing bytes.
    ///
    /// # Errors
    /// The field that is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut pairs = BTreeMap::new();
        if bytes.is_empty() {
            return Ok(Self(pairs));
        }
        // An end inside the context is a fault of its declared length: more input would not mend it.
        let inside = |error: FormatError| if error.is_truncated() { FormatError::new(error.field, FormatProblem::Overrun) } else { error };
        let mut cursor = Cursor::new(bytes);
        let count = cursor.u16(COUNT).map_err(inside)?;
        if count == 0 {
            return Err(FormatError::new(COUNT, FormatProblem::Zero));
        }
        let mut previous: Option<&str> = None;
        for _ in 0..count {
            let key = cursor.text(KEY).map_err(inside)?;
            let value = cursor.text(VALUE).map_err(inside)?;
            match previous {
                Some(previous) if previous == key => return Err(FormatError::new(KEY, FormatProblem::Duplicate)),
                Some(previous) if previous > key => return Err(FormatError::new(KEY, FormatProblem::Unsorted)),
                _ => previous = Some(key),
            }
            pairs.insert(key.to_owned(), value.to_owned());
        }
        cursor.finish("encryption context")?;
        Ok(Self(pairs))
    }
}

impl<'a> IntoIterator for &'a EncryptionContext {
    type Item = (&'a String, &'a String);
    type IntoIter = btree_map::Iter<'a, String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for EncryptionContext {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}
