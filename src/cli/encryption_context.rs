//! `--encryption-context`.

use std::collections::HashSet;

use serde_json::Value;

use super::paramfile::ParamFiles;
use super::shorthand::is_key_character;
use super::structures::parse_structure;
use super::usage::UsageError;
use crate::vault::is_reserved;

/// What the pairs are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// They go into a message: pairs only, without reserved names.
    Seal,
    /// They are demanded of a message: a key alone must exist, and names that coldseal or an SDK wrote may be demanded too.
    Open,
}

/// `k=v k2=v2`, `k=v,k2=v2` or a JSON object; to open also a bare `k` (in JSON: `null`), which gives `None`.
/// `key=value` with any other characters in the key is one pair, the value as it stands.
///
/// # Errors
/// Syntax, an empty key, a key that is given twice, a value that is no string, and with [`Purpose::Seal`] a reserved name.
pub(crate) fn parse_encryption_context(
    files: &ParamFiles<'_>,
    parameter: &str,
    args: &[String],
    purpose: Purpose,
) -> Result<Vec<(String, Option<String>)>, UsageError> {
    let mut pairs: Vec<(String, Option<String>)> = Vec::new();
    let mut known = HashSet::new();
    for word in args {
        for (key, value) in parse_word(files, parameter, word, purpose)? {
            if key.is_empty() {
                return Err(UsageError::parameter(parameter, "a key is empty"));
            }
            if purpose == Purpose::Seal && is_reserved(&key) {
                return Err(UsageError::parameter(parameter, format!("the name {key} is reserved"))
                    .with_hint("SecretARN, SecretVersionId and names that begin with coldseal: or aws-crypto- are set by the tools"));
            }
            if !known.insert(key.clone()) {
                return Err(UsageError::parameter(parameter, format!("the key {key} is given twice")));
            }
            pairs.push((key, value));
        }
    }
    Ok(pairs)
}

fn parse_word(files: &ParamFiles<'_>, parameter: &str, word: &str, purpose: Purpose) -> Result<Vec<(String, Option<String>)>, UsageError> {
    if purpose == Purpose::Open && !word.contains('=') && !word.trim_start().starts_with('{') {
        return Ok(vec![(word.to_owned(), None)]);
    }
    // Contexts have keys of any text: one that shorthand has no way to write makes the word a single pair.
    if let Some((key, value)) = word.split_once('=')
        && !word.starts_with('{')
        && !key.strip_suffix('@').unwrap_or(key).chars().all(is_key_character)
    {
        return Ok(vec![(key.to_owned(), Some(value.to_owned()))]);
    }
    let pair = |(key, value)| match value {
        Value::String(text) => Ok((key, Some(text))),
        Value::Null if purpose == Purpose::Open => Ok((key, None)),
        Value::Array(_) => Err(UsageError::parameter(parameter, format!("the value of {key} must be one string"))
            .with_hint("write \\, for a comma in a value, or use JSON")),
        _ => Err(UsageError::parameter(parameter, format!("the value of {key} must be a string"))),
    };
    parse_structure(files, parameter, word, &[])?.into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::*;

    fn parse(args: &[&str], purpose: Purpose) -> Result<Vec<(String, Option<String>)>, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        parse_encryption_context(&ParamFiles::new(&Environment::fixed(&[])), "--encryption-context", &args, purpose)
            .map_err(|error| error.message)
    }

    fn pair(key: &str, value: &str) -> (String, Option<String>) {
        (key.to_owned(), Some(value.to_owned()))
    }

    #[test]
    fn keys_may_have_any_characters() {
        for (word, key, value) in [("é=ü", "é", "ü"), ("a b=c=d,e", "a b", "c=d,e"), (" = ", " ", " "), ("emoji 🔑=", "emoji 🔑", "")]
        {
            assert_eq!(parse(&[word], Purpose::Seal), Ok(vec![pair(key, value)]), "{word}");
        }
    }

    #[test]
    fn every_form_is_read() {
        for args in [&["k=v", "k2=v2"][..], &["k=v,k2=v2"], &[r#"{"k": "v", "k2": "v2"}"#], &["k='v'", r#"{"k2": "v2"}"#]] {
            for purpose in [Purpose::Seal, Purpose::Open] {
                assert_eq!(parse(args, purpose), Ok(vec![pair("k", "v"), pair("k2", "v2")]), "{args:?}");
            }
        }
        assert_eq!(parse(&["a=b=c", "d=", r"e=f\,g"], Purpose::Seal), Ok(vec![pair("a", "b=c"), pair("d", ""), pair("e", "f,g")]));
        assert_eq!(parse(&[], Purpose::Seal), Ok(vec![]));
    }

    #[test]
    fn a_bare_key_is_for_opening_only() {
        let expected = Ok(vec![("k".to_owned(), None), pair("a", "b"), ("c d".to_owned(), None)]);
        assert_eq!(parse(&["k", "a=b", r#"{"c d": null}"#], Purpose::Open), expected);
        assert!(parse(&["k"], Purpose::Seal).expect_err("bare").contains("Expected '='"));
        assert!(parse(&[r#"{"k": null}"#], Purpose::Seal).expect_err("null").contains("must be a string"));
    }

    #[test]
    fn reserved_names_may_be_demanded_but_not_set() {
        for name in ["SecretARN", "SecretVersionId", "coldseal:region", "coldseal:", "aws-crypto-public-key"] {
            let json = format!("{{\"{name}\": \"x\"}}");
            let refused = format!("Error parsing parameter '--encryption-context': the name {name} is reserved");
            assert_eq!(parse(&[&json], Purpose::Seal), Err(refused.clone()));
            assert_eq!(parse(&[&format!("{name}=x")], Purpose::Seal), Err(refused));
            assert_eq!(parse(&[&json], Purpose::Open), Ok(vec![pair(name, "x")]));
        }
        assert!(parse(&["secretarn=x", "coldseal=x"], Purpose::Seal).is_ok());
    }

    #[test]
    fn everything_else_is_refused() {
        for (args, expected) in [
            (&["k=v", "k=w"][..], "the key k is given twice"),
            (&["=v"], "a key is empty"),
            (&["k=a,b"], "the value of k must be one string"),
            (&[r#"{"k": 1}"#], "the value of k must be a string"),
            (&[r#"{"k""#], "Invalid JSON: EOF while parsing an object at line 1 column 4"),
        ] {
            assert_eq!(parse(args, Purpose::Seal), Err(format!("Error parsing parameter '--encryption-context': {expected}")), "{args:?}");
        }
        assert_eq!(parse(&[""], Purpose::Open).expect_err("empty"), "Error parsing parameter '--encryption-context': a key is empty");
    }
}
