//! Every case of `tests/data/formatters.json`, which `.ci/make_formatter_cases.py` makes with the AWS CLI's own formatters.

use serde::Deserialize;

use super::query::Query;
use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    document: Value,
    query: Option<String>,
    json: String,
    /// Absent where the AWS CLI's formatter ends with a fault.
    text: Option<String>,
    /// The table under the title `DescribeSecret` in 80 columns; absent likewise.
    table: Option<String>,
}

#[test]
fn output_equals_the_aws_cli() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/data/formatters.json")).expect("the table is JSON");
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let result = match &case.query {
            Some(query) => Query::parse(query).and_then(|query| query.search(case.document.clone())).expect(&case.name),
            None => case.document.clone(),
        };
        let render = |format| render("DescribeSecret", &result, format, Look::PLAIN);
        let (json, table, text) = (render(OutputFormat::Json), render(OutputFormat::Table), render(OutputFormat::Text));
        if json != case.json {
            wrong.push(format!("{}: JSON\n{json}expected\n{}", case.name, case.json));
        }
        if case.text.as_ref().is_some_and(|expected| *expected != text) {
            wrong.push(format!("{}: text\n{text}expected\n{}", case.name, case.text.as_deref().unwrap_or_default()));
        }
        if case.table.as_ref().is_some_and(|expected| *expected != table) {
            wrong.push(format!("{}: table\n{table}expected\n{}", case.name, case.table.as_deref().unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases differ\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn a_list_of_structures_and_scalars_is_printed_where_the_aws_cli_fails() {
    let document = serde_json::json!([{"A": 1}, "x", ["y", "z"], null]);
    assert_eq!(render("Title", &document, OutputFormat::Text, Look::PLAIN), "1\nx\ny\tz\nNone\n");
    assert_eq!(
        render("Title", &serde_json::json!([["a", "b"], ["c"], "d"]), OutputFormat::Table, Look::PLAIN),
        "------------\n|   Title  |\n+----+-----+\n|  a |  b  |\n|  c |     |\n|  d |     |\n+----+-----+\n"
    );
}

#[test]
fn format_names_are_exact() {
    assert_eq!("json".parse(), Ok(OutputFormat::Json));
    assert_eq!("table".parse(), Ok(OutputFormat::Table));
    assert_eq!("text".parse(), Ok(OutputFormat::Text));
    assert!("JSON".parse::<OutputFormat>().is_err());
}
