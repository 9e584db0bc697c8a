//! A table that is wider than the terminal, whose lines would be broken: what to do about it.

use serde_json::Value;

/// What to say of a table of a document, if it has more columns than the terminal.
pub(crate) fn advice(table: &str, document: &Value, terminal: u16) -> Option<String> {
    // The table begins with a rule of its whole width.
    let width = table.lines().next()?.chars().count();
    if width <= usize::from(terminal) {
        return None;
    }
    let example = expression(document).map(|expression| format!(", as --query '{expression}' does")).unwrap_or_default();
    Some(format!(
        "the table has {width} columns and the terminal {terminal}: --query chooses what is shown{example}; --output json and yaml need no width"
    ))
}

/// Two members of each entry of the document's first list of structures.
fn expression(document: &Value) -> Option<String> {
    let (list, entry) = document.as_object()?.iter().find_map(|(name, value)| Some((name, value.as_array()?.first()?.as_object()?)))?;
    let is_shown = |value: &Value| !value.is_object() && !value.is_array();
    let mut names: Vec<_> = entry.iter().filter(|(_, value)| is_shown(value)).map(|(name, _)| name.as_str()).collect();
    // An ARN is what takes most of the room.
    names.sort_by_key(|name| name.ends_with("Arn") || *name == "ARN");
    names.truncate(2);
    let is_plain = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_sayable = !names.is_empty() && is_plain(list) && names.iter().all(|name| is_plain(name));
    is_sayable.then(|| format!("{list}[].[{}]", names.join(",")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::output::{Look, OutputFormat, query::Query, render};

    fn table(document: &Value) -> String {
        render("ListSecrets", document, OutputFormat::Table, Look::PLAIN)
    }

    #[test]
    fn a_wide_table_is_told_with_a_query_that_makes_it_fit() {
        let entry = |name: &str| json!({ "ARN": "a".repeat(90), "Name": name, "Tags": [{ "Key": "k" }], "CreatedDate": "2026" });
        let document = json!({ "SecretList": [entry("a"), entry("b")] });
        let wide = table(&document);
        let told = advice(&wide, &document, 80).expect("wide");
        let width = wide.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(told.starts_with(&format!("the table has {width} columns and the terminal 80: ")), "{told}");
        assert!(told.contains("as --query 'SecretList[].[Name,CreatedDate]' does"), "{told}");
        let found = Query::parse("SecretList[].[Name,CreatedDate]").and_then(|query| query.search(document.clone())).expect("selects");
        assert_eq!(advice(&table(&found), &found, 80), None);
        assert_eq!(advice(&wide, &document, 400), None, "a terminal that is wide enough");
    }

    #[test]
    fn no_example_is_made_of_what_no_expression_says() {
        for document in [json!({ "a b": [{ "x": "y".repeat(90) }] }), json!({ "List": [{ "'": "y".repeat(90) }] }), json!(["y".repeat(90)])]
        {
            let told = advice(&table(&document), &document, 80).expect("wide");
            assert!(told.contains("--query chooses what is shown; --output json"), "{told}");
        }
        assert_eq!(advice(&table(&json!({})), &json!({}), 80), None, "nothing is shown");
    }
}
