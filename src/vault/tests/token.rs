//! A request that is repeated with the same token.

use super::*;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn with_token(value: &str) -> CreateSecret {
    CreateSecret { value: Some(text(value)), client_request_token: Some(TOKEN.to_owned()), ..request("db", &["eu-west-1"]) }
}

#[test]
fn the_same_value_changes_nothing() {
    let place = Place::new();
    let first = place.create(&with_token("top")).expect("created");
    let before = place.snapshot();
    let again = place.create(&with_token("top")).expect("done already");
    assert_eq!((again.arn, again.version_id.as_deref(), again.bundles), (first.arn, Some(TOKEN), first.bundles));
    assert_eq!(place.snapshot(), before);
}

#[test]
fn another_value_kind_token_or_region_is_refused() {
    let place = Place::new();
    let arn = place.create(&with_token("top")).expect("created").arn.to_string();
    let before = place.snapshot();
    let code = ErrorCode::ResourceExistsException;
    let in_use = format!("You can't use ClientRequestToken {TOKEN} because that value is already in use for a version of secret {arn}.");
    assert_refused(place.create(&with_token("other")), code, &[&in_use]);
    let binary = SecretValue::new(PayloadKind::Binary, SecretBytes::new(b"top".to_vec())).expect("bytes");
    assert_refused(place.create(&CreateSecret { value: Some(binary), ..with_token("top") }), code, &[&in_use]);
    let exists = "The operation failed because the secret db already exists.";
    assert_refused(place.create(&CreateSecret { value: None, ..with_token("top") }), code, &[exists]);
    assert_refused(place.create(&request("db", &[])), code, &[exists]);
    // In the replica's Region the name is taken by the replica.
    assert_refused(place.create(&CreateSecret { region: region("eu-west-1"), ..with_token("top") }), code, &[exists]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn with_another_keystore_the_value_is_opened_or_cannot_be_compared() {
    let place = Place::new();
    place.create(&with_token("top")).expect("created");
    let other = place.elsewhere();
    let before = other.snapshot();
    let message = "made with another keystore and cannot be compared here";
    assert_refused(other.create(&with_token("top")), ErrorCode::InvalidRequestException, &[message]);
    assert_eq!(other.snapshot(), before);

    // The tag of another keystore on a bundle that opens here.
    let mut record = place.record("us-west-2", "db");
    record.versions[0].value_tag.as_mut().expect("a tag").key_id = "1234abcd-12ab-44cd-86ef-1234567890ab".to_owned();
    place.write_record(&record);
    place.create(&with_token("top")).expect("opened and compared");
    assert_refused(place.create(&with_token("other")), ErrorCode::ResourceExistsException, &[TOKEN]);
}

#[test]
fn a_tag_tells_nothing_without_the_keystore() {
    let (one, two) = (Place::new(), Place::new());
    one.create(&with_token("top")).expect("created");
    two.create(&with_token("top")).expect("created");
    let tag = |place: &Place| place.record("us-west-2", "db").versions[0].value_tag.clone();
    assert_ne!(tag(&one), tag(&two));
    let digest = crate::crypto::sha256(b"top");
    for (path, (bytes, _)) in one.snapshot() {
        let content = String::from_utf8_lossy(&bytes).into_owned() + &path.to_string_lossy();
        assert!(!content.contains(&digest) && !content.contains(&digest[..16]), "{}", path.display());
    }
}
