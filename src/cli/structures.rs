//! Parameters that are lists of structures: shorthand words or JSON.

use serde_json::{Map, Value};

use super::paramfile::ParamFiles;
use super::shorthand::{Echo, Shorthand};
use super::usage::UsageError;

/// Structures from shorthand words, from words that are JSON objects, or from one word that is a JSON list of objects.
///
/// # Errors
/// Syntax; a member that is not among `members`; a file of `k@=file://…` that cannot be read; no structure at all.
pub(crate) fn parse_structures(
    files: &ParamFiles<'_>,
    parameter: &str,
    args: &[String],
    members: &[&str],
) -> Result<Vec<Map<String, Value>>, UsageError> {
    let structures = match args {
        [only] if only.trim_start().starts_with('[') => match parse_json(parameter, only)? {
            Value::Array(items) => items.into_iter().map(|item| object(parameter, item)).collect::<Result<Vec<_>, _>>()?,
            _ => return Err(UsageError::parameter(parameter, "the JSON is not a list")),
        },
        words => words.iter().map(|word| parse_structure(files, parameter, word)).collect::<Result<Vec<_>, _>>()?,
    };
    if structures.is_empty() {
        return Err(UsageError::parameter(parameter, "expected at least one value"));
    }
    for (at, structure) in structures.iter().enumerate() {
        if let Some(unknown) = structure.keys().find(|key| !members.contains(&key.as_str())) {
            let known = members.join(", ");
            return Err(UsageError::parameter(
                parameter,
                format!("Unknown member \"{unknown}\" in item {}, must be one of: {known}", at + 1),
            ));
        }
    }
    Ok(structures)
}

/// Strings as words, or as one word that is a JSON list of strings.
///
/// # Errors
/// Syntax; an item that is no string.
pub(crate) fn parse_strings(parameter: &str, words: Vec<String>) -> Result<Vec<String>, UsageError> {
    match words.as_slice() {
        [only] if only.trim_start().starts_with('[') => {
            strings(parse_json(parameter, only)?).ok_or_else(|| UsageError::parameter(parameter, "the JSON is not a list of strings"))
        }
        _ => Ok(words),
    }
}

/// One structure: a JSON object or a shorthand word.
pub(super) fn parse_structure(files: &ParamFiles<'_>, parameter: &str, word: &str) -> Result<Map<String, Value>, UsageError> {
    if word.trim_start().starts_with('{') {
        parse_json(parameter, word).and_then(|value| object(parameter, value))
    } else {
        let mut load = |value: &str| files.value(parameter, value);
        Shorthand::new(parameter, Echo::Input).with_files(&mut load).parse(word.trim_end_matches(['\r', '\n']))
    }
}

/// The string at `member`, `None` when it is absent.
pub(super) fn take_string(parameter: &str, structure: &mut Map<String, Value>, member: &str) -> Result<Option<String>, UsageError> {
    match structure.remove(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Array(_)) => {
            Err(UsageError::parameter(parameter, format!("{member} must be one string")).with_hint("write \\, for a comma in a value"))
        }
        Some(_) => Err(UsageError::parameter(parameter, format!("{member} must be a string"))),
    }
}

/// The list of strings at `member`, where a single string counts as a list of one; `None` when it is absent.
pub(super) fn take_strings(parameter: &str, structure: &mut Map<String, Value>, member: &str) -> Result<Option<Vec<String>>, UsageError> {
    let is_not = || UsageError::parameter(parameter, format!("{member} must be a list of strings"));
    match structure.remove(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(vec![text])),
        Some(other) => strings(other).ok_or_else(is_not).map(Some),
    }
}

/// The strings of a list that has nothing else.
fn strings(list: Value) -> Option<Vec<String>> {
    let Value::Array(items) = list else { return None };
    items.into_iter().map(|item| if let Value::String(text) = item { Some(text) } else { None }).collect()
}

/// The string at `member`.
pub(super) fn require_string(parameter: &str, structure: &mut Map<String, Value>, member: &str) -> Result<String, UsageError> {
    take_string(parameter, structure, member)?
        .ok_or_else(|| UsageError::parameter(parameter, format!("Missing required parameter \"{member}\"")))
}

fn parse_json(parameter: &str, text: &str) -> Result<Value, UsageError> {
    // serde_json's syntax errors name the place and what was expected there, not the text.
    serde_json::from_str(text).map_err(|error| UsageError::parameter(parameter, format!("Invalid JSON: {error}")))
}

fn object(parameter: &str, value: Value) -> Result<Map<String, Value>, UsageError> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(UsageError::parameter(parameter, "the JSON is not a list of objects")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::environment::Environment;
    use super::*;

    fn parse(args: &[&str]) -> Result<Value, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let environment = Environment::fixed(&[]);
        let structures =
            parse_structures(&ParamFiles::new(&environment), "--tags", &args, &["Key", "Value"]).map_err(|error| error.message)?;
        Ok(Value::Array(structures.into_iter().map(Value::Object).collect()))
    }

    #[test]
    fn every_form_gives_the_same() {
        let expected = Ok(json!([{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]));
        for args in [
            &["Key=a,Value=b", "Key=c,Value="][..],
            &[r#"[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]"#],
            &[" [{\"Key\": \"a\", \"Value\": \"b\"},\n{\"Key\": \"c\", \"Value\": \"\"}]\n"],
            &[r#"{"Key": "a", "Value": "b"}"#, r#"{"Key": "c", "Value": ""}"#],
            &["Key=a,Value=b", r#"{"Key": "c", "Value": ""}"#],
        ] {
            assert_eq!(parse(args), expected, "{args:?}");
        }
    }

    #[test]
    fn strings_are_words_or_a_list_in_json() {
        let parse = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            parse_strings("--tag-keys", words).map_err(|error| error.message)
        };
        let expected = Ok(vec!["a".to_owned(), "b c".to_owned()]);
        for words in [&["a", "b c"][..], &[r#"["a", "b c"]"#], &[" [\"a\",\n\"b c\"]\n"]] {
            assert_eq!(parse(words), expected, "{words:?}");
        }
        assert_eq!(parse(&["[a", "b"]), Ok(vec!["[a".to_owned(), "b".to_owned()]));
        for (word, expected) in
            [(r#"["a", 1]"#, "the JSON is not a list of strings"), ("[a]", "Invalid JSON: expected value at line 1 column 2")]
        {
            assert_eq!(parse(&[word]), Err(format!("Error parsing parameter '--tag-keys': {expected}")), "{word}");
        }
    }

    #[test]
    fn a_value_can_come_from_a_file() {
        let folder = tempfile::tempdir().expect("temporary directory");
        let file = folder.path().join("value");
        std::fs::write(&file, "a, b=c\n").expect("written");
        let word = format!("Key=x,Value@=file://{}", file.display());
        assert_eq!(parse(&[&word]), Ok(json!([{"Key": "x", "Value": "a, b=c\n"}])));
        assert_eq!(parse(&["Key=x,Value@=y"]), Ok(json!([{"Key": "x", "Value": "y"}])));
        let error = parse(&[&format!("{word}.missing")]).expect_err("no such file");
        assert!(error.starts_with("Error parsing parameter '--tags': Unable to load paramfile file://"), "{error}");
    }

    #[test]
    fn anything_else_is_refused() {
        for (args, expected) in [
            (&[][..], "expected at least one value"),
            (&["[]"], "expected at least one value"),
            (&["[1]"], "the JSON is not a list of objects"),
            (&["[{]"], "Invalid JSON: key must be a string at line 1 column 3"),
            (&["Key=a,value=b"], "Unknown member \"value\" in item 1, must be one of: Key, Value"),
            (&["Key=a", r#"{"Name": "b"}"#], "Unknown member \"Name\" in item 2, must be one of: Key, Value"),
            (&["a"], "Expected '=', received the end for input:\na\n ^"),
        ] {
            assert_eq!(parse(args), Err(format!("Error parsing parameter '--tags': {expected}")), "{args:?}");
        }
    }
}
