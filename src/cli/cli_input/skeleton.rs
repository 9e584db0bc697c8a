//! The members of AWS's requests and answers.

use serde::Deserialize;
use serde_json::{Map, Value};

const SKELETONS: &str = include_str!("skeletons.json");

/// One operation's members, each with a value of its type; null for bytes.
#[derive(Clone, Deserialize)]
pub(super) struct Skeleton {
    pub(super) input: Map<String, Value>,
    pub(super) output: Value,
}

impl Skeleton {
    /// The operations of a service.
    pub(super) fn operations(service: &str) -> impl Iterator<Item = &'static str> {
        let names = SKELETONS.lines().filter_map(|line| line.strip_prefix('"')?.split_once("\": ").map(|(name, _)| name));
        names.filter_map(move |name| name.strip_prefix(service)?.strip_prefix('.'))
    }

    /// The operation of a service; `None` where the service has none of this name.
    pub(super) fn of(service: &str, operation: &str) -> Option<Self> {
        let key = format!("\"{service}.{operation}\": ");
        // One line each, so that a command does not parse all of them.
        let line = SKELETONS.lines().find_map(|line| line.strip_prefix(&key))?;
        serde_json::from_str(line.trim_end_matches(',')).ok()
    }
}

/// A JSON value's type in words.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{self, member::Kind, operation::Service};

    #[test]
    fn every_line_of_the_table_is_read() {
        let table: Map<String, Value> = serde_json::from_str(SKELETONS).expect("the table is JSON");
        assert!(table.len() >= 70, "{}", table.len());
        for name in table.keys() {
            let (service, operation) = name.split_once('.').expect("a service and an operation");
            assert!(Skeleton::of(service, operation).is_some(), "{name}");
        }
        assert!(Skeleton::of("kms", "CreateSecret").is_none());
    }

    /// What a member of this kind looks like in JSON; bytes stand as null.
    fn kind_of(member: &Kind) -> &'static str {
        match member {
            Kind::Text { .. } | Kind::OneOf(_) => "a string",
            Kind::Integer(_) => "a number",
            Kind::Boolean => "a boolean",
            Kind::Blob(_) => "null",
            Kind::Pairs | Kind::Structure => "an object",
            Kind::List { .. } | Kind::Structures { .. } => "a list",
        }
    }

    /// Members of requests of their own in AWS, which `create-secret` takes.
    const OWN: [&str; 2] = ["ResourcePolicy", "RotationRules"];

    #[test]
    fn what_stands_in_a_skeleton_stands_in_the_table() {
        for operation in protocol::all() {
            let service = match operation.service {
                Service::Kms => "kms",
                Service::SecretsManager => "secretsmanager",
            };
            let skeleton = Skeleton::of(service, operation.name).unwrap_or_else(|| panic!("{} has no skeleton", operation.name));
            let mut members = operation.input.iter();
            for (name, sample) in skeleton.input.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
                let member = members.find(|member| member.name == name);
                let member = member.unwrap_or_else(|| panic!("{}.{name} is not in the table, or in another place", operation.name));
                assert_eq!(kind(sample), kind_of(&member.kind), "{}.{name}", operation.name);
            }
        }
    }
}
