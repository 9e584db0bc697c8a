//! Text in a JSON document, on its way to a type that it is parsed into.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};

/// Text that stays where it is in the document, unless an escape in it makes that impossible.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Parses text without a copy of it.
///
/// # Errors
/// It is no text, or not of that type.
pub(crate) fn parse<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    Text::deserialize(deserializer)?.0.parse().map_err(de::Error::custom)
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
