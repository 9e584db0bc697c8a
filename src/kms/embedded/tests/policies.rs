//! Key policies, tags and descriptions.

use super::*;

pub(super) fn minimal() -> String {
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}"#.to_owned()
}

#[test]
fn a_policy_is_stored_and_shown_as_it_was_put() {
    let mut kms = kms();
    let key = kms.create_key(west(), "").expect("made").key_id;
    let default = kms.key_policy(west(), &key, None).expect("shown");
    assert!(default.contains("key-default-1") && default.contains("arn:aws:iam::111122223333:root"), "{default}");
    kms.put_key_policy(west(), &key, Some("default"), &default).expect("the default policy keeps the grammar");
    let policy = format!(" {}\n", minimal());
    kms.put_key_policy(west(), &key, None, &policy).expect("put");
    assert_eq!(kms.key_policy(west(), &key, Some("default")).expect("shown"), policy);
    assert_eq!(refusal(kms.key_policy(west(), &key, Some("other"))).0, ErrorCode::NotFoundException);
    let arn = kms.resolve(west(), &key).expect("there");
    kms.encrypt(&arn, b"x", &context()).expect("a policy is not enforced");
    let managed = kms.ensure_default_key(west()).expect("made");
    assert!(kms.key_policy(west(), managed.key_id(), None).expect("shown").contains("kms:ViaService"));
    assert_eq!(refusal(kms.put_key_policy(west(), managed.key_id(), None, &policy)).0, ErrorCode::AccessDeniedException);
    let made = kms.create_key_with(west(), CreateKey { policy: Some(policy.clone()), ..CreateKey::default() }).expect("made");
    assert_eq!(kms.key_policy(west(), &made.key_id, None).expect("shown"), policy);
}

#[test]
fn the_grammar_of_policies() {
    let statement = |members: &str| format!("{{\"Statement\":[{{{members}}}]}}");
    let allowed = [
        minimal(),
        statement(r#""Sid":"x","Effect":"Allow","NotPrincipal":{"AWS":["a","b"]},"NotAction":["kms:*"],"NotResource":"*""#),
        statement(
            r#""Effect":"Allow","Principal":{"Service":"s"},"Action":"kms:*","Resource":["*"],"Condition":{"Bool":{"a":true,"b":["x",1]}}"#,
        ),
    ];
    for policy in allowed {
        key_policy::check(&policy).expect(&policy);
    }
    let rest = r#""Principal":"*","Action":"kms:*","Resource":"*""#;
    let malformed = [
        "x".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"Statement":[]}"#.to_owned(),
        r#"{"Statement":["x"]}"#.to_owned(),
        minimal().replace("2012", "2013"),
        minimal().replace("\"Version\"", "\"version\""),
        minimal().replace("\"2012-10-17\"", "1"),
        minimal().replace("\"Deny\"", "\"deny\""),
        format!("{} x", minimal()),
        statement(rest),
        statement(r#""Effect":"Allow","Action":"kms:*","Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":"x","Action":"kms:*","Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":{},"Action":"kms:*","Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":{"User":"x"},"Action":"kms:*","Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":{"AWS":[]},"Action":"kms:*","Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":"*","NotPrincipal":"*","Action":"kms:*","Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":"*","Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":"*","Action":[1],"Resource":"*""#),
        statement(r#""Effect":"Allow","Principal":"*","Action":"kms:*""#),
        statement(&format!(r#""Effect":"Allow",{rest},"Sid":1"#)),
        statement(&format!(r#""Effect":"Allow",{rest},"Condition":{{"Bool":1}}"#)),
        statement(&format!(r#""Effect":"Allow",{rest},"Other":1"#)),
    ];
    for policy in malformed {
        assert_eq!(refusal(key_policy::check(&policy)).0, ErrorCode::MalformedPolicyDocumentException, "{policy}");
    }
    let padded = |length: usize| format!("{}{}", minimal(), " ".repeat(length - minimal().len()));
    key_policy::check(&padded(32 * 1024)).expect("32 KB");
    assert_eq!(refusal(key_policy::check(&padded(32 * 1024 + 1))).0, ErrorCode::LimitExceededException);
    for text in ["", "\u{1}", "{\"Id\":\"\u{100}\"}"] {
        assert_eq!(refusal(key_policy::check(text)).0, ErrorCode::ValidationException);
    }
}

#[test]
fn tags_have_the_limits_of_aws() {
    let mut kms = kms();
    let key = kms.create_key(west(), "").expect("made").key_id;
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    kms.tag_resource(west(), &key, vec![tag("b", "1"), tag("a", "")]).expect("tagged");
    kms.tag_resource(west(), &key, vec![tag("b", "2")]).expect("tagged");
    kms.untag_resource(west(), &key, &["a".to_owned(), "none".to_owned()]).expect("untagged");
    let json = serde_json::to_string(&kms.list_resource_tags(west(), &key).expect("lists")).expect("JSON");
    assert_eq!(json, r#"[{"TagKey":"b","TagValue":"2"}]"#);
    let refused = [
        (vec![tag("", "")], ErrorCode::ValidationException),
        (vec![tag(&"é".repeat(129), "")], ErrorCode::ValidationException),
        (vec![tag("x", &"é".repeat(257))], ErrorCode::ValidationException),
        (vec![tag("x", "1"), tag("x", "2")], ErrorCode::TagException),
        (vec![tag("aws:x", "")], ErrorCode::TagException),
        (vec![tag("AWS:x", "")], ErrorCode::TagException),
        ((0..50).map(|number| tag(&format!("n{number}"), "")).collect(), ErrorCode::TagException),
    ];
    for (tags, code) in refused {
        assert_eq!(refusal(kms.tag_resource(west(), &key, tags)).0, code);
    }
    assert_eq!(kms.list_resource_tags(west(), &key).expect("lists").len(), 1, "all or none");
    kms.tag_resource(west(), &key, (0..49).map(|number| tag(&format!("n{number}"), &"é".repeat(256))).collect()).expect("50 tags");
    assert_eq!(refusal(kms.untag_resource(west(), &key, &["aws:x".to_owned()])).0, ErrorCode::TagException);
    let managed = kms.ensure_default_key(west()).expect("made");
    assert_eq!(refusal(kms.tag_resource(west(), managed.key_id(), vec![tag("x", "")])).0, ErrorCode::AccessDeniedException);
}
