//! Answers against AWS's service models, from `tests/data`.

use std::sync::LazyLock;

use super::*;

/// A service's model.
pub(super) struct Model {
    operations: Value,
    /// What is not among an operation's own errors: what AWS answers to any request, and what AWS answers though the model does not say so.
    common: &'static [&'static str],
}

pub(super) static KMS: LazyLock<Model> = LazyLock::new(|| Model::new(include_str!("../../../tests/data/kms-model.json"), KMS_ERRORS));
pub(super) static SECRETS: LazyLock<Model> =
    LazyLock::new(|| Model::new(include_str!("../../../tests/data/secretsmanager-model.json"), SECRETS_ERRORS));

const KMS_ERRORS: &[&str] = &[
    "AccessDeniedException",
    "InvalidMarkerException",
    "NotAuthorizedException",
    "SerializationException",
    "TagException",
    "UnrecognizedClientException",
    "UnsupportedOperationException",
    "ValidationException",
];
const SECRETS_ERRORS: &[&str] = &["AccessDeniedException", "SerializationException", "ValidationException"];

impl Model {
    fn new(text: &str, common: &'static [&'static str]) -> Self {
        Self { operations: serde_json::from_str(text).expect("JSON"), common }
    }

    /// That an answer has no member that AWS's has not, and the types of AWS.
    pub(super) fn check_answer(&self, operation: &str, answer: &Value) {
        check_value(&self.operations[operation]["output"], answer, operation);
    }

    /// That AWS answers this error.
    pub(super) fn check_error(&self, operation: &str, name: &str) {
        let own = self.operations[operation]["errors"].as_array().unwrap_or_else(|| panic!("{operation} is not in the model"));
        assert!(self.common.contains(&name) || own.contains(&json!(name)), "{operation}: {name}");
    }
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
        "map" => {
            let values = value.as_object().unwrap_or_else(|| panic!("{path}: {value}"));
            values.iter().for_each(|(name, value)| check_value(&shape["value"], value, &format!("{path}.{name}")));
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
