//! Bodies that are not the JSON of their operation.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::protocol::kms as operations;

fn refused(operation: &str, body: &[u8]) -> (String, String) {
    let answer = call(&service(), west(), operation, body);
    assert_eq!(answer.status, 400);
    refusal_of(&answer)
}

#[test]
fn a_body_is_an_object_whose_members_stand_once_and_have_their_types() {
    let deep = "[".repeat(100_000);
    let deep_object = "{\"a\":".repeat(100_000);
    let nested = format!("{{\"Unknown\": {}1{}}}", "[".repeat(200), "]".repeat(200));
    for (operation, body, expected) in [
        ("ListKeys", "[]", "The body is not a JSON object"),
        ("ListKeys", "null", "The body is not a JSON object"),
        ("ListKeys", "{", "The body is not JSON (line 1, column 1)"),
        ("ListKeys", "{} {}", "The body is not JSON"),
        ("ListKeys", "{'Limit': 1}", "The body is not JSON"),
        ("ListKeys", "\u{feff}{}", "The body is not JSON"),
        ("ListKeys", &deep, "The body is not JSON"),
        ("ListKeys", &deep_object, "The body is not JSON"),
        ("ListKeys", &nested, "The body is not JSON"),
        ("ListKeys", r#"{"Limit": 1, "Limit": 1}"#, "A member stands twice"),
        ("ListKeys", r#"{"Limit": 1, "L\u0069mit": 1}"#, "A member stands twice"),
        ("ListKeys", r#"{"Unknown": {"a": 1, "a": 1}}"#, "A member stands twice"),
        ("ListKeys", r#"{"Limit": "1"}"#, "STRING_VALUE can not be converted to Integer at 'limit'"),
        ("ListKeys", r#"{"Limit": 1.0}"#, "DECIMAL_VALUE can not be converted to Integer at 'limit'"),
        ("ListKeys", r#"{"Limit": 9223372036854775808}"#, "DECIMAL_VALUE can not be converted to Integer at 'limit'"),
        ("ListKeys", r#"{"ResourceOwners": "SELF"}"#, "STRING_VALUE can not be converted to List at 'resourceOwners'"),
        ("ListKeys", r#"{"ResourceOwners": [null]}"#, "NULL_VALUE can not be converted to String at 'resourceOwners.1.member'"),
        ("CreateKey", r#"{"MultiRegion": "true"}"#, "STRING_VALUE can not be converted to Boolean at 'multiRegion'"),
        ("CreateKey", r#"{"Tags": [["a", "b"]]}"#, "START_ARRAY can not be converted to Structure at 'tags.1.member'"),
        (
            "CreateKey",
            r#"{"Tags": [{"TagKey": 1, "TagValue": ""}]}"#,
            "NUMBER_VALUE can not be converted to String at 'tags.1.member.tagKey'",
        ),
        ("Encrypt", r#"{"KeyId": 1}"#, "NUMBER_VALUE can not be converted to String at 'keyId'"),
        ("Encrypt", r#"{"Plaintext": [1]}"#, "START_ARRAY can not be converted to Blob at 'plaintext'"),
        ("Encrypt", r#"{"Plaintext": "EXAMPLE"}"#, "The value at 'plaintext' is not base64"),
        ("Encrypt", r#"{"EncryptionContext": {"a": true}}"#, "BOOLEAN_VALUE can not be converted to String at 'encryptionContext.a'"),
        ("Encrypt", r#"{"EncryptionContext": {"a": "1", "a": "2"}}"#, "A member stands twice"),
        ("Encrypt", r#"{"EncryptionContext": []}"#, "START_ARRAY can not be converted to Map at 'encryptionContext'"),
        ("Decrypt", r#"{"Recipient": "x"}"#, "STRING_VALUE can not be converted to Structure at 'recipient'"),
    ] {
        let (name, message) = refused(operation, body.as_bytes());
        let start: String = body.chars().take(60).collect();
        assert_eq!(name, "SerializationException", "{operation} {start}: {message}");
        assert!(message.starts_with(expected), "{operation} {start}: {message}");
    }
    assert_eq!(refused("ListKeys", b"{\"Marker\": \"\xff\"}").0, "SerializationException");
}

#[test]
fn what_is_told_of_a_long_list_has_a_bound() {
    for (operation, item) in [("CreateKey", "{}"), ("CreateKey", r#"{"TagKey":"","TagValue":1}"#), ("ListKeys", r#""x""#)] {
        let member = if operation == "ListKeys" { "ResourceOwners" } else { "Tags" };
        let body = format!("{{\"{member}\": [{item}{}]}}", format!(",{item}").repeat(30_000));
        let (_, message) = refused(operation, body.as_bytes());
        assert!(message.len() < 50_000, "{operation} {item}: {} bytes", message.len());
    }
}

#[test]
fn what_means_the_same_is_taken_the_same() {
    let service = service();
    for body in ["", " \n", "{}", r#"{"Limit": null, "Marker": null}"#, r#"{"Unknown": [{"a": {}}], "limit": "x"}"#] {
        let answer = call(&service, west(), "ListKeys", body.as_bytes());
        assert_eq!((answer.status, json_of(&answer)), (200, json!({ "Keys": [], "Truncated": false })), "{body}");
    }
    // Escapes in base64, as some encoders write it.
    let id = key_id(&service);
    let body = format!(r#"{{"KeyId": "{id}", "Plaintext": "\/\/8="}}"#);
    let encrypted = json_of(&call(&service, west(), "Encrypt", body.as_bytes()));
    assert_eq!(bytes(&ask(&service, "Decrypt", &json!({ "CiphertextBlob": encrypted["CiphertextBlob"] }))["Plaintext"]), [255, 255]);
}

#[test]
fn no_error_repeats_what_may_be_secret() {
    let service = service();
    let id = key_id(&service);
    let secret = base64(&[b'E'; 4097]);
    let (_, message) = refuse(&service, "Encrypt", &json!({ "KeyId": id, "Plaintext": secret }));
    let expected = "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096";
    assert_eq!(message, expected);
    let printed = format!("{:?}", crate::protocol::json::parse_object(br#"{"Plaintext": "EXAMPLE"}"#));
    assert!(!printed.contains("EXAMPLE") && printed.contains("redacted"), "{printed}");
}

/// Something like a member's value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_i64..2000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        vec(any::<u8>(), 0..200).prop_map(|bytes| Value::from(base64(&bytes))),
        select(vec!["alias/x", "SYMMETRIC_DEFAULT", "AES_256", "ECDH", "SELF", "eu-west-1", "default"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((select(vec!["TagKey", "TagValue", "a", ""]), inner), 0..4).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

/// An operation with some of its members.
fn request() -> impl Strategy<Value = (&'static str, Value)> {
    select(operations::all().collect::<Vec<_>>()).prop_flat_map(|operation| {
        let members = vec(proptest::option::weighted(0.8, value()), operation.input.len());
        members.prop_map(move |values| {
            let members = operation.input.iter().zip(values);
            let members: serde_json::Map<_, _> =
                members.filter_map(|(member, value)| Some((member.name.to_owned(), value?))).filter(|(_, value)| !is_slow(value)).collect();
            (operation.name, members.into())
        })
    })
}

/// RSA keys are not made by the hundred.
fn is_slow(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("RSA_"))
}

fn check(answer: &JsonResponse) {
    let value = json_of(answer);
    assert!(value.is_object(), "{value}");
    match answer.error {
        None => assert_eq!(answer.status, 200),
        Some(code) => {
            assert_eq!(answer.status, 400, "{value}");
            assert_eq!(refusal_of(answer).0, code.to_string());
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(name in "[A-Z][a-zA-Z]{0,20}|\\PC{0,80}", body in vec(any::<u8>(), 0..300)) {
        let service = service();
        check(&call(&service, west(), &name, &body));
        for operation in operations::all() {
            check(&call(&service, west(), operation.name, &body));
        }
    }

    #[test]
    fn any_members_get_an_answer((operation, body) in request()) {
        check(&call(&service(), west(), operation, body.to_string().as_bytes()));
    }
}
