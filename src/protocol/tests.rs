//! The table against AWS's service models, from `tests/data`.

#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

use serde_json::{Map, Value, json};

use super::{
    kms,
    member::{ANY_COUNT, Kind, Member, Need},
    operation::Operation,
    secrets,
};

/// A member's kind in the words of the model.
fn described(kind: &Kind) -> Value {
    let bounds = |kind: &str, start: Value, end: Value| json!({ "type": kind, "min": start, "max": end });
    match kind {
        Kind::Text { length, pattern } => {
            let mut described = bounds("string", json!(length.start()), json!(length.end()));
            if let Some(pattern) = pattern {
                described["pattern"] = json!(pattern.text);
            }
            described
        }
        Kind::OneOf(names) => json!({ "type": "string", "enum": names }),
        Kind::Integer(range) => bounds("integer", json!(range.start()), json!(range.end())),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Blob(length) => bounds("blob", json!(length.start()), json!(length.end())),
        Kind::Pairs => json!({ "type": "map", "value": { "type": "string" } }),
        Kind::List { count, of } if *count.end() == usize::MAX => json!({ "type": "list", "member": described(of) }),
        Kind::List { count, of } => {
            let mut list = bounds("list", json!(count.start()), json!(count.end()));
            list["member"] = described(of);
            list
        }
        Kind::Structures { count, members } => {
            let described: Map<String, Value> = members.iter().map(|member| (member.name.to_owned(), described(&member.kind))).collect();
            let structure = json!({ "type": "structure", "members": described, "required": required(members) });
            let mut list = json!({ "type": "list", "min": count.start(), "member": structure });
            if count.end() != ANY_COUNT.end() {
                list["max"] = json!(count.end());
            }
            list
        }
        Kind::Structure => json!({ "type": "structure" }),
    }
}

/// A least length of none says nothing, and one of the models leaves it out.
fn without_zero(mut shape: Value) -> Value {
    match &mut shape {
        Value::Object(members) => {
            members.retain(|name, value| name != "min" || *value != 0);
            members.values_mut().for_each(|value| *value = without_zero(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_zero(item.take())),
        _ => {}
    }
    shape
}

fn required(members: &[Member]) -> Vec<&'static str> {
    members.iter().filter(|member| member.need == Need::Required).map(|member| member.name).collect()
}

fn check(model: &str, operations: impl Iterator<Item = &'static Operation>) {
    let model: Map<String, Value> = serde_json::from_str(model).expect("JSON");
    let mut count = 0;
    for operation in operations {
        let name = operation.name;
        let input = &model.get(name).unwrap_or_else(|| panic!("{name} is not in the model"))["input"];
        let members = input["members"].as_object().expect("an object");
        assert!(members.keys().eq(operation.input.iter().map(|member| member.name)), "{name}: {:?}", members.keys());
        for Member { name: member, kind, .. } in operation.input {
            let mut expected = members[*member].clone();
            if let Kind::Structure = kind {
                expected = json!({ "type": expected["type"] });
            }
            assert_eq!(without_zero(described(kind)), without_zero(expected), "{name}.{member}");
        }
        let mut expected: Vec<_> = input["required"].as_array().expect("a list").iter().map(|name| name.as_str().expect("text")).collect();
        let mut own = required(operation.input);
        expected.sort_unstable();
        own.sort_unstable();
        assert_eq!(own, expected, "{name}");
        count += 1;
    }
    assert_eq!(count, model.len(), "each operation of the model stands in the table");
}

#[test]
fn requests_have_the_members_and_constraints_of_aws() {
    check(include_str!("../../tests/data/kms-model.json"), kms::all());
    check(include_str!("../../tests/data/secretsmanager-model.json"), secrets::all());
}
