//! Literals in backticks that are not JSON. AWS's own examples have them, and the AWS CLI takes them for text: `` SecretList[?Name==`bin`] ``.

use serde_json::Value;

/// The expression with such literals in quotes. What is not understood stays as it is, for the parser to tell.
pub(super) fn quote_literals(expression: &str) -> String {
    let mut quoted = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(start) = rest.find(['`', '\'', '"']) {
        let (before, from) = rest.split_at(start);
        quoted.push_str(before);
        let Some((inside, after)) = delimited(from) else {
            rest = from;
            break;
        };
        let delimiter = if from.starts_with('`') {
            '`'
        } else if from.starts_with('"') {
            '"'
        } else {
            '\''
        };
        quoted.push(delimiter);
        if delimiter == '`' {
            quoted.push_str(&json(inside));
        } else {
            quoted.push_str(inside);
        }
        quoted.push(delimiter);
        rest = after;
    }
    quoted + rest
}

/// What stands between the delimiter that the text begins with and the next one without a backslash, and what follows.
fn delimited(text: &str) -> Option<(&str, &str)> {
    let delimiter = text.chars().next()?;
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            letter if letter == delimiter => return Some((text.get(1..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// A literal as JSON: what is none is a text without its quotes, spaces before it left out.
fn json(literal: &str) -> String {
    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    let plain = literal.replace("\\`", "`");
    let text = format!("\"{}\"", plain.trim_start());
    if is_json(&plain) || !is_json(&text) { literal.to_owned() } else { text.replace('`', "\\`") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::cli::output::query::Query;

    /// The results are those of PyPI jmespath, which the AWS CLI uses.
    #[test]
    fn literals_are_what_the_aws_cli_takes_them_for() {
        for (expression, expected) in [
            ("`bin`", json!("bin")),
            ("`\"bin\"`", json!("bin")),
            ("`1`", json!(1)),
            ("`-1`", json!(-1)),
            ("`true`", json!(true)),
            ("`truex`", json!("truex")),
            ("`1a`", json!("1a")),
            ("`01`", json!("01")),
            ("` bin`", json!("bin")),
            ("`bin `", json!("bin ")),
            ("`a b/c-d`", json!("a b/c-d")),
            ("`{`", json!("{")),
            ("`[a]`", json!("[a]")),
            ("`{\"a\": 1}`", json!({"a": 1})),
            ("`a\\`b`", json!("a`b")),
            ("`\"a\\`b\"`", json!("a`b")),
            ("`a\\\\b`", json!("a\\b")),
            ("`\\u0041`", json!("A")),
            ("``", json!("")),
            ("` `", json!("")),
            ("`é`", json!("é")),
            ("`'x'`", json!("'x'")),
            ("'a`b'", json!("a`b")),
            ("'a\\'b`'", json!("a'b`")),
            ("List[?Name==`bin`].Size", json!([1])),
            ("List[?Name==`bin` && Size==`1`].Name | [0]", json!("bin")),
            ("List[?Name!=`bin`].\"a`b\"", json!([5])),
            ("List[?contains(Name, `in`)].Size", json!([1])),
        ] {
            let document = json!({"List": [{"Name": "bin", "Size": 1}, {"Name": "other", "a`b": 5}]});
            let found = Query::parse(expression).and_then(|query| query.search(document));
            assert_eq!(found.unwrap_or_else(|error| panic!("{expression}: {error}")), expected, "{expression}");
        }
        for expression in ["`\"x`", "`a\nb`", "`x", "'x", "\"x", "`a\"b`"] {
            assert!(Query::parse(expression).is_err(), "{expression}");
        }
    }
}
