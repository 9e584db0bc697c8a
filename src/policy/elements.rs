//! What AWS checks of a statement's elements besides the grammar: [Sid](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html),
//! [Action](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html),
//! [Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html) and
//! [Condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).

use super::{fault::PolicyFault, statement::Statement};

/// The condition operators; each but `Null` may end in `IfExists`.
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];
const QUALIFIERS: [&str; 2] = ["ForAllValues:", "ForAnyValue:"];

/// What is wrong with each statement, one thing of each kind.
pub(super) fn faults(statements: &[Statement]) -> impl Iterator<Item = PolicyFault> + '_ {
    statements.iter().enumerate().flat_map(move |(at, statement)| {
        let place = &statement.place;
        let before = statements.iter().take(at).find(|before| before.sid.is_some() && before.sid == statement.sid);
        let sid = before.map(|before| format!("{place}: its Sid is that of {}", before.place));
        let action = first_odd(place, "Action", statement.actions.listed(), is_action, "\"*\" or SERVICE:ACTION");
        let resource = first_odd(place, "Resource", statement.resources.listed(), is_resource, "\"*\" or an ARN");
        [sid, action, resource, condition(statement)].into_iter().flatten().map(PolicyFault::Syntax)
    })
}

fn first_odd(place: &str, what: &str, texts: &[String], is_one: fn(&str) -> bool, form: &str) -> Option<String> {
    let at = texts.iter().position(|text| !is_one(text))?;
    let which = if texts.len() == 1 { what.to_owned() } else { format!("{what} {}", at + 1) };
    Some(format!("{place}: {which} must be {form}"))
}

fn is_action(word: &str) -> bool {
    let is_service = |service: &str| !service.is_empty() && service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*?".contains(&byte));
    word == "*" || word.split_once(':').is_some_and(|(service, name)| is_service(service) && is_name(name))
}

fn is_resource(word: &str) -> bool {
    // Of partition, service, Region, account and resource the last ones may go into a wildcard.
    word == "*" || word.strip_prefix("arn:").is_some_and(|rest| rest.contains('*') || rest.splitn(5, ':').count() == 5)
}

fn condition(statement: &Statement) -> Option<String> {
    let place = &statement.place;
    let odd = statement.condition.iter().find_map(|test| {
        if !is_operator(&test.operator) {
            return Some("an operator is none of IAM's, such as StringEquals or ArnLike");
        }
        let is_key = test.key.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
        (!is_key).then_some("a key must be SERVICE:KEY, such as aws:SourceArn")
    });
    odd.map(|what| format!("{place}: Condition: {what}"))
}

fn is_operator(word: &str) -> bool {
    let word = QUALIFIERS.iter().find_map(|qualifier| word.strip_prefix(qualifier)).unwrap_or(word);
    OPERATORS.iter().any(|operator| word == *operator || (*operator != "Null" && word.strip_suffix("IfExists") == Some(operator)))
}
