//! Pages, and points in time.

use super::*;
use crate::{kms::CreateKey, timestamp::Timestamp};

#[test]
fn lists_come_in_pages() {
    let service = service();
    let id = key_id(&service);
    let names: Vec<String> = (0..5).map(|number| format!("alias/{number}")).collect();
    for name in &names {
        ask(&service, "CreateAlias", &json!({ "AliasName": name, "TargetKeyId": id }));
    }
    let (mut seen, mut marker) = (Vec::new(), Value::Null);
    for (count, is_truncated) in [(2, true), (2, true), (1, false)] {
        let page = ask(&service, "ListAliases", &json!({ "Limit": 2, "Marker": marker }));
        let aliases = page["Aliases"].as_array().expect("a list");
        assert_eq!((aliases.len(), &page["Truncated"], page.get("NextMarker").is_some()), (count, &json!(is_truncated), is_truncated));
        seen.extend(aliases.iter().map(|alias| text(&alias["AliasName"])));
        marker = page["NextMarker"].clone();
    }
    assert_eq!(seen, names);
}

#[test]
fn each_list_has_its_largest_page() {
    let service = service();
    let id = key_id(&service);
    for (operation, largest) in
        [("ListKeys", 1000), ("ListAliases", 100), ("ListKeyRotations", 1000), ("ListResourceTags", 50), ("ListKeyPolicies", 1000)]
    {
        ask(&service, operation, &json!({ "KeyId": id, "Limit": largest }));
        for limit in [0, largest + 1] {
            let (name, message) = refuse(&service, operation, &json!({ "KeyId": id, "Limit": limit }));
            assert_eq!(name, "ValidationException");
            assert!(
                message.contains(&format!("Value '{limit}' at 'limit' failed to satisfy constraint: Member must have value")),
                "{message}"
            );
        }
        let (name, _) = refuse(&service, operation, &json!({ "KeyId": id, "Marker": "not one" }));
        assert_eq!(name, "InvalidMarkerException");
    }
}

#[test]
fn times_are_seconds_with_milliseconds() {
    for (date, expected) in
        [("2026-11-21T20:38:31.123Z", "1795293511.123"), ("2026-11-21T20:38:31Z", "1795293511"), ("1969-12-31T23:59:59.5Z", "-0.5")]
    {
        let mut kms = EmbeddedKms::new(ACCOUNT.parse().expect("an account")).expect("random bytes");
        kms.fix_clock(date.parse::<Timestamp>().expect("a time"));
        let key = kms.create_key_with(west(), CreateKey::default()).expect("made");
        let answer = call(&ServiceInMemory::new(kms), west(), "DescribeKey", json!({ "KeyId": key.key_id }).to_string().as_bytes());
        let body = String::from_utf8(answer.body.expose().to_vec()).expect("text");
        assert!(body.contains(&format!("\"CreationDate\":{expected},")), "{body}");
    }
}
