//! Tags of a secret that exists.

use super::*;
use crate::vault::Tag;

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: value.to_owned() }
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// The tags of `db` as a Region shows them.
fn tags_in(place: &Place, name: &str) -> Vec<Tag> {
    place.vault.describe_secret(None, "db", Some(region(name))).expect("described").tags
}

#[test]
fn every_region_has_the_tags() {
    let place = Place::with_secret(&["eu-west-1"]);
    let made = place.record("us-west-2", "db").last_changed_date;
    place.vault.tag_resource(Some(&place.kms()), "db", None, &[tag("team", "payroll"), tag("stage", "")]).expect("tagged");
    place
        .vault
        .tag_resource(Some(&place.kms()), "db", Some(region("us-west-2")), &[tag("team", "sales"), tag("Team", "x")])
        .expect("tagged");
    let expected = [tag("team", "sales"), tag("stage", ""), tag("Team", "x")];
    assert_eq!((tags_in(&place, "us-west-2"), tags_in(&place, "eu-west-1")), (expected.to_vec(), expected.to_vec()));
    assert!(place.record("us-west-2", "db").last_changed_date >= made);
    place.vault.untag_resource(Some(&place.kms()), "db", None, &keys(&["team", "none"])).expect("untagged");
    assert_eq!(tags_in(&place, "eu-west-1"), [tag("stage", ""), tag("Team", "x")]);
    // Values and labels stay, and no keystore is asked.
    assert_eq!((place.value_in("us-west-2"), place.value_in("eu-west-1")), ("top".to_owned(), "top".to_owned()));
    place.assert_clean();
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let place = Place::with_secret(&["eu-west-1"]);
    place.vault.tag_resource(Some(&place.kms()), "db", None, &[tag("a", "1")]).expect("tagged");
    let before = place.snapshot();
    place.vault.tag_resource(Some(&place.kms()), "db", None, &[tag("a", "1")]).expect("the same");
    place.vault.untag_resource(Some(&place.kms()), "db", None, &keys(&["b"])).expect("not there");
    place.vault.tag_resource(Some(&place.kms()), "db", None, &[]).expect("none");
    assert_eq!(place.snapshot(), before);
}

#[test]
fn tags_have_the_limits_of_aws() {
    let place = Place::with_secret(&[]);
    let many = |range: std::ops::Range<u32>| range.map(|number| tag(&number.to_string(), "")).collect::<Vec<_>>();
    place.vault.tag_resource(Some(&place.kms()), "db", None, &many(0..49)).expect("49 tags");
    let before = place.snapshot();
    assert_refused(
        place.vault.tag_resource(Some(&place.kms()), "db", None, &many(48..51)),
        ErrorCode::InvalidParameterException,
        &["51 tags"],
    );
    assert_refused(
        place.vault.tag_resource(Some(&place.kms()), "db", None, &[tag("", "")]),
        ErrorCode::ValidationException,
        &["tags.1.member.key"],
    );
    let long = tag("a", &"é".repeat(257));
    assert_refused(
        place.vault.tag_resource(Some(&place.kms()), "db", None, &[long]),
        ErrorCode::ValidationException,
        &["tags.1.member.value"],
    );
    assert_refused(
        place.vault.tag_resource(Some(&place.kms()), "db", None, &[tag("AWS:a", "")]),
        ErrorCode::InvalidParameterException,
        &["reserved"],
    );
    let twice = [tag("a", "1"), tag("a", "2")];
    assert_refused(
        place.vault.tag_resource(Some(&place.kms()), "db", None, &twice),
        ErrorCode::InvalidParameterException,
        &["given twice"],
    );
    for (key, code) in [("", ErrorCode::ValidationException), ("aws:a", ErrorCode::InvalidParameterException)] {
        assert_refused(place.vault.untag_resource(Some(&place.kms()), "db", None, &keys(&[key])), code, &[]);
    }
    assert_refused(
        place.vault.untag_resource(Some(&place.kms()), "db", None, &keys(&["é".repeat(129).as_str()])),
        ErrorCode::ValidationException,
        &["tagKeys.1.member", "128"],
    );
    assert_eq!(place.snapshot(), before);
    place.vault.tag_resource(Some(&place.kms()), "db", None, &many(48..50)).expect("50 tags");
}

#[test]
fn only_the_primary_region_takes_changes() {
    let place = Place::with_secret(&["eu-west-1"]);
    let before = place.snapshot();
    let europe = Some(region("eu-west-1"));
    let message = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
    for result in [
        place.vault.tag_resource(Some(&place.kms()), "db", europe, &[tag("a", "")]),
        place.vault.untag_resource(Some(&place.kms()), "db", europe, &keys(&["a"])),
    ] {
        assert_eq!(refusal(result), (ErrorCode::InvalidParameterException, message.to_owned()));
    }
    assert_refused(place.vault.tag_resource(Some(&place.kms()), "none", None, &[tag("a", "")]), ErrorCode::ResourceNotFoundException, &[]);
    assert_refused(place.vault.untag_resource(Some(&place.kms()), "none", None, &keys(&["a"])), ErrorCode::ResourceNotFoundException, &[]);
    assert_eq!(place.snapshot(), before);
    let nowhere = Place::new();
    assert!(matches!(nowhere.vault.tag_resource(Some(&place.kms()), "db", None, &[tag("a", "")]), Err(Error::Setup(_))));
    assert!(!nowhere.vault.root().exists());
}
