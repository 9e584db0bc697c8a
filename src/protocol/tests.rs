//! The table against AWS's service models, from `tests/data`.

#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

use std::{collections::BTreeSet, ops::RangeInclusive};

use serde_json::{Map, Value, json};

use super::{
    draft::Draft,
    kms,
    member::{ANY_COUNT, ANY_INTEGER, Kind, Member, Need},
    operation::Operation,
    request::Request,
    secrets,
};

/// A member's kind in the words of the model.
fn described(kind: &Kind) -> Value {
    match kind {
        Kind::Text { length, pattern } => {
            let mut described = bounded("string", length);
            if let Some(pattern) = pattern {
                described["pattern"] = json!(pattern.text);
            }
            described
        }
        Kind::SecretText(length) => bounded("string", length),
        Kind::OneOf(names) => json!({ "type": "string", "enum": names }),
        Kind::Integer(range) if *range == ANY_INTEGER => json!({ "type": "integer" }),
        Kind::Integer(range) => json!({ "type": "integer", "min": range.start(), "max": range.end() }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Blob(length) => bounded("blob", length),
        Kind::Pairs => json!({ "type": "map", "value": { "type": "string" } }),
        Kind::Map(of) => json!({ "type": "map", "value": described(of) }),
        Kind::List { count, of, item } => {
            let mut list = bounded("list", count);
            list["member"] = described(of);
            list["item"] = json!(item);
            list
        }
        Kind::Structures { count, members } => {
            let mut list = bounded("list", count);
            list["member"] = structure(members);
            list
        }
        Kind::Structure(members) => structure(members),
        Kind::Date => json!({ "type": "timestamp" }),
    }
}

fn structure(members: &[Member]) -> Value {
    let described: Vec<Value> = members.iter().map(|member| json!([member.name, described(&member.kind)])).collect();
    let required: BTreeSet<_> = members.iter().filter(|member| member.need == Need::Required).map(|member| member.name).collect();
    json!({ "type": "structure", "members": described, "required": required })
}

/// A least length of none says nothing, and the models leave it out in places; a length without an end is not bounded.
fn bounded(kind: &str, length: &RangeInclusive<usize>) -> Value {
    let mut bounded = json!({ "type": kind });
    if *length.start() != 0 {
        bounded["min"] = json!(length.start());
    }
    if length.end() != ANY_COUNT.end() {
        bounded["max"] = json!(length.end());
    }
    bounded
}

/// A shape of the model, with its members as a list, since their order counts.
fn shape(model: &Value) -> Value {
    let mut shape = model.clone();
    if shape["type"] == "long" {
        shape["type"] = json!("integer");
    }
    if shape["min"] == 0 {
        shape.as_object_mut().expect("a shape").remove("min");
    }
    if let Some(members) = model.get("members") {
        let members = members.as_object().expect("an object").iter();
        shape["members"] = members.map(|(name, member)| json!([name, self::shape(member)])).collect();
        let required: BTreeSet<_> = model["required"].as_array().expect("a list").iter().map(|name| name.as_str().expect("text")).collect();
        shape["required"] = json!(required);
    }
    for inner in ["member", "value"] {
        if let Some(model) = model.get(inner) {
            shape[inner] = self::shape(model);
        }
    }
    // What an item is called is shown for text alone.
    if shape["member"]["type"] == "structure" {
        shape.as_object_mut().expect("a shape").remove("item");
    }
    shape
}

/// An answer is made here: what its texts look like is not checked.
fn without_patterns(mut shape: Value) -> Value {
    match &mut shape {
        Value::Object(members) => {
            members.remove("pattern");
            members.values_mut().for_each(|value| *value = without_patterns(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_patterns(item.take())),
        _ => {}
    }
    shape
}

fn check(model: &str, operations: impl Iterator<Item = &'static Operation>) {
    let model: Map<String, Value> = serde_json::from_str(model).expect("JSON");
    let mut count = 0;
    for operation in operations {
        let name = operation.name;
        let expected = model.get(name).unwrap_or_else(|| panic!("{name} is not in the model"));
        assert_eq!(structure(operation.input), shape(&expected["input"]), "{name}: input");
        let output = without_patterns(structure(operation.output));
        assert_eq!(output, without_patterns(shape(&expected["output"])), "{name}: output");
        count += 1;
    }
    assert_eq!(count, model.len(), "each operation of the model stands in the table");
}

#[test]
fn requests_and_answers_have_the_members_and_constraints_of_aws() {
    check(include_str!("../../tests/data/kms-model.json"), kms::all());
    check(include_str!("../../tests/data/secretsmanager-model.json"), secrets::all());
}

#[test]
fn a_number_that_its_type_does_not_hold_is_no_number_that_was_not_given() {
    let member = &kms::all().find(|operation| operation.name == "ListKeys").expect("an operation").input[0];
    let mut draft = Draft::default();
    draft.value(member, super::value::Value::Integer(1000));
    let request = Request::typed(&[], draft).expect("within the model's range");
    assert_eq!(request.number::<u16>("Limit").expect("it fits"), Some(1000));
    assert_eq!(request.number::<u16>("Marker").expect("nothing"), None);
    assert!(request.number::<u8>("Limit").is_err());
}
