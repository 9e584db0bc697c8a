//! The grammar of policies that are attached to a resource: key policies of AWS KMS, and secrets' policies of AWS Secrets Manager. It is
//! checked, and no more: **nothing in this crate enforces a policy**.

use serde_json::{Map, Value};

use crate::error::{RequestRefusal, Result};

const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];
const STATEMENT_MEMBERS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// Whether a text follows the [grammar of policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) for a
/// policy that is attached to a resource: JSON, members, and the kinds of their values.
///
/// # Errors
/// `MalformedPolicyDocumentException`. It repeats nothing of the text but names of members.
pub(crate) fn check_grammar(policy: &str) -> Result<()> {
    grammar(policy).map_err(|what| RequestRefusal::MalformedPolicy(what).into())
}

fn grammar(policy: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(policy)
        .map_err(|error| format!("The policy is not JSON (line {}, column {})", error.line(), error.column()))?;
    let Value::Object(members) = value else { return Err("The policy is not a JSON object".to_owned()) };
    known_members("The policy", &members, &["Version", "Id", "Statement"])?;
    match members.get("Version") {
        None => {}
        Some(Value::String(version)) if VERSIONS.contains(&version.as_str()) => {}
        Some(_) => return Err(format!("Version must be {}", VERSIONS.join(" or "))),
    }
    if members.get("Id").is_some_and(|id| !id.is_string()) {
        return Err("Id must be a string".to_owned());
    }
    match members.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => {
            statements.iter().enumerate().try_for_each(|(at, value)| statement(&format!("Statement {}", at + 1), value))
        }
        Some(value @ Value::Object(_)) => statement("Statement", value),
        _ => Err("Statement must be an object, or a list with at least one".to_owned()),
    }
}

fn statement(place: &str, value: &Value) -> Result<(), String> {
    let Value::Object(members) = value else { return Err(format!("{place}: not a JSON object")) };
    known_members(place, members, &STATEMENT_MEMBERS)?;
    if members.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err(format!("{place}: Sid must be a string"));
    }
    match members.get("Effect").and_then(Value::as_str) {
        Some("Allow" | "Deny") => {}
        _ => return Err(format!("{place}: Effect must be Allow or Deny")),
    }
    principal(place, one_of(place, members, ["Principal", "NotPrincipal"])?)?;
    for names in [["Action", "NotAction"], ["Resource", "NotResource"]] {
        if !is_text(one_of(place, members, names)?) {
            return Err(format!("{place}: {} must be a string, or a list of strings", names.join(" or ")));
        }
    }
    members.get("Condition").map_or(Ok(()), |condition| self::condition(place, condition))
}

fn known_members(place: &str, members: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match members.keys().find(|member| !known.contains(&member.as_str())) {
        Some(unknown) => Err(format!("{place}: unknown member '{}'; there may be {}", unknown.escape_debug(), known.join(", "))),
        None => Ok(()),
    }
}

fn one_of<'a>(place: &str, members: &'a Map<String, Value>, names: [&str; 2]) -> Result<&'a Value, String> {
    match names.map(|name| members.get(name)) {
        [Some(value), None] | [None, Some(value)] => Ok(value),
        _ => Err(format!("{place}: exactly one of {} is needed", names.join(" and "))),
    }
}

fn principal(place: &str, value: &Value) -> Result<(), String> {
    match value {
        Value::String(everyone) if everyone == "*" => Ok(()),
        Value::Object(kinds) if !kinds.is_empty() => {
            known_members(&format!("{place}: Principal"), kinds, &PRINCIPALS)?;
            if kinds.values().all(is_text) { Ok(()) } else { Err(format!("{place}: a principal must be a string, or a list of strings")) }
        }
        _ => Err(format!("{place}: Principal must be \"*\" or an object with {}", PRINCIPALS.join(", "))),
    }
}

fn condition(place: &str, value: &Value) -> Result<(), String> {
    let scalar = |value: &Value| value.is_string() || value.is_boolean() || value.is_number();
    let operand = |value: &Value| scalar(value) || value.as_array().is_some_and(|list| list.iter().all(scalar));
    let operator = |value: &Value| value.as_object().is_some_and(|keys| keys.values().all(operand));
    if value.as_object().is_some_and(|operators| operators.values().all(operator)) {
        Ok(())
    } else {
        Err(format!("{place}: Condition must be an object of operators, each an object of keys with values"))
    }
}

/// A string, or a list of strings with at least one.
fn is_text(value: &Value) -> bool {
    value.is_string() || value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string))
}
