//! Policies: which are taken, which are open to everyone, and which lock everyone out.

mod malformed;
mod strangers;

use serde_json::{Value, json};

use super::*;

/// A policy of one statement, with members of `others` in the place of its own; `null` takes one out.
fn policy(others: &Value) -> String {
    let mut statement = json!({ "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*" });
    let members = statement.as_object_mut().expect("an object");
    for (name, value) in others.as_object().expect("an object") {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    json!({ "Version": "2012-10-17", "Statement": statement }).to_string()
}

fn parsed(text: &str) -> Policy {
    Policy::new(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}

fn is_open(others: &Value) -> bool {
    parsed(&policy(others)).broad_access().is_some()
}

fn is_open_under(operator: &str, key: &str, values: &Value) -> bool {
    is_open(&json!({ "Condition": { operator: { key: values } } }))
}

#[test]
fn everyone_is_a_star_or_all_but_some() {
    let account = json!({ "AWS": "111122223333" });
    for (others, expected) in [
        (json!({}), true),
        (json!({ "Principal": { "AWS": "*" } }), true),
        (json!({ "Principal": { "AWS": ["111122223333", "*"] } }), true),
        (json!({ "Principal": null, "NotPrincipal": account }), true),
        (json!({ "Principal": account }), false),
        (json!({ "Principal": { "Service": "lambda.amazonaws.com" } }), false),
        (json!({ "Effect": "Deny" }), false),
        (json!({ "Principal": { "AWS": "arn:aws-cn:iam::111122223333:role/a/b" } }), false),
    ] {
        assert_eq!(is_open(&others), expected, "{others}");
    }
}

#[test]
fn a_condition_limits_by_fixed_values_of_known_keys() {
    let limiting = [
        ("StringEquals", "aws:SourceAccount", json!("111122223333")),
        ("StringEquals", "AWS:sourceaccount", json!(["111122223333", "444455556666"])),
        ("ForAnyValue:StringEquals", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5")),
        ("StringLike", "aws:PrincipalArn", json!("arn:aws:iam::111122223333:role/Payroll")),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:lambda:us-west-2:111122223333:function:f")),
        ("StringEqualsIgnoreCase", "aws:SourceVpc", json!("vpc-1")),
        ("StringEquals", "aws:SourceVpce", json!("vpce-1")),
        ("StringEquals", "aws:userid", json!("AIDAEXAMPLE")),
    ];
    for (operator, key, values) in &limiting {
        assert!(!is_open_under(operator, key, values), "{operator} {key} {values}");
    }
    for (operator, key, values) in [
        ("StringEquals", "aws:SourceAccount", json!("*")),
        ("StringLike", "aws:PrincipalArn", json!("arn:aws:iam::*:role/Payroll")),
        ("ArnLike", "aws:SourceArn", json!(["arn:aws:lambda:us-west-2:111122223333:function:f", "arn:aws:lambda:*:*:function:?"])),
        ("StringEquals", "aws:SourceVpc", json!("${aws:SourceVpc}")),
        ("StringEquals", "aws:SourceAccount", json!("")),
        ("StringEquals", "aws:SourceAccount", json!([])),
        ("StringEquals", "aws:SourceAccount", json!(111_122_223_333_u64)),
        ("StringLike", "aws:userid", json!("AROAEXAMPLE:*")),
        // Without the key these hold.
        ("StringEqualsIfExists", "aws:SourceAccount", json!("111122223333")),
        ("ForAllValues:StringEquals", "aws:PrincipalOrgID", json!("o-a1b2c3d4e5")),
        ("StringNotEquals", "aws:SourceAccount", json!("111122223333")),
        ("Null", "aws:SourceAccount", json!("false")),
        ("Bool", "aws:SecureTransport", json!("true")),
        ("StringEquals", "aws:UserAgent", json!("curl")),
        ("StringEquals", "aws:SourceIp", json!("192.0.2.1")),
    ] {
        assert!(is_open_under(operator, key, &values), "{operator} {key} {values}");
    }
    // All tests of a condition have to hold: one that limits is enough.
    let condition = json!({ "Condition": {
        "Bool": { "aws:SecureTransport": "true" },
        "StringEquals": { "aws:UserAgent": "curl", "aws:SourceAccount": "111122223333" },
    } });
    assert!(!is_open(&condition));
}

#[test]
fn ranges_of_addresses_are_no_broader_than_aws_says() {
    for (range, is_narrow) in [
        ("192.0.2.0/24", true),
        ("192.0.2.1", true),
        ("11.0.0.0/8", true),
        ("10.0.0.0/8", true),
        ("10.0.0.0/7", false),
        ("0.0.0.0/1", false),
        ("0.0.0.0/0", false),
        ("192.0.2.0/33", false),
        ("192.0.2.0/", false),
        ("192.0.2.0/-1", false),
        ("2001:db8::/32", true),
        ("2001:db8::/31", false),
        ("2001:db8::1", true),
        ("fd00::/8", true),
        ("::/0", false),
        ("::/129", false),
        ("example.com", false),
        ("*", false),
    ] {
        assert_eq!(!is_open_under("IpAddress", "aws:SourceIp", &json!(range)), is_narrow, "{range}");
    }
    assert!(is_open_under("IpAddress", "aws:SourceIp", &json!(["192.0.2.0/24", "0.0.0.0/0"])));
    assert!(is_open_under("NotIpAddress", "aws:SourceIp", &json!("192.0.2.0/24")));
    assert!(is_open_under("IpAddressIfExists", "aws:SourceIp", &json!("192.0.2.0/24")));
}

/// The other way to say it: everything is denied to all others.
#[test]
fn a_denial_to_all_others_limits_too() {
    let allow = json!({ "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*" });
    let deny = |others: &Value| {
        let mut deny = json!({
            "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
        });
        let members = others.as_object().expect("an object").clone();
        deny.as_object_mut().expect("an object").extend(members);
        json!({ "Version": "2012-10-17", "Statement": [allow, deny] }).to_string()
    };
    for (others, expected) in [
        (json!({}), false),
        (json!({ "Action": ["secretsmanager:*"] }), false),
        (json!({ "Condition": { "ArnNotLikeIfExists": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/a" } } }), false),
        (json!({ "Condition": { "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" } } }), false),
        (json!({ "Condition": { "NotIpAddress": { "aws:SourceIp": "0.0.0.0/0" } } }), true),
        (json!({ "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "*" } } }), true),
        (json!({ "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } }), true),
        (json!({ "Action": "secretsmanager:PutSecretValue" }), true),
        (json!({ "Principal": { "AWS": "111122223333" } }), true),
        (json!({ "Resource": "arn:aws:secretsmanager:us-west-2:111122223333:secret:other-Ab1Cd2" }), true),
        // A stranger who meets one of the two is not denied.
        (json!({ "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:UserAgent": "curl" } } }), true),
    ] {
        assert_eq!(parsed(&deny(&others)).broad_access().is_some(), expected, "{others}");
    }
}

#[test]
fn the_statement_that_is_open_is_named() {
    let two = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "secretsmanager:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*" },
    ] });
    assert_eq!(parsed(&two.to_string()).broad_access(), Some("Statement 2"));
    assert_eq!(parsed(&policy(&json!({}))).broad_access(), Some("Statement"));
}

#[test]
fn whoever_can_no_longer_put_a_policy_is_locked_out() {
    let deny = |action: Value| json!({ "Effect": "Deny", "Action": action });
    for (others, expected) in [
        (deny(json!("secretsmanager:*")), true),
        (deny(json!("*")), true),
        (deny(json!(["kms:*", "SecretsManager:Put*Policy"])), true),
        (deny(json!("secretsmanager:GetSecretValue")), false),
        (json!({ "Effect": "Deny", "Action": null, "NotAction": "secretsmanager:GetSecretValue" }), true),
        (json!({ "Effect": "Deny", "Action": null, "NotAction": "secretsmanager:PutResourcePolicy" }), false),
        (json!({ "Effect": "Deny", "Action": "*", "Principal": { "AWS": "*" } }), true),
        (json!({ "Effect": "Deny", "Action": "*", "Principal": { "AWS": "111122223333" } }), false),
        (json!({ "Effect": "Deny", "Action": "*", "Principal": null, "NotPrincipal": { "AWS": "111122223333" } }), false),
        (json!({ "Effect": "Deny", "Action": "*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }), false),
        (json!({ "Effect": "Allow", "Action": "*" }), false),
    ] {
        assert_eq!(parsed(&policy(&others)).lockout().is_some(), expected, "{others}");
    }
}
