//! The [grammar of policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) for a policy that is attached to a
//! resource: JSON -> statements. Errors say where, and repeat nothing of the text but names of members.

use serde_json::{Map, Value};

use super::statement::{ConditionTest, Effect, Meant, Principals, Statement};

const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];
const STATEMENT_MEMBERS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];
const CONDITION_FORM: &str = "Condition must be an object of operators, each an object of keys with values";

/// The statements of a policy, at least one.
pub(super) fn statements(policy: Value) -> Result<Vec<Statement>, String> {
    let Value::Object(mut members) = policy else { return Err("The policy is not a JSON object".to_owned()) };
    known_members("The policy", &members, &["Version", "Id", "Statement"])?;
    match members.get("Version") {
        None => {}
        Some(Value::String(version)) if VERSIONS.contains(&version.as_str()) => {}
        Some(_) => return Err(format!("Version must be {}", VERSIONS.join(" or "))),
    }
    if members.get("Id").is_some_and(|id| !id.is_string()) {
        return Err("Id must be a string".to_owned());
    }
    match members.remove("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => {
            statements.into_iter().enumerate().map(|(at, value)| statement(format!("Statement {}", at + 1), value)).collect()
        }
        Some(value @ Value::Object(_)) => Ok(vec![statement("Statement".to_owned(), value)?]),
        _ => Err("Statement must be an object, or a list with at least one".to_owned()),
    }
}

fn statement(place: String, value: Value) -> Result<Statement, String> {
    let Value::Object(mut members) = value else { return Err(format!("{place}: not a JSON object")) };
    known_members(&place, &members, &STATEMENT_MEMBERS)?;
    let sid = match members.remove("Sid") {
        None => None,
        Some(Value::String(sid)) => Some(sid),
        Some(_) => return Err(format!("{place}: Sid must be a string")),
    };
    let effect = match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(format!("{place}: Effect must be Allow or Deny")),
    };
    let principals = meant(one_of(&place, &mut members, ["Principal", "NotPrincipal"])?, |value| principals(&place, value))?;
    let actions = texts_of(&place, &mut members, ["Action", "NotAction"])?;
    let resources = texts_of(&place, &mut members, ["Resource", "NotResource"])?;
    let condition = members.remove("Condition").map_or_else(|| Ok(Vec::new()), |value| condition(&place, value))?;
    Ok(Statement { sid, effect, principals, actions, resources, condition, place })
}

fn known_members(place: &str, members: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match members.keys().find(|member| !known.contains(&member.as_str())) {
        Some(unknown) => Err(format!("{place}: unknown member '{}'; there may be {}", unknown.escape_debug(), known.join(", "))),
        None => Ok(()),
    }
}

fn one_of(place: &str, members: &mut Map<String, Value>, names: [&str; 2]) -> Result<Meant<Value>, String> {
    match names.map(|name| members.remove(name)) {
        [Some(value), None] => Ok(Meant::These(value)),
        [None, Some(value)] => Ok(Meant::AllBut(value)),
        _ => Err(format!("{place}: exactly one of {} is needed", names.join(" and "))),
    }
}

fn meant<T>(value: Meant<Value>, parse: impl FnOnce(Value) -> Result<T, String>) -> Result<Meant<T>, String> {
    match value {
        Meant::These(value) => parse(value).map(Meant::These),
        Meant::AllBut(value) => parse(value).map(Meant::AllBut),
    }
}

fn texts_of(place: &str, members: &mut Map<String, Value>, names: [&str; 2]) -> Result<Meant<Vec<String>>, String> {
    let fault = || format!("{place}: {} must be a string, or a list of strings", names.join(" or "));
    meant(one_of(place, members, names)?, |value| texts(value).ok_or_else(fault))
}

fn principals(place: &str, value: Value) -> Result<Principals, String> {
    match value {
        Value::String(everyone) if everyone == "*" => Ok(Principals::Everyone),
        Value::Object(kinds) if !kinds.is_empty() => {
            known_members(&format!("{place}: Principal"), &kinds, &PRINCIPALS)?;
            let fault = || format!("{place}: a principal must be a string, or a list of strings");
            let named = kinds.into_iter().map(|(kind, names)| Ok((kind, texts(names).ok_or_else(fault)?)));
            named.collect::<Result<_, _>>().map(Principals::Named)
        }
        _ => Err(format!("{place}: Principal must be \"*\" or an object with {}", PRINCIPALS.join(", "))),
    }
}

fn condition(place: &str, value: Value) -> Result<Vec<ConditionTest>, String> {
    let fault = || format!("{place}: {CONDITION_FORM}");
    let Value::Object(operators) = value else { return Err(fault()) };
    let mut tests = Vec::new();
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else { return Err(fault()) };
        for (key, operand) in keys {
            let values = match operand {
                Value::Array(list) => list.into_iter().map(scalar).collect(),
                value => scalar(value).map(|value| vec![value]),
            };
            tests.push(ConditionTest { operator: operator.clone(), key, values: values.ok_or_else(fault)? });
        }
    }
    Ok(tests)
}

/// A value of a condition: its text, or `None` inside for a number or a boolean.
fn scalar(value: Value) -> Option<Option<String>> {
    match value {
        Value::String(text) => Some(Some(text)),
        Value::Bool(_) | Value::Number(_) => Some(None),
        _ => None,
    }
}

/// A string, or a list of strings with at least one.
fn texts(value: Value) -> Option<Vec<String>> {
    let text = |value| if let Value::String(text) = value { Some(text) } else { None };
    match value {
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) => list.into_iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}
