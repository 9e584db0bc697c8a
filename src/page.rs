//! Pages of a list, with the sizes and tokens of the services' list operations.
//!
//! A token names a place in the list by what the list is sorted by. So entries that come or go, the page's last one included, neither repeat
//! nor hide others.

use std::cmp::Ordering;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::error::{Constraint, Error, RequestRefusal, Result, Violation};

/// Longest token, in characters.
const TOKEN_LIMIT: usize = 4096;

/// How one operation pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRules {
    default_size: usize,
    largest_size: usize,
    /// The parameter that gives the size, as in the service model.
    size_parameter: &'static str,
    token: Token,
}

/// What the service calls the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Marker,
    NextToken,
}

/// The order that a list is sorted in.
pub trait ListOrder<T> {
    /// Tells the list and its order from others; a token of another one is refused.
    fn name(&self) -> String;

    /// Where an entry stands: what the list is sorted by, and then what tells equal entries apart. The list is in the order of these texts,
    /// compared byte by byte; one whose entries never go may be in another.
    fn position(&self, entry: &T) -> Vec<String>;

    /// True where the list begins with the largest.
    fn is_descending(&self) -> bool {
        false
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<'a, T> {
    /// At most as many as were asked for.
    pub entries: &'a [T],
    /// Whether entries follow.
    is_last: bool,
}

impl PageRules {
    /// [ListSecrets](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html): 1 to 100 entries, 100 unless asked.
    pub const LIST_SECRETS: Self = Self { default_size: 100, largest_size: 100, size_parameter: "maxResults", token: Token::NextToken };
    /// [BatchGetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html): 1 to 20 entries, 20 unless
    /// asked.
    pub const BATCH_GET_SECRET_VALUE: Self = Self { default_size: 20, largest_size: 20, ..Self::LIST_SECRETS };
    /// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html): 1 to 1,000 entries, 100 unless asked.
    pub const LIST_KEYS: Self = Self { default_size: 100, largest_size: 1000, size_parameter: "limit", token: Token::Marker };
    /// [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html): 1 to 100 entries, 50 unless asked.
    pub const LIST_ALIASES: Self = Self { default_size: 50, largest_size: 100, ..Self::LIST_KEYS };
    /// [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html): as ListKeys.
    pub const LIST_KEY_ROTATIONS: Self = Self::LIST_KEYS;
    /// [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html): 1 to 50 entries, 50 unless asked.
    pub const LIST_RESOURCE_TAGS: Self = Self { default_size: 50, largest_size: 50, ..Self::LIST_KEYS };

    /// The page of `entries`, which are sorted as `order` says, that follows the place that `token` names, or the first.
    ///
    /// # Errors
    /// `ValidationException` for the size; as for [`PageRules::after`].
    pub fn page<'a, T>(
        &self,
        entries: &'a [T],
        order: &impl ListOrder<T>,
        size: Option<usize>,
        token: Option<&str>,
    ) -> Result<Page<'a, T>> {
        let size = self.checked_size(size)?;
        let rest = self.after(entries, order, token)?;
        Ok(Page::first_of(rest, size))
    }

    /// What follows the place that `token` names; all without one.
    ///
    /// # Errors
    /// `InvalidNextTokenException` or `InvalidMarkerException` for a token that is not one of this list in this order.
    pub fn after<'a, T>(&self, entries: &'a [T], order: &impl ListOrder<T>, token: Option<&str>) -> Result<&'a [T]> {
        let Some(token) = token else { return Ok(entries) };
        let last =
            decode(token).and_then(|mut parts| (parts.remove(0) == order.name()).then_some(parts)).ok_or_else(|| self.bad_token())?;
        let passed = if order.is_descending() { Ordering::Less } else { Ordering::Greater };
        let is_it = |entry: &T| order.position(entry) == last;
        let sorted = entries.partition_point(|entry| order.position(entry).cmp(&last) != passed);
        let start = match sorted.checked_sub(1).and_then(|before| entries.get(before)) {
            Some(entry) if is_it(entry) => sorted,
            _ => entries.iter().position(is_it).map_or(sorted, |at| at + 1),
        };
        Ok(entries.get(start..).unwrap_or_default())
    }

    /// Whether the service gives pages of this size.
    ///
    /// # Errors
    /// `ValidationException`.
    pub fn check_size(&self, size: Option<usize>) -> Result<()> {
        self.checked_size(size).map(|_| ())
    }

    /// How many entries a page has at most.
    ///
    /// # Errors
    /// `ValidationException` for a size that the service does not give.
    pub(crate) fn checked_size(&self, size: Option<usize>) -> Result<usize> {
        let size = size.unwrap_or(self.default_size);
        let broken = match size {
            0 => Constraint::LeastValue(1),
            size if size > self.largest_size => Constraint::MostValue(i64::try_from(self.largest_size).unwrap_or(i64::MAX)),
            size => return Ok(size),
        };
        Err(Violation::by(self.size_parameter, size.to_string(), broken).into())
    }

    fn bad_token(&self) -> Error {
        match self.token {
            Token::Marker => RequestRefusal::Marker.into(),
            Token::NextToken => RequestRefusal::NextToken.into(),
        }
    }
}

impl<'a, T> Page<'a, T> {
    /// The first `size` entries.
    #[must_use]
    pub fn first_of(entries: &'a [T], size: usize) -> Self {
        match entries.get(..size) {
            Some(page) => Self { entries: page, is_last: page.len() == entries.len() },
            None => Self { entries, is_last: true },
        }
    }

    /// The token of the page that follows; `None` at the end of the list.
    pub fn next_token(&self, order: &impl ListOrder<T>) -> Option<String> {
        let last = self.entries.last().filter(|_| !self.is_last)?;
        Some(encode([vec![order.name()], order.position(last)].concat()))
    }
}

/// Each part with its length before it: names can hold any character.
fn encode(parts: Vec<String>) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        let length = u16::try_from(part.len()).expect("names, dates and ids are far shorter than 65,536 bytes");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// At least one part.
fn decode(token: &str) -> Option<Vec<String>> {
    if token.len() > TOKEN_LIMIT {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (mut rest, mut parts) = (bytes.as_slice(), Vec::new());
    while let Some((length, after)) = rest.split_first_chunk() {
        let (part, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
        parts.push(str::from_utf8(part).ok()?.to_owned());
        rest = after;
    }
    (rest.is_empty() && !parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    const RULES: PageRules = PageRules::LIST_ALIASES;

    /// The order of texts, or the other one.
    struct Texts {
        is_descending: bool,
    }

    const ASCENDING: Texts = Texts { is_descending: false };

    impl ListOrder<String> for Texts {
        fn name(&self) -> String {
            format!("texts {}", self.is_descending)
        }

        fn position(&self, entry: &String) -> Vec<String> {
            vec![entry.clone()]
        }

        fn is_descending(&self) -> bool {
            self.is_descending
        }
    }

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("alias/{number:02}")).collect()
    }

    fn walk(entries: &[String], size: Option<usize>) -> Vec<usize> {
        let (mut sizes, mut seen, mut token) = (Vec::new(), Vec::new(), None);
        loop {
            let page = RULES.page(entries, &ASCENDING, size, token.as_deref()).expect("a page");
            sizes.push(page.entries.len());
            seen.extend_from_slice(page.entries);
            token = page.next_token(&ASCENDING);
            if token.is_none() {
                assert_eq!(seen, entries);
                return sizes;
            }
        }
    }

    fn code(result: Result<Page<'_, String>>) -> ErrorCode {
        match result.expect_err("refused") {
            Error::Service(error) => error.code(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn pages_cover_the_list_once() {
        for (count, size, expected) in [
            (0, None, &[0][..]),
            (50, None, &[50]),
            (51, None, &[50, 1]),
            (3, Some(1), &[1, 1, 1]),
            (4, Some(2), &[2, 2]),
            (5, Some(2), &[2, 2, 1]),
            (5, Some(100), &[5]),
        ] {
            assert_eq!(walk(&names(count), size), expected, "{count} by {size:?}");
        }
    }

    /// Whatever comes or goes between two pages: what was there all the time is seen once.
    #[test]
    fn a_token_goes_on_where_its_entry_was() {
        for order in [ASCENDING, Texts { is_descending: true }] {
            let mut entries = names(6);
            if order.is_descending {
                entries.reverse();
            }
            let token = RULES.page(&entries, &order, Some(3), None).expect("a page").next_token(&order);
            for gone in 0..6 {
                let mut left = entries.clone();
                let name = left.remove(gone);
                let rest = RULES.page(&left, &order, None, token.as_deref()).expect("a page").entries;
                let expected: Vec<_> = entries.iter().skip(3).filter(|entry| **entry != name).cloned().collect();
                assert_eq!(rest, expected, "without {name}");
                // One that comes before the place does not repeat another.
                left.insert(0, if order.is_descending { "alias/9" } else { "alias/" }.to_owned());
                assert_eq!(RULES.page(&left, &order, None, token.as_deref()).expect("a page").entries, expected);
            }
            assert_eq!(RULES.page(&[], &order, None, token.as_deref()).expect("a page").entries, [""; 0]);
        }
    }

    /// As rotations of a key are listed: as they were made, whatever the clock said.
    #[test]
    fn a_list_in_another_order_is_covered_too() {
        let entries: Vec<String> = ["b", "d", "a", "c"].map(str::to_owned).to_vec();
        for size in 1..=4 {
            walk(&entries, Some(size));
        }
    }

    #[test]
    fn sizes_and_tokens_are_checked() {
        let entries = names(3);
        for size in [0, 101] {
            assert_eq!(code(RULES.page(&entries, &ASCENDING, Some(size), None)), ErrorCode::ValidationException);
        }
        let other_order = RULES.page(&entries, &ASCENDING, Some(1), None).expect("a page").next_token(&Texts { is_descending: true });
        let beyond = URL_SAFE_NO_PAD.encode([0, 2, b'a']);
        let half_a_length = URL_SAFE_NO_PAD.encode([0, 1, b'a', 0]);
        for token in ["", "alias/1", "!", "_w", &beyond, &half_a_length, other_order.as_deref().expect("a token")] {
            let found = code(RULES.page(&entries, &ASCENDING, None, Some(token)));
            assert_eq!(found, ErrorCode::InvalidMarkerException, "{token}");
        }
        let secrets = PageRules::LIST_SECRETS.page(&entries, &ASCENDING, None, Some("x"));
        assert_eq!(code(secrets), ErrorCode::InvalidNextTokenException);
    }

    /// The longest name that a secret can have, in characters that take most bytes, is in a token that AWS's model allows.
    #[test]
    fn a_token_is_never_too_long() {
        let name = "\u{10ffff}".repeat(512);
        let token = encode(vec![
            "created-date descending".to_owned(),
            "2026-11-21T20:38:31.123000+00:00".to_owned(),
            name,
            "us-gov-west-1".to_owned(),
        ]);
        assert!(token.len() <= TOKEN_LIMIT && decode(&token).is_some_and(|parts| parts.len() == 4), "{}", token.len());
    }
}
