//! Text in a JSON document: on its way to a type that it is parsed into, and from a path.

use std::{borrow::Cow, fmt, path::Path, str::FromStr};

use serde::{Deserialize, Deserializer, Serializer, de};

/// Text that stays where it is in the document, unless an escape in it makes that impossible.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct BorrowedText<'a>(#[serde(borrow)] Cow<'a, str>);

impl AsRef<str> for BorrowedText<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<BorrowedText<'_>> for String {
    fn from(text: BorrowedText<'_>) -> Self {
        text.0.into_owned()
    }
}

/// Parses text without a copy of it.
///
/// # Errors
/// It is no text, or not of that type.
pub(crate) fn parse<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    BorrowedText::deserialize(deserializer)?.0.parse().map_err(de::Error::custom)
}

/// A path, for `#[serde(serialize_with = …)]`. JSON is Unicode: what of a path is not, is replaced, as it is in messages. serde's own refuses such
/// a path, at a time when everything is written already.
pub(crate) fn serialize_path<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_parsed_with_escapes_and_without() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Number(#[serde(deserialize_with = "parse")] u8);
        for json in [r#""17""#, r#""\u0031\u0037""#] {
            assert_eq!(serde_json::from_str::<Number>(json).expect("parses"), Number(17));
            assert_eq!(serde_json::from_reader::<_, Number>(json.as_bytes()).expect("parses"), Number(17));
        }
        for json in [r#""x""#, "17", "null"] {
            assert!(serde_json::from_str::<Number>(json).is_err(), "{json}");
        }
    }
}
