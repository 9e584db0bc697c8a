//! Answers against AWS's service model, from `tests/data/kms-model.json`.

use std::sync::LazyLock;

use super::*;

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
