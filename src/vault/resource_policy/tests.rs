use super::*;
use crate::error::ErrorCode;

const MINIMAL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"secretsmanager:*","Resource":"*"}}"#;

fn code(text: &str) -> Option<ErrorCode> {
    match text.parse::<ResourcePolicy>() {
        Ok(policy) => {
            assert_eq!(policy.as_str(), text);
            None
        }
        Err(Error::Service(error)) => Some(error.code()),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn limits_and_grammar() {
    // Of two bytes each, and not in the character set of key policies.
    let padded = |length: usize| {
        let id = "ā".repeat(length - MINIMAL.chars().count() - 8);
        MINIMAL.replacen("\"Version\"", &format!("\"Id\":\"{id}\",\"Version\""), 1)
    };
    assert_eq!(padded(LIMIT).chars().count(), LIMIT);
    for text in [MINIMAL.to_owned(), format!(" {MINIMAL}\n"), padded(LIMIT)] {
        assert_eq!(code(&text), None, "{text}");
    }
    for (text, expected) in [
        (String::new(), ErrorCode::ValidationException),
        (padded(LIMIT + 1), ErrorCode::ValidationException),
        ("{".to_owned(), ErrorCode::MalformedPolicyDocumentException),
        (MINIMAL.replace("\"Principal\":\"*\",", ""), ErrorCode::MalformedPolicyDocumentException),
        (MINIMAL.replace("Deny", "deny"), ErrorCode::MalformedPolicyDocumentException),
    ] {
        assert_eq!(code(&text), Some(expected), "{text}");
        let validated = ResourcePolicy::validate(&text).map(|validation| validation.policy_validation_passed);
        assert!(validated.is_ok_and(|passed| !passed) || expected == ErrorCode::ValidationException, "{text}");
    }
}

#[test]
fn a_policy_is_stored_as_a_json_string() {
    let policy: ResourcePolicy = MINIMAL.parse().expect("sound");
    let json = serde_json::to_string(&policy).expect("JSON");
    assert_eq!(serde_json::from_str::<ResourcePolicy>(&json).expect("reads"), policy);
    assert!(serde_json::from_str::<ResourcePolicy>("\"{}\"").is_err());
}

/// A release took policies whose principals have no form that AWS knows.
#[test]
fn what_was_stored_is_read() {
    let text = MINIMAL.replace("\"*\",\"Action\"", "{\"AWS\":\"me\"},\"Action\"");
    assert_eq!(code(&text), Some(ErrorCode::MalformedPolicyDocumentException));
    let stored: ResourcePolicy = serde_json::from_value(text.clone().into()).expect("reads");
    assert_eq!(stored.as_str(), text);
    assert!(stored.require_not_public().is_err(), "nobody knows whom it lets in");
}
