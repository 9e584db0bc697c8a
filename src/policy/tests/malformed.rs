//! Texts that no resource can have as its policy, and what is said of each.

use serde_json::json;

use super::{super::*, policy};

/// The first fault.
fn fault(text: &str) -> PolicyFault {
    match Policy::new(text) {
        Ok(_) => panic!("taken: {text}"),
        Err(faults) => first(faults),
    }
}

#[test]
fn what_is_wrong_and_where() {
    let statement = |members: &str| format!("{{\"Statement\":[{{{members}}}]}}");
    for (text, expected) in [
        ("x".to_owned(), "The policy is not JSON (line 1, column 1)"),
        ("{\"Version\": \"2012-10-17\",}".to_owned(), "The policy is not JSON (line 1, column 26)"),
        ("[]".to_owned(), "The policy is not a JSON object"),
        ("{}".to_owned(), "Statement must be an object, or a list with at least one"),
        (r#"{"Statement":[]}"#.to_owned(), "Statement must be an object, or a list with at least one"),
        (r#"{"Statement":["x"]}"#.to_owned(), "Statement 1: not a JSON object"),
        (r#"{"Statement":{},"Statement":{}}"#.to_owned(), "A member stands twice in one object (line 1, column 31)"),
        (policy(&json!({})).replace("2012-10-17", "2012-10-18"), "Version must be 2012-10-17 or 2008-10-17"),
        (
            policy(&json!({})).replace("\"Version\"", "\"version\""),
            "The policy: unknown member 'version'; there may be Version, Id, Statement",
        ),
        (format!("{} x", policy(&json!({}))), "The policy is not JSON"),
        (policy(&json!({ "Effect": null })), "Statement: Effect must be Allow or Deny"),
        (policy(&json!({ "Effect": "AllowSomething" })), "Statement: Effect must be Allow or Deny"),
        (policy(&json!({ "Sid": 1 })), "Statement: Sid must be a string"),
        (policy(&json!({ "Principal": null })), "Statement: exactly one of Principal and NotPrincipal is needed"),
        (policy(&json!({ "NotPrincipal": "*" })), "Statement: exactly one of Principal and NotPrincipal is needed"),
        (
            policy(&json!({ "Principal": "111122223333" })),
            "Statement: Principal must be \"*\" or an object with AWS, Service, Federated, CanonicalUser",
        ),
        (
            policy(&json!({ "Principal": {} })),
            "Statement: Principal must be \"*\" or an object with AWS, Service, Federated, CanonicalUser",
        ),
        (
            policy(&json!({ "Principal": { "Aws": "*" } })),
            "Statement: Principal: unknown member 'Aws'; there may be AWS, Service, Federated, CanonicalUser",
        ),
        (policy(&json!({ "Principal": { "AWS": [] } })), "Statement: a principal must be a string, or a list of strings"),
        (policy(&json!({ "Action": null })), "Statement: exactly one of Action and NotAction is needed"),
        (policy(&json!({ "Action": [1] })), "Statement: Action or NotAction must be a string, or a list of strings"),
        (policy(&json!({ "Action": "GetSecretValue" })), "Statement: Action must be \"*\" or SERVICE:ACTION"),
        (policy(&json!({ "Action": "*:GetSecretValue" })), "Statement: Action must be \"*\" or SERVICE:ACTION"),
        (policy(&json!({ "Action": ["kms:*", "secretsmanager: Get"] })), "Statement: Action 2 must be \"*\" or SERVICE:ACTION"),
        (policy(&json!({ "Resource": null })), "Statement: exactly one of Resource and NotResource is needed"),
        (policy(&json!({ "Resource": "MySecret" })), "Statement: Resource must be \"*\" or an ARN"),
        (policy(&json!({ "Resource": ["*", "arn:aws:secretsmanager"] })), "Statement: Resource 2 must be \"*\" or an ARN"),
        (
            policy(&json!({ "Condition": { "Bool": 1 } })),
            "Statement: Condition must be an object of operators, each an object of keys with values",
        ),
        (
            policy(&json!({ "Condition": { "Bool": { "aws:MultiFactorAuthPresent": null } } })),
            "Statement: Condition must be an object of operators",
        ),
        (
            policy(&json!({ "Condition": { "StringEqual": { "aws:SourceVpc": "v" } } })),
            "Statement: Condition: an operator is none of IAM's",
        ),
        (
            policy(&json!({ "Condition": { "NullIfExists": { "aws:SourceVpc": "true" } } })),
            "Statement: Condition: an operator is none of IAM's",
        ),
        (policy(&json!({ "Condition": { "Bool": { "SecureTransport": "true" } } })), "Statement: Condition: a key must be SERVICE:KEY"),
        (policy(&json!({ "Other": 1 })), "Statement: unknown member 'Other'; there may be Sid, Effect"),
        (
            statement(r#""Effect":"Allow","Effect":"Deny","Principal":"*","Action":"*","Resource":"*""#),
            "A member stands twice in one object",
        ),
    ] {
        match fault(&text) {
            PolicyFault::Syntax(what) => assert!(what.starts_with(expected), "{text}: {what}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn principals_have_forms() {
    for (principal, is_known) in [
        (json!({ "AWS": "arn:aws:iam::111122223333:root" }), true),
        (json!({ "AWS": "arn:aws-us-gov:iam::111122223333:user/division/ann" }), true),
        (json!({ "AWS": "arn:aws:sts::111122223333:assumed-role/Payroll/session" }), true),
        (json!({ "AWS": "arn:aws:sts::111122223333:federated-user/ann" }), true),
        (json!({ "AWS": ["111122223333", "AIDACKCEVSQ6C2EXAMPLE"] }), true),
        (json!({ "Federated": "cognito-identity.amazonaws.com" }), true),
        (json!({ "Federated": "arn:aws:iam::111122223333:saml-provider/p" }), true),
        (json!({ "CanonicalUser": "a".repeat(64) }), true),
        (json!({ "AWS": "11112222333" }), false),
        (json!({ "AWS": "me" }), false),
        (json!({ "AWS": "arn:aws:iam::111122223333:role/*" }), false),
        (json!({ "AWS": "arn:aws:iam::*:root" }), false),
        (json!({ "AWS": "arn:aws:iam::111122223333:group/g" }), false),
        (json!({ "AWS": "arn:aws:iam::111122223333:user/" }), false),
        (json!({ "AWS": "arn:aws:sts::111122223333:assumed-role/Payroll" }), false),
        (json!({ "AWS": "arn:aws:s3:::bucket" }), false),
        (json!({ "AWS": "arn:aws:iam:us-west-2:111122223333:root" }), false),
        (json!({ "Federated": "*" }), false),
        (json!({ "CanonicalUser": "*" }), false),
    ] {
        let text = policy(&json!({ "Principal": principal }));
        match Policy::new(&text).map_err(first) {
            Ok(_) => assert!(is_known, "{principal}"),
            Err(PolicyFault::Principal(what)) => assert!(!is_known && what.starts_with("Statement: Principal "), "{principal}: {what}"),
            Err(other) => panic!("{principal}: {other:?}"),
        }
    }
    for (service, is_known) in [
        ("lambda.amazonaws.com", true),
        ("states.us-east-1.amazonaws.com", true),
        ("ec2.amazonaws.com.cn", true),
        ("invalidservice", false),
        (".amazonaws.com", false),
        ("*", false),
    ] {
        let text = policy(&json!({ "Principal": { "Service": ["lambda.amazonaws.com", service] } }));
        match Policy::new(&text).map_err(first) {
            Ok(_) => assert!(is_known, "{service}"),
            Err(PolicyFault::ServicePrincipal(what)) => assert!(!is_known && what.starts_with("Statement: Principal Service 2 "), "{what}"),
            Err(other) => panic!("{service}: {other:?}"),
        }
    }
}

#[test]
fn all_that_is_wrong_is_told() {
    let text = json!({ "Statement": [
        { "Sid": "a", "Effect": "Allow", "Principal": { "AWS": "me", "Service": "you" }, "Action": "x", "Resource": "y" },
        { "Sid": "a", "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "a:b", "Resource": "*" },
    ] });
    let faults = Policy::new(&text.to_string()).expect_err("malformed");
    let expected = [
        PolicyFault::Syntax("Statement 1: Action must be \"*\" or SERVICE:ACTION".to_owned()),
        PolicyFault::Syntax("Statement 1: Resource must be \"*\" or an ARN".to_owned()),
        PolicyFault::Syntax("Statement 2: its Sid is that of Statement 1".to_owned()),
        PolicyFault::Principal(
            "Statement 1: Principal AWS must be \"*\", an account, or the whole ARN of an account, a user, a role or a session".to_owned(),
        ),
        PolicyFault::ServicePrincipal(
            "Statement 1: Principal Service must be the name of a service, such as lambda.amazonaws.com".to_owned(),
        ),
    ];
    assert_eq!(faults, expected);
}

/// What is kept was taken by an older grammar: it is not asked for more than then.
#[test]
fn what_is_taken_now_passes_as_kept() {
    for text in [policy(&json!({})), policy(&json!({ "Principal": { "AWS": "111122223333" } }))] {
        check_grammar(&text).expect("of the same grammar");
    }
    for text in [policy(&json!({ "Principal": { "AWS": "me" } })), policy(&json!({ "Action": "x", "Resource": "y", "Sid": "" }))] {
        assert!(Policy::new(&text).is_err());
        check_grammar(&text).expect("as before");
    }
}
