//! The encryption context: non-secret pairs that are bound to a message as additional authenticated data.

use std::{fmt, iter, slice};

use super::cursor::{Cursor, put_count, put_vector, too_large};
use crate::error::{ContextMismatch, FormatError, FormatProblem};

const LENGTH: &str = "encryption context length";
const COUNT: &str = "encryption context count";
const KEY: &str = "encryption context key";
const VALUE: &str = "encryption context value";
/// Bytes of a pair without text.
const SHORTEST_PAIR: usize = 4;

/// Pairs of text, unique by key, in ascending order of the keys' UTF-8 bytes.
///
/// Serialized it has at most 65,535 bytes (specification, "Encryption Context Serialization").
#[derive(Clone, Default)]
pub struct EncryptionContext {
    /// The keys and values of all pairs in one piece, so that a context takes two allocations whatever it holds.
    text: String,
    pairs: Vec<Pair>,
}

/// Where a pair stands in the text: a value follows its key.
#[derive(Debug, Clone)]
struct Pair {
    start: usize,
    key: usize,
    value: usize,
}

impl Pair {
    fn within<'a>(&self, text: &'a str) -> (&'a str, &'a str) {
        let pair = text.get(self.start..self.start + self.key + self.value);
        pair.and_then(|pair| pair.split_at_checked(self.key)).expect("a pair is made where its text is added")
    }
}

impl EncryptionContext {
    /// A context without pairs.
    #[must_use]
    pub const fn new() -> Self {
        Self { text: String::new(), pairs: Vec::new() }
    }

    /// The key of the pair that holds a signed message's public key: the base64 of a compressed point.
    pub const PUBLIC_KEY: &str = "aws-crypto-public-key";

    /// True for the keys that only the message format sets.
    #[must_use]
    pub fn is_reserved(key: &str) -> bool {
        key.starts_with("aws-crypto-")
    }

    /// Adds a pair. The old value comes back when the key was there.
    pub fn insert(&mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> Option<String> {
        let (key, value) = (key.as_ref(), value.as_ref());
        let replaced = self.remove(key);
        let place = self.find(key).unwrap_or_else(|place| place);
        let pair = self.add_text(key, value);
        self.pairs.insert(place, pair);
        replaced
    }

    /// Takes a pair out; gives its value.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        let found = self.find(key).ok()?;
        let value = self.get(key)?.to_owned();
        self.pairs.remove(found);
        // Made anew without the text of the pair that is gone: a context that is changed often does not grow.
        *self = self.iter().collect();
        Some(value)
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let pair = self.pairs.get(self.find(key).ok()?)?;
        Some(pair.within(&self.text).1)
    }

    /// Where the key is, or where it would be.
    fn find(&self, key: &str) -> Result<usize, usize> {
        self.pairs.binary_search_by(|pair| pair.within(&self.text).0.cmp(key))
    }

    fn add_text(&mut self, key: &str, value: &str) -> Pair {
        let start = self.text.len();
        self.text.push_str(key);
        self.text.push_str(value);
        Pair { start, key: key.len(), value: value.len() }
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// True when there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The pairs in ascending order of their keys.
    pub fn iter(&self) -> EncryptionContextPairs<'_> {
        EncryptionContextPairs { text: &self.text, pairs: self.pairs.iter() }
    }

    /// Succeeds when both hold the same pairs, else names the first pair that differs.
    ///
    /// # Errors
    /// The first difference, in the order of the keys of `expected`, then of `self`.
    pub fn must_equal(&self, expected: &Self) -> Result<(), ContextMismatch> {
        for (key, value) in expected {
            self.must_have(key, Some(value))?;
        }
        match self.iter().find(|(key, _)| expected.find(key).is_err()) {
            Some((key, _)) => Err(ContextMismatch::Surplus(key.to_owned())),
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
        let mut out = Vec::with_capacity(usize::from(self.serialized_length()?));
        self.write(&mut out)?;
        Ok(out)
    }

    /// Appends what [`EncryptionContext::to_bytes`] gives, behind its two-byte length.
    pub(super) fn write_vector(&self, out: &mut Vec<u8>) -> Result<(), FormatError> {
        out.extend_from_slice(&self.serialized_length()?.to_be_bytes());
        self.write(out)
    }

    fn serialized_length(&self) -> Result<u16, FormatError> {
        let count = if self.is_empty() { 0 } else { 2 };
        let length = self.iter().fold(count, |length, (key, value)| length + 4 + key.len() + value.len());
        u16::try_from(length).map_err(|_| self.too_long(length))
    }

    /// Which field is over 65,535, the whole of `length` bytes where no other is.
    #[cold]
    fn too_long(&self, length: usize) -> FormatError {
        let lengths = self.iter().flat_map(|(key, value)| [(KEY, key.len()), (VALUE, value.len())]);
        let over = iter::once((COUNT, self.len())).chain(lengths).find(|(_, length)| *length > usize::from(u16::MAX));
        let (field, value) = over.unwrap_or((LENGTH, length));
        too_large(field, value, u64::from(u16::MAX))
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<(), FormatError> {
        if self.is_empty() {
            return Ok(());
        }
        put_count(out, self.len(), COUNT)?;
        for (key, value) in self {
            put_vector(out, key.as_bytes(), KEY)?;
            put_vector(out, value.as_bytes(), VALUE)?;
        }
        Ok(())
    }

    /// Parses what [`EncryptionContext::to_bytes`] writes; strict about order, duplicates, count and trailing bytes.
    ///
    /// # Errors
    /// The field that is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.is_empty() {
            return Ok(Self::new());
        }
        // An end inside the context is a fault of its declared length: more input would not mend it.
        let inside = |error: FormatError| if error.is_truncated() { FormatError::new(error.field, FormatProblem::Overrun) } else { error };
        let mut cursor = Cursor::new(bytes);
        let count = cursor.u16(COUNT).map_err(inside)?;
        if count == 0 {
            return Err(FormatError::new(COUNT, FormatProblem::Zero));
        }
        // No more than there can be in what is there: a count alone allocates nothing.
        let mut context = Self {
            text: String::with_capacity(bytes.len()),
            pairs: Vec::with_capacity(usize::from(count).min(bytes.len() / SHORTEST_PAIR)),
        };
        let mut previous: Option<&str> = None;
        for _ in 0..count {
            let key = cursor.text(KEY).map_err(inside)?;
            let value = cursor.text(VALUE).map_err(inside)?;
            match previous {
                Some(previous) if previous == key => return Err(FormatError::new(KEY, FormatProblem::Duplicate)),
                Some(previous) if previous > key => return Err(FormatError::new(KEY, FormatProblem::Unsorted)),
                _ => previous = Some(key),
            }
            let pair = context.add_text(key, value);
            context.pairs.push(pair);
        }
        cursor.finish("encryption context")?;
        Ok(context)
    }
}

impl PartialEq for EncryptionContext {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for EncryptionContext {}

impl fmt::Debug for EncryptionContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

/// The pairs of an [`EncryptionContext`], in ascending order of their keys.
#[derive(Debug, Clone)]
pub struct EncryptionContextPairs<'a> {
    text: &'a str,
    pairs: slice::Iter<'a, Pair>,
}

impl<'a> Iterator for EncryptionContextPairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.pairs.next().map(|pair| pair.within(self.text))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pairs.size_hint()
    }
}

impl ExactSizeIterator for EncryptionContextPairs<'_> {}

impl<'a> IntoIterator for &'a EncryptionContext {
    type Item = (&'a str, &'a str);
    type IntoIter = EncryptionContextPairs<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: AsRef<str>, V: AsRef<str>> FromIterator<(K, V)> for EncryptionContext {
    /// Of pairs with the same key the last one counts.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut context = Self::new();
        for (key, value) in pairs {
            let pair = context.add_text(key.as_ref(), value.as_ref());
            context.pairs.push(pair);
        }
        let Self { text, pairs } = &mut context;
        let key = |pair: &Pair| pair.within(text).0;
        // The sort keeps the order of pairs with the same key, and of these the first one stays.
        pairs.reverse();
        pairs.sort_by(|one, other| key(one).cmp(key(other)));
        pairs.dedup_by(|one, other| key(one) == key(other));
        context
    }
}
