//! JSON documents as the variables of `jmespath`, and back. The names of members carry their positions, so that sorting keeps their order.

use std::collections::BTreeMap;

use jmespath::{Rcvar, Variable};
use serde_json::{Map, Value};

/// Hexadecimal digits of a position.
const POSITION_LENGTH: usize = 8;

/// The name under which the member at this position is kept.
pub(super) fn positioned_name(position: usize, name: &str) -> String {
    format!("{position:0POSITION_LENGTH$x}{name}")
}

/// The member's own name.
pub(super) fn plain_name(positioned: &str) -> &str {
    positioned.get(POSITION_LENGTH..).unwrap_or_default()
}

/// A document, its members' names with their positions. Its text is taken over: it may be a secret, and large.
pub(super) fn to_variable(value: Value) -> Rcvar {
    Rcvar::new(match value {
        Value::Null => Variable::Null,
        Value::Bool(value) => Variable::Bool(value),
        Value::Number(number) => Variable::Number(number),
        Value::String(text) => Variable::String(text),
        Value::Array(items) => Variable::Array(items.into_iter().map(to_variable).collect()),
        Value::Object(members) => {
            let positioned = members.into_iter().enumerate().map(|(at, (name, value))| (positioned_name(at, &name), to_variable(value)));
            Variable::Object(positioned.collect::<BTreeMap<_, _>>())
        }
    })
}

/// A result, with the members' own names. What nothing else holds is taken over.
pub(super) fn to_value(variable: Rcvar) -> Value {
    match Rcvar::try_unwrap(variable) {
        Ok(Variable::String(text)) => Value::String(text),
        Ok(Variable::Array(items)) => Value::Array(items.into_iter().map(to_value).collect()),
        Ok(Variable::Object(members)) => {
            Value::Object(members.into_iter().map(|(key, value)| (plain_name(&key).to_owned(), to_value(value))).collect::<Map<_, _>>())
        }
        Ok(leaf) => convert(&leaf, plain_name),
        Err(shared) => convert(&shared, plain_name),
    }
}

/// A literal as the parser made it: its names carry no position yet.
pub(super) fn from_plain_variable(variable: &Variable) -> Value {
    convert(variable, |name| name)
}

/// An expression type (`&name`) has no JSON form; it becomes null.
fn convert(variable: &Variable, name: fn(&str) -> &str) -> Value {
    match variable {
        Variable::Null | Variable::Expref(_) => Value::Null,
        Variable::Bool(value) => Value::Bool(*value),
        Variable::Number(number) => Value::Number(number.clone()),
        Variable::String(text) => Value::String(text.clone()),
        Variable::Array(items) => Value::Array(items.iter().map(|item| convert(item, name)).collect()),
        Variable::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (name(key).to_owned(), convert(value, name))).collect::<Map<_, _>>())
        }
    }
}
