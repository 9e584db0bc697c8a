//! `--output yaml`: block style with sorted names, as version 2 of the AWS CLI prints it, but with long lines whole.
//!
//! A text is plain where a reader of YAML 1.1 or 1.2 takes it for a text, else in quotes.

use serde_json::Value;

use super::{Strange, json, python};
use crate::cli::shown::is_hidden;

/// The whole document. What is no list and no structure stands there as in JSON, so that no end of a document follows it.
pub(super) fn format(value: &Value) -> String {
    match value {
        Value::Object(members) if members.is_empty() => String::new(),
        Value::Object(_) | Value::Array(_) => {
            let mut text = String::new();
            write_block(&mut text, value, 0);
            text
        }
        scalar => json::indented(scalar, Strange::Escaped, None).expect("a JSON value serializes into memory") + "\n",
    }
}

/// Lines of a list or a structure; the first goes on where the text ends.
fn write_block(text: &mut String, value: &Value, indent: usize) {
    let mut is_first = true;
    let mut begin = |text: &mut String| {
        if !std::mem::take(&mut is_first) {
            text.push_str(&" ".repeat(indent));
        }
    };
    match value {
        Value::Array(items) if items.is_empty() => text.push_str("[]\n"),
        Value::Object(members) if members.is_empty() => text.push_str("{}\n"),
        Value::Array(items) => {
            for item in items {
                begin(text);
                text.push_str("- ");
                write_block(text, item, indent + 2);
            }
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            for (name, member) in sorted {
                begin(text);
                text.push_str(&scalar(name));
                text.push(':');
                write_member(text, member, indent);
            }
        }
        Value::String(value) => text.push_str(&(scalar(value) + "\n")),
        Value::Number(_) => text.push_str(&(number(value) + "\n")),
        Value::Null | Value::Bool(_) => text.push_str(&format!("{value}\n")),
    }
}

/// A list stands as far left as its name, a structure further in.
fn write_member(text: &mut String, member: &Value, indent: usize) {
    let inner = match member {
        Value::Array(items) if !items.is_empty() => indent,
        Value::Object(members) if !members.is_empty() => indent + 2,
        _ => {
            text.push(' ');
            return write_block(text, member, indent);
        }
    };
    text.push('\n');
    text.push_str(&" ".repeat(inner));
    write_block(text, member, inner);
}

/// An exponent has to have a point before it, or YAML 1.1 takes it for a text.
fn number(value: &Value) -> String {
    let text = python::repr(value);
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0e{exponent}"),
        _ => text,
    }
}

fn scalar(text: &str) -> String {
    let needs_escapes = text.chars().any(|c| !is_printable(c));
    match text {
        _ if needs_escapes => double_quoted(text),
        _ if is_plain(text) => text.to_owned(),
        _ => format!("'{}'", text.replace('\'', "''")),
    }
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !is_hidden(c) && c != '\u{feff}' && c < '\u{fffe}' || ('\u{10000}'..'\u{e0000}').contains(&c)
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) && c < '\u{10000}' => quoted.push(c),
            c if u32::from(c) <= 0xff => quoted.push_str(&format!("\\x{:02X}", u32::from(c))),
            c if u32::from(c) <= 0xffff => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted + "\""
}

/// Between documents.
const DOCUMENT_MARKS: [&str; 2] = ["---", "..."];

/// Whether a text of printable characters is read as itself without quotes.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let is_alone = text.chars().nth(1).is_none_or(|next| next == ' ');
    let begins_otherwise = "#,[]{}&*!|>'\"%@`".contains(first) || ("?:-".contains(first) && is_alone);
    let has_pair = |pair| text.chars().zip(text.chars().skip(1)).any(|neighbours| neighbours == pair);
    let is_marked = DOCUMENT_MARKS.into_iter().any(|mark| text.starts_with(mark))
        || text.ends_with(':')
        || has_pair((':', ' '))
        || has_pair((' ', '#'));
    !(begins_otherwise || is_marked || text.starts_with(' ') || text.ends_with(' ') || is_other_type(text))
}

/// Whether a plain text would be read as a number, a time, a truth value or nothing.
fn is_other_type(text: &str) -> bool {
    const WORDS: [&str; 9] = ["yes", "no", "true", "false", "on", "off", "null", "y", "n"];
    let has_one_case = |word: &str| {
        let (first, rest) = text.split_at_checked(1).unwrap_or((text, ""));
        text == word || text == word.to_uppercase() || (first.chars().all(char::is_uppercase) && first.to_lowercase() + rest == word)
    };
    matches!(text, "~" | "=" | "<<")
        || WORDS.into_iter().any(|word| word.len() > 1 && has_one_case(word))
        || is_number(text)
        || is_time(text)
}

/// A number in any form of YAML 1.1 or 1.2: also of base 60, with underscores, infinite.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let is_of = |digits: &str, allowed: &str| !digits.is_empty() && digits.chars().all(|c| allowed.contains(c));
    if let Some((base, digits)) = unsigned.split_at_checked(2) {
        let allowed = match base {
            "0b" => "01_",
            "0x" => "0123456789abcdefABCDEF_",
            "0o" => "01234567",
            _ => "",
        };
        if is_of(digits, allowed) {
            return true;
        }
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let starts_as_one = mantissa.starts_with(|c: char| c.is_ascii_digit()) || (mantissa.starts_with('.') && mantissa.len() > 1);
    let is_mantissa = is_of(mantissa, "0123456789_.") && mantissa.matches('.').count() <= 1;
    let is_sexagesimal = exponent.is_none() && mantissa.contains(':') && is_of(mantissa, "0123456789_.:");
    starts_as_one && (is_mantissa || is_sexagesimal) && exponent.is_none_or(|exponent| is_of(exponent, "0123456789"))
}

/// `2026-11-21`, alone or before a time of day.
fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let is_digits = |part: &str, lengths: [usize; 2]| lengths.contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit());
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let day = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let after = rest.get(day.len()..).unwrap_or_default();
    is_digits(year, [4, 4])
        && is_digits(month, [1, 2])
        && is_digits(day, [1, 2])
        && (after.is_empty() || after.starts_with(['T', 't', ' ', '\t']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_and_structures_are_laid_out_as_the_aws_cli_lays_them_out() {
        let document = json!({
            "Zulu": [{"B": 1, "A": [1, [2, 3], []]}, {}],
            "Alpha": {"Inner": {"Deep": null}, "Empty": {}, "Flag": true},
            "Float": 1.0e22,
        });
        let expected = "\
Alpha:
  Empty: {}
  Flag: true
  Inner:
    Deep: null
Float: 1.0e+22
Zulu:
- A:
  - 1
  - - 2
    - 3
  - []
  B: 1
- {}
";
        assert_eq!(format(&document), expected);
        for (value, expected) in
            [(json!("a: b"), "\"a: b\"\n"), (json!(null), "null\n"), (json!({}), ""), (json!([]), "[]\n"), (json!(["x"]), "- x\n")]
        {
            assert_eq!(format(&value), expected);
        }
    }

    #[test]
    fn a_text_that_would_be_read_as_something_else_is_quoted() {
        for (text, expected) in [
            ("arn:aws:kms:us-east-1:1:key/x", "arn:aws:kms:us-east-1:1:key/x"),
            ("1234abcd-12ab-34cd-56ef-1234567890ab", "1234abcd-12ab-34cd-56ef-1234567890ab"),
            ("", "''"),
            ("it's", "it's"),
            ("'it'", "'''it'''"),
            ("a: b", "'a: b'"),
            ("a:", "'a:'"),
            ("a #b", "'a #b'"),
            ("a#b", "a#b"),
            ("- a", "'- a'"),
            ("-a", "-a"),
            ("{a", "'{a'"),
            (" a", "' a'"),
            ("---", "'---'"),
            ("yes", "'yes'"),
            ("Off", "'Off'"),
            ("yEs", "yEs"),
            ("null", "'null'"),
            ("~", "'~'"),
            ("000000000000", "'000000000000'"),
            ("1_000", "'1_000'"),
            ("12:30:45", "'12:30:45'"),
            ("-0x1F", "'-0x1F'"),
            ("1e5", "'1e5'"),
            ("1.5.2", "1.5.2"),
            (".inf", "'.inf'"),
            ("2026-11-21T20:38:31.123000+00:00", "'2026-11-21T20:38:31.123000+00:00'"),
            ("2026-11-21", "'2026-11-21'"),
            ("a\nb\t\"", "\"a\\nb\\t\\\"\""),
            ("\u{1b}[31m", "\"\\x1B[31m\""),
            ("a\u{202e}b", "\"a\\u202Eb\""),
            ("é 語 🔑", "é 語 🔑"),
        ] {
            assert_eq!(scalar(text), expected, "{text:?}");
        }
    }
}
