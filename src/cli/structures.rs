//! Parameters that are structures or lists: shorthand words or JSON. What stands in them is checked with the rest of the request.

use serde_json::{Map, Value};

use super::{
    paramfile::ParamFiles,
    shorthand::{Echo, Shorthand},
    usage::UsageError,
};
use crate::{
    error::Violation,
    protocol::{
        draft::Draft,
        json::Json,
        member::{Kind, Member},
        request::Request,
    },
};

/// Structures from shorthand words, from words that are JSON objects, or from one word that is a JSON list.
///
/// # Errors
/// Syntax; a file of `k@=file://…` that cannot be read; no word at all.
pub(crate) fn parse_structures(
    files: &ParamFiles<'_>,
    parameter: &str,
    args: &[String],
    members: &[Member],
) -> Result<Vec<Value>, UsageError> {
    match args {
        [] => Err(UsageError::parameter(parameter, "expected at least one value")),
        [only] if only.trim_start().starts_with('[') => match parse_json(parameter, only)? {
            Value::Array(items) => Ok(items),
            _ => Err(UsageError::parameter(parameter, "the JSON is not a list")),
        },
        words => words.iter().map(|word| parse_structure(files, parameter, word, members).map(Value::Object)).collect(),
    }
}

/// Strings as words, or as one word that is a list in JSON.
///
/// # Errors
/// Syntax.
pub(crate) fn parse_strings(parameter: &str, words: Vec<String>) -> Result<Vec<Value>, UsageError> {
    match words.as_slice() {
        [only] if only.trim_start().starts_with('[') => match parse_json(parameter, only)? {
            Value::Array(items) => Ok(items),
            _ => Err(UsageError::parameter(parameter, "the JSON is not a list")),
        },
        _ => Ok(words.into_iter().map(Value::String).collect()),
    }
}

/// One structure: a JSON object or a shorthand word. In shorthand all is text: one that is alone in a list, a number and a truth value become what
/// the member is.
pub(crate) fn parse_structure(
    files: &ParamFiles<'_>,
    parameter: &str,
    word: &str,
    members: &[Member],
) -> Result<Map<String, Value>, UsageError> {
    parse_structure_as(Echo::Input, files, parameter, word, members)
}

/// The same; what an error may show of it is said.
pub(crate) fn parse_structure_as(
    echo: Echo,
    files: &ParamFiles<'_>,
    parameter: &str,
    word: &str,
    members: &[Member],
) -> Result<Map<String, Value>, UsageError> {
    if word.trim_start().starts_with('{') {
        return match parse_json(parameter, word)? {
            Value::Object(members) => Ok(members),
            _ => Err(UsageError::parameter(parameter, "the JSON is not an object")),
        };
    }
    let mut load = |value: &str| files.value(parameter, value);
    let mut given = Shorthand::new(parameter, echo).with_files(&mut load).parse(word.trim_end_matches(['\r', '\n']))?;
    for Member { name, kind, .. } in members {
        let Some(value) = given.get_mut(*name) else { continue };
        match (kind, &*value) {
            (Kind::List { .. }, Value::String(_)) => *value = Value::Array(vec![value.take()]),
            (Kind::Boolean, Value::String(text)) if text == "true" || text == "false" => *value = Value::Bool(text == "true"),
            (Kind::Integer(_), Value::String(text)) => *value = text.parse::<i64>().map_or_else(|_| value.take(), Value::from),
            _ => {}
        }
    }
    Ok(given)
}

/// A request of one member, apart from all others.
///
/// # Errors
/// What AWS's model says of it.
pub(crate) fn request_of(member: &'static Member, items: Vec<Value>) -> Result<Request, Vec<Violation>> {
    let mut draft = Draft::default();
    draft.json(member, Json::of(&Value::Array(items)));
    Request::typed(&[], draft)
}

fn parse_json(parameter: &str, text: &str) -> Result<Value, UsageError> {
    // serde_json's syntax errors name the place and what was expected there, not the text.
    serde_json::from_str(text).map_err(|error| UsageError::parameter(parameter, format!("Invalid JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::environment::Environment;
    use super::*;
    use crate::protocol::member::ANY_COUNT;

    const MEMBERS: &[Member] = &[
        Member::optional("Values", Kind::List { count: ANY_COUNT, of: &Kind::ANY_TEXT, item: "" }),
        Member::optional("Days", Kind::Integer(0..=9)),
        Member::optional("On", Kind::Boolean),
    ];

    fn parse(args: &[&str]) -> Result<Value, String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let environment = Environment::fixed(&[]);
        let files = ParamFiles::new(&environment);
        parse_structures(&files, "--tags", &args, MEMBERS).map(Value::Array).map_err(|error| error.message)
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
    fn shorthand_becomes_what_the_member_is() {
        let expected = Ok(json!([{"Days": 5, "Values": ["a"]}, {"Days": "x", "Values": ["b", "c"]}]));
        assert_eq!(parse(&["Days=5,Values=a", "Days=x,Values=b,c"]), expected);
        assert_eq!(parse(&["On=true", "On=false", "On=yes"]), Ok(json!([{"On": true}, {"On": false}, {"On": "yes"}])));
        let json = r#"{"Days": "5", "Values": "a"}"#;
        assert_eq!(parse(&[json]), Ok(json!([{"Days": "5", "Values": "a"}])), "JSON has types of its own");
    }

    #[test]
    fn strings_are_words_or_a_list_in_json() {
        let parse = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            parse_strings("--tag-keys", words).map_err(|error| error.message)
        };
        let expected = Ok(vec![json!("a"), json!("b c")]);
        for words in [&["a", "b c"][..], &[r#"["a", "b c"]"#], &[" [\"a\",\n\"b c\"]\n"]] {
            assert_eq!(parse(words), expected, "{words:?}");
        }
        assert_eq!(parse(&["[a", "b"]), Ok(vec![json!("[a"), json!("b")]));
        assert_eq!(parse(&[r#"["a", 1]"#]), Ok(vec![json!("a"), json!(1)]), "types are looked at later");
        let expected = "Error parsing parameter '--tag-keys': Invalid JSON: expected value at line 1 column 2";
        assert_eq!(parse(&["[a]"]), Err(expected.to_owned()));
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
            (&["[{]"], "Invalid JSON: key must be a string at line 1 column 3"),
            (&["a"], "Expected '=', received the end for input:\na\n ^"),
        ] {
            assert_eq!(parse(args), Err(format!("Error parsing parameter '--tags': {expected}")), "{args:?}");
        }
    }
}
