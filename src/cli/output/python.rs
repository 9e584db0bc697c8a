//! Python's spelling of values: what `str()` and `repr()` make of them, which is what the AWS CLI prints as text.

use std::fmt::Write as _;

use serde_json::{Number, Value};

/// Python's `str()`.
pub(crate) fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// Python's `repr()`.
pub(super) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => self::number(number),
        Value::String(text) => repr_string(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(key, value)| format!("{}: {}", repr_string(key), repr(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn number(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => float(value),
        _ => number.to_string(),
    }
}

/// The shortest digits that read back as `value`, with an exponent below 1e-4 and from 1e16 on.
pub(super) fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let plain = value.to_string();
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

fn repr_string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\\' => quoted.push_str("\\\\"),
            c if c == quote => quoted.extend(['\\', c]),
            c if is_printable(c) => quoted.push(c),
            c => push_escape(&mut quoted, u32::from(c)),
        }
    }
    quoted.push(quote);
    quoted
}

/// Whether Python prints it as it is. After a base letter, Rust's escaping leaves the same characters alone.
fn is_printable(c: char) -> bool {
    matches!(c, '"' | '\'') || ['a', c].iter().collect::<String>().escape_debug().eq(['a', c])
}

fn push_escape(text: &mut String, code: u32) {
    let written = match code {
        0..=0xff => write!(text, "\\x{code:02x}"),
        0x100..=0xffff => write!(text, "\\u{code:04x}"),
        _ => write!(text, "\\U{code:08x}"),
    };
    written.expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_spelled_as_in_python() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (1.5, "1.5"),
            (1700000000.123, "1700000000.123"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-2.5e-10, "-2.5e-10"),
        ] {
            assert_eq!(float(value), expected);
        }
    }

    #[test]
    fn strings_are_quoted_as_in_python() {
        for (text, expected) in [
            ("a", "'a'"),
            ("it's", "\"it's\""),
            ("'\"", "'\\'\"'"),
            ("\"", "'\"'"),
            ("\u{7f}\u{1}\n", "'\\x7f\\x01\\n'"),
            ("é\u{301}\u{a0}", "'é\u{301}\\xa0'"),
            ("\u{2028}\u{1f511}\u{e0001}", "'\\u2028\u{1f511}\\U000e0001'"),
        ] {
            assert_eq!(repr_string(text), expected);
        }
    }
}
