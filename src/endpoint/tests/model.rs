//! Requests and answers against AWS's service model, from `tests/data/kms-model.json`.

use std::sync::LazyLock;

use super::*;
use crate::protocol::{
    kms as operations,
    member::{Kind, Member, TAG_KEY},
};

static MODEL: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("../../../tests/data/kms-model.json")).expect("JSON"));

/// What is not among an operation's own errors: what AWS answers to any request, and what AWS answers though the model does not say so.
const COMMON: &[&str] = &[
    "AccessDeniedException",
    "InvalidMarkerException",
    "NotAuthorizedException",
    "SerializationException",
    "TagException",
    "UnrecognizedClientException",
    "UnsupportedOperationException",
    "ValidationException",
];

/// That an answer has no member that AWS's has not, and the types of AWS.
pub(super) fn check_answer(operation: &str, answer: &Value) {
    check_value(&MODEL[operation]["output"], answer, operation);
}

/// That AWS answers this error.
pub(super) fn check_error(operation: &str, name: &str) {
    let own = MODEL[operation]["errors"].as_array().unwrap_or_else(|| panic!("{operation} is not in the model"));
    assert!(COMMON.contains(&name) || own.contains(&json!(name)), "{operation}: {name}");
}

fn check_value(shape: &Value, value: &Value, path: &str) {
    let is_of_type = match shape["type"].as_str().expect("a type") {
        "structure" => {
            for (name, value) in value.as_object().unwrap_or_else(|| panic!("{path}: {value}")) {
                let member = shape["members"].get(name).unwrap_or_else(|| panic!("{path}: AWS has no {name}"));
                check_value(member, value, &format!("{path}.{name}"));
            }
            shape["required"].as_array().expect("a list").iter().all(|name| value.get(name.as_str().expect("text")).is_some())
        }
        "list" => {
            value.as_array().unwrap_or_else(|| panic!("{path}: {value}")).iter().for_each(|item| check_value(&shape["member"], item, path));
            true
        }
        "string" => value
            .as_str()
            .is_some_and(|text| shape.get("enum").is_none_or(|names| names.as_array().expect("a list").contains(&json!(text)))),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "timestamp" => value.as_f64().is_some_and(|seconds| seconds > 1.7e9),
        "blob" => value.as_str().is_some_and(|text| STANDARD.decode(text).is_ok()),
        other => panic!("{path}: {other} in an answer"),
    };
    assert!(is_of_type, "{path}: {value}");
}

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
        Kind::Tags => {
            let members = json!({ "TagKey": described(&TAG_KEY), "TagValue": { "type": "string", "min": 0, "max": 256 } });
            json!({ "type": "list", "member": { "type": "structure", "members": members, "required": ["TagKey", "TagValue"] } })
        }
        Kind::Structure => json!({ "type": "structure" }),
    }
}

#[test]
fn requests_have_the_members_and_constraints_of_aws() {
    for (name, model) in MODEL.as_object().expect("an object") {
        let operation = operations::all().find(|operation| operation.name == name).unwrap_or_else(|| panic!("{name} is missing"));
        let members = model["input"]["members"].as_object().expect("an object");
        assert!(members.keys().eq(operation.members.iter().map(|member| member.name)), "{name}: {:?}", members.keys());
        for Member { name: member, kind, is_required } in operation.members {
            let mut expected = members[*member].clone();
            if let Kind::Structure = kind {
                expected = json!({ "type": expected["type"] });
            }
            assert_eq!(described(kind), expected, "{name}.{member}");
            let required = model["input"]["required"].as_array().expect("a list");
            assert_eq!(required.contains(&json!(member)), *is_required, "{name}.{member}");
        }
    }
    assert_eq!(operations::all().count(), MODEL.as_object().map_or(0, serde_json::Map::len));
}
