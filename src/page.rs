//! Pages of a list, with the sizes and tokens of the services' list operations.
//!
//! A token names the last entry of its page, so that entries which come or go elsewhere in the list neither repeat nor hide others.

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

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<'a, T> {
    /// At most as many as were asked for.
    pub entries: &'a [T],
    /// Index of the first entry after the page; `None` at the end of the list.
    next: Option<usize>,
}

impl PageRules {
    /// [ListSecrets](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html): 1 to 100 entries, 100 unless asked.
    pub const LIST_SECRETS: Self = Self { default_size: 100, largest_size: 100, size_parameter: "maxResults", token: Token::NextToken };
    /// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html): 1 to 1,000 entries, 100 unless asked.
    pub const LIST_KEYS: Self = Self { default_size: 100, largest_size: 1000, size_parameter: "limit", token: Token::Marker };
    /// [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html): 1 to 100 entries, 50 unless asked.
    pub const LIST_ALIASES: Self = Self { default_size: 50, largest_size: 100, ..Self::LIST_KEYS };
    /// [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html): as ListKeys.
    pub const LIST_KEY_ROTATIONS: Self = Self::LIST_KEYS;
    /// [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html): 1 to 50 entries, 50 unless asked.
    pub const LIST_RESOURCE_TAGS: Self = Self { default_size: 50, largest_size: 50, ..Self::LIST_KEYS };

    /// The page of `entries` that follows the one whose token is `token`, or the first. `id` tells the entries apart.
    ///
    /// # Errors
    /// `ValidationException` for the size; `InvalidNextTokenException` or `InvalidMarkerException` for a token that is not one, or whose
    /// entry is not in the list any more.
    pub fn page<'a, T>(
        &self,
        entries: &'a [T],
        id: impl Fn(&T) -> String,
        size: Option<usize>,
        token: Option<&str>,
    ) -> Result<Page<'a, T>> {
        let size = self.checked_size(size)?;
        let start = match token {
            None => 0,
            Some(token) => {
                let last = decode(token).ok_or_else(|| self.bad_token())?;
                let at = entries.iter().position(|entry| id(entry) == last).ok_or_else(|| self.bad_token())?;
                at + 1
            }
        };
        let rest = entries.get(start..).unwrap_or_default();
        let end = start.saturating_add(size);
        let next = (end < entries.len()).then_some(end);
        Ok(Page { entries: rest.get(..size).unwrap_or(rest), next })
    }

    fn checked_size(&self, size: Option<usize>) -> Result<usize> {
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

impl<T> Page<'_, T> {
    /// Where the rest of the list begins; `None` at its end.
    #[cfg(feature = "cli")]
    pub(crate) const fn end(&self) -> Option<usize> {
        self.next
    }

    /// The token of the page that follows; `None` at the end of the list.
    pub fn next_token(&self, id: impl Fn(&T) -> String) -> Option<String> {
        self.next.and(self.entries.last()).map(|last| URL_SAFE_NO_PAD.encode(id(last)))
    }
}

fn decode(token: &str) -> Option<String> {
    if token.len() > TOKEN_LIMIT {
        return None;
    }
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    const RULES: PageRules = PageRules::LIST_ALIASES;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("alias/{number}")).collect()
    }

    fn walk(entries: &[String], size: Option<usize>) -> Vec<usize> {
        let (mut sizes, mut seen, mut token) = (Vec::new(), Vec::new(), None);
        loop {
            let page = RULES.page(entries, String::clone, size, token.as_deref()).expect("a page");
            sizes.push(page.entries.len());
            seen.extend_from_slice(page.entries);
            token = page.next_token(String::clone);
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

    #[test]
    fn an_entry_that_comes_before_the_page_repeats_nothing() {
        let entries = names(4);
        let token = RULES.page(&entries, String::clone, Some(2), None).expect("a page").next_token(String::clone);
        let longer = [vec!["alias/00".to_owned()], entries].concat();
        assert_eq!(
            RULES.page(&longer, String::clone, Some(2), token.as_deref()).expect("a page").entries,
            ["alias/2".to_owned(), "alias/3".to_owned()]
        );
    }

    #[test]
    fn sizes_and_tokens_are_checked() {
        let entries = names(3);
        for size in [0, 101] {
            assert_eq!(code(RULES.page(&entries, String::clone, Some(size), None)), ErrorCode::ValidationException);
        }
        let gone = URL_SAFE_NO_PAD.encode("alias/9");
        for token in ["", "alias/1", "!", "_w", &gone] {
            assert_eq!(code(RULES.page(&entries, String::clone, None, Some(token))), ErrorCode::InvalidMarkerException, "{token}");
        }
        let secrets = PageRules::LIST_SECRETS.page(&entries, String::clone, None, Some("x"));
        assert_eq!(code(secrets), ErrorCode::InvalidNextTokenException);
    }
}
