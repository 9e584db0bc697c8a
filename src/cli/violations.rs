//! What AWS's validation of members found, as the AWS CLI tells it: what botocore sees before anything is sent is an error of usage, all of it at
//! once; the rest is the service's, and told once the request could be sent.

use super::{failure::Failure, output::python_str, shown::cell, usage::UsageError};
use crate::error::{
    Constraint, Error, JsonKind, MemberPath, MemberType, MistypedJson, PathStep, RequestRefusal, ViolatingValue, Violation,
};

impl From<Vec<Violation>> for Failure {
    fn from(violations: Vec<Violation>) -> Self {
        match usage_error(&violations) {
            Some(error) => error.into(),
            None => Error::from(RequestRefusal::Invalid(violations)).into(),
        }
    }
}

/// What botocore says to them; `None` where it sees nothing.
pub(super) fn usage_error(violations: &[Violation]) -> Option<UsageError> {
    let lines = lines(violations);
    if lines.is_empty() {
        return None;
    }
    let error = UsageError::new(format!("Parameter validation failed:\n{}", lines.join("\n")));
    Some(if violations.iter().any(is_split_text) { error.with_hint("write \\, for a comma in a value") } else { error })
}

/// All of them in one line, without the values: those that botocore sees or, where it sees nothing, those that the service sees.
pub(super) fn told_in_one_line(mut violations: Vec<Violation>) -> UsageError {
    for violation in &mut violations {
        match &mut violation.value {
            ViolatingValue::Json(found) => found.shown = None,
            value @ ViolatingValue::Text(_) if !matches!(violation.broken, Constraint::LeastLength(_) | Constraint::LeastValue(_)) => {
                *value = ViolatingValue::Untold;
            }
            _ => {}
        }
    }
    let lines = lines(&violations);
    UsageError::new(if lines.is_empty() { RequestRefusal::Invalid(violations).to_string() } else { lines.join("; ") })
}

/// Whether a list stands where a text belongs, as shorthand makes it of a comma.
fn is_split_text(violation: &Violation) -> bool {
    let is_list = matches!(&violation.value, ViolatingValue::Json(found) if found.kind == JsonKind::List);
    is_list && violation.broken == Constraint::Type(MemberType::String)
}

fn lines(violations: &[Violation]) -> Vec<String> {
    violations.iter().filter_map(line).collect()
}

/// botocore measures texts and lists, not bytes, and looks for the least alone.
fn line(Violation { path, value, broken }: &Violation) -> Option<String> {
    let place = place(path.steps());
    let (structure, member) = around(path);
    match (broken, value) {
        (Constraint::Required, _) => Some(format!("Missing required parameter in {structure}: \"{member}\"")),
        (Constraint::Known(known), _) => {
            Some(format!("Unknown parameter in {structure}: \"{member}\", must be one of: {}", known.join(", ")))
        }
        (Constraint::Type(wanted), ViolatingValue::Json(found)) => Some(format!(
            "Invalid type for parameter {place},{} type: {}, valid types: {}",
            found.shown.as_ref().map(|value| format!(" value: {},", cell(&python_str(value)))).unwrap_or_default(),
            class_of(found),
            classes(*wanted)
        )),
        (Constraint::LeastLength(least), ViolatingValue::Text(text)) => Some(too_short(&place, text.chars().count(), *least)),
        (Constraint::LeastLength(least), ViolatingValue::Length(length)) => Some(too_short(&place, *length, *least)),
        (Constraint::LeastValue(least), ViolatingValue::Text(value)) => {
            Some(format!("Invalid value for parameter {place}, value: {value}, valid min value: {least}"))
        }
        _ => None,
    }
}

fn too_short(place: &str, length: usize, least: usize) -> String {
    format!("Invalid length for parameter {place}, value: {length}, valid min length: {least}")
}

/// `Tags[0].Key`; the request itself is `input`.
fn place(steps: &[PathStep]) -> String {
    let mut place = String::new();
    for step in steps {
        match step {
            PathStep::Member(name) if place.is_empty() => place.push_str(&cell(name)),
            PathStep::Member(name) => place.extend([".", &*cell(name)]),
            PathStep::Item(at) => place.push_str(&format!("[{at}]")),
        }
    }
    if place.is_empty() { "input".to_owned() } else { place }
}

/// A member's structure, and its name there.
fn around(path: &MemberPath) -> (String, String) {
    match path.steps() {
        [structure @ .., PathStep::Member(name)] => (place(structure), cell(name).into_owned()),
        steps => (place(steps), String::new()),
    }
}

/// Python's type of a value in JSON.
const fn class_of(found: &MistypedJson) -> &'static str {
    match found.kind {
        JsonKind::Null => "<class 'NoneType'>",
        JsonKind::Boolean => "<class 'bool'>",
        JsonKind::Integer => "<class 'int'>",
        JsonKind::Decimal => "<class 'float'>",
        JsonKind::Text => "<class 'str'>",
        JsonKind::List => "<class 'list'>",
        JsonKind::Object => "<class 'dict'>",
    }
}

/// The types that botocore takes for a member's.
const fn classes(wanted: MemberType) -> &'static str {
    match wanted {
        MemberType::String | MemberType::Timestamp => "<class 'str'>",
        MemberType::Integer => "<class 'int'>",
        MemberType::Boolean => "<class 'bool'>",
        MemberType::Blob => "<class 'bytes'>, <class 'bytearray'>, file-like object",
        MemberType::Map | MemberType::Structure => "<class 'dict'>",
        MemberType::List => "<class 'list'>, <class 'tuple'>",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::{
        self,
        draft::Draft,
        json::Json,
        operation::{Operation, Service},
    };

    fn told(operation: &Operation, request: &serde_json::Value) -> (Vec<String>, Vec<String>) {
        let mut draft = Draft::default();
        let given = request.as_object().expect("an object");
        for member in operation.input {
            given.get(member.name).into_iter().for_each(|value| draft.json(member, Json::of(value)));
        }
        let (_, violations) = draft.finish(operation.input);
        (lines(&violations), violations.iter().filter(|violation| line(violation).is_none()).map(Violation::to_string).collect())
    }

    /// Each line as the AWS CLI prints it for such a request.
    #[test]
    fn botocore_sees_what_is_missing_of_another_type_or_too_small() {
        for (service, name, request, expected) in [
            (Service::Kms, "ListKeys", json!({ "Limit": -5 }), &["Invalid value for parameter Limit, value: -5, valid min value: 1"][..]),
            (
                Service::Kms,
                "TagResource",
                json!({ "KeyId": "", "Tags": [{ "TagKey": "", "TagValue": "x" }, { "TagKey": "b" }] }),
                &[
                    "Invalid length for parameter KeyId, value: 0, valid min length: 1",
                    "Invalid length for parameter Tags[0].TagKey, value: 0, valid min length: 1",
                    "Missing required parameter in Tags[1]: \"TagValue\"",
                ],
            ),
            (
                Service::Kms,
                "TagResource",
                json!({ "KeyId": "k", "Tags": [{ "TagKey": 1, "TagValue": ["a", true, null] }, 1] }),
                &[
                    "Invalid type for parameter Tags[0].TagKey, value: 1, type: <class 'int'>, valid types: <class 'str'>",
                    "Invalid type for parameter Tags[0].TagValue, value: ['a', True, None], type: <class 'list'>, valid types: <class 'str'>",
                    "Invalid type for parameter Tags[1], value: 1, type: <class 'int'>, valid types: <class 'dict'>",
                ],
            ),
            (
                Service::Kms,
                "UntagResource",
                json!({ "KeyId": "k", "TagKeys": [1, "a", ""] }),
                &[
                    "Invalid type for parameter TagKeys[0], value: 1, type: <class 'int'>, valid types: <class 'str'>",
                    "Invalid length for parameter TagKeys[2], value: 0, valid min length: 1",
                ],
            ),
            (
                Service::SecretsManager,
                "CreateSecret",
                json!({ "AddReplicaRegions": [], "Tags": [{ "Key": "", "Valu\u{1b}": 1 }], "SecretString": "", "ClientRequestToken": "short" }),
                &[
                    "Missing required parameter in input: \"Name\"",
                    "Invalid length for parameter ClientRequestToken, value: 5, valid min length: 32",
                    "Invalid length for parameter SecretString, value: 0, valid min length: 1",
                    "Unknown parameter in Tags[0]: \"Valu\\u{1b}\", must be one of: Key, Value",
                    "Invalid length for parameter Tags[0].Key, value: 0, valid min length: 1",
                    "Invalid length for parameter AddReplicaRegions, value: 0, valid min length: 1",
                ],
            ),
            (
                Service::Kms,
                "Encrypt",
                json!({ "KeyId": "k", "Plaintext": "YQ==", "EncryptionContext": { "a": 1 } }),
                &["Invalid type for parameter EncryptionContext.a, value: 1, type: <class 'int'>, valid types: <class 'str'>"],
            ),
        ] {
            let operation = protocol::find(service, name).expect(name);
            assert_eq!(told(operation, &request), (expected.iter().map(|line| (*line).to_owned()).collect(), vec![]), "{name}");
        }
    }

    #[test]
    fn the_rest_is_the_services() {
        for (service, name, request, expected) in [
            (
                Service::Kms,
                "Encrypt",
                json!({ "KeyId": "k", "Plaintext": "" }),
                "Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
            (
                Service::Kms,
                "ListKeys",
                json!({ "Limit": 1001 }),
                "Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
            ),
            (
                Service::Kms,
                "CreateAlias",
                json!({ "AliasName": "alias/\u{e9}", "TargetKeyId": "k" }),
                "Value 'alias/é' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
            ),
            (
                Service::SecretsManager,
                "TagResource",
                json!({ "SecretId": "s", "Tags": [{ "Value": "x" }] }),
                "Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
            ),
            (
                Service::SecretsManager,
                "CreateSecret",
                json!({ "Name": "n", "SecretString": "s".repeat(65_537) }),
                "Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
            ),
            (
                Service::SecretsManager,
                "ListSecrets",
                json!({ "SortOrder": "up" }),
                "Value 'up' at 'sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [asc, desc]",
            ),
        ] {
            let operation = protocol::find(service, name).expect(name);
            assert_eq!(told(operation, &request), (vec![], vec![expected.to_owned()]), "{name}");
        }
    }

    #[test]
    fn nothing_tells_what_may_be_secret() {
        let create = protocol::find(Service::SecretsManager, "CreateSecret").expect("an operation");
        let (lines, _) = told(create, &json!({ "Name": "n", "SecretString": ["SECRET"], "SecretBinary": { "SECRET": 1 } }));
        assert_eq!(
            lines,
            [
                "Invalid type for parameter SecretBinary, type: <class 'dict'>, valid types: <class 'bytes'>, <class 'bytearray'>, file-like object",
                "Invalid type for parameter SecretString, type: <class 'list'>, valid types: <class 'str'>",
            ]
        );
    }
}
