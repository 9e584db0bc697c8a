//! The text of a secret's value, and the members of the JSON object that it is.

use zeroize::Zeroizing;

use crate::vault::{PayloadKind, SecretValueEntry};

/// A SecretString; `None` for bytes.
pub(super) fn text_of(entry: &SecretValueEntry) -> Option<&str> {
    let text = std::str::from_utf8(entry.value.expose()).ok();
    text.filter(|_| entry.value.kind() == PayloadKind::String)
}

/// What stands in a member: text as it is, anything else as its JSON; `None` for text with half of a surrogate pair, which no UTF-8 can be.
pub(super) fn plain(json: &str) -> Option<Zeroizing<String>> {
    if json.starts_with('"') { serde_json::from_str(json).ok().map(Zeroizing::new) } else { Some(Zeroizing::new(json.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_or_their_json() {
        for (json, expected) in [
            (r#""a \"b\" \u00e9\n""#, Some("a \"b\" é\n")),
            ("\"\"", Some("")),
            ("3306", Some("3306")),
            ("1.50", Some("1.50")),
            ("true", Some("true")),
            ("null", Some("null")),
            (r#"{ "a" : [1] }"#, Some(r#"{ "a" : [1] }"#)),
            (r#""\ud800""#, None),
        ] {
            assert_eq!(plain(json).as_ref().map(|text| text.as_str()), expected, "{json}");
        }
    }
}
