//! Another Region's key becomes the primary key.

use super::*;

fn europe() -> Region {
    region("eu-west-1")
}

/// A primary key in us-west-2 with replicas in eu-west-1 and us-east-1.
fn replicated() -> (EmbeddedKms, KeyArn) {
    let mut kms = kms();
    let request = CreateKey { multi_region: true, ..CreateKey::default() };
    let key = kms.create_key_with(west(), request).expect("made").arn;
    for replica in [europe(), region("us-east-1")] {
        kms.replicate_key(west(), key.key_id(), replica, CreateKey::default()).expect("replicated");
    }
    (kms, key)
}

fn configuration(kms: &EmbeddedKms, region: Region, key: &KeyArn) -> (&'static str, Region, Vec<Region>) {
    let metadata = kms.describe_key(region, key.key_id()).expect("there");
    let configuration = metadata.multi_region_configuration.expect("multi-Region");
    let replicas = configuration.replica_keys.iter().map(|replica| replica.arn.region()).collect();
    (configuration.multi_region_key_type, configuration.primary_key.arn.region(), replicas)
}

#[test]
fn a_replica_takes_the_place_of_the_primary_key() {
    let (mut kms, key) = replicated();
    let blob = kms.encrypt(&key, b"x", &context()).expect("encrypts");
    kms.enable_key_rotation(west(), key.key_id(), Some(90)).expect("enabled");
    kms.dirty = false;
    kms.update_primary_region(west(), &key.to_string(), europe()).expect("updated");
    assert!(kms.is_dirty() && kms.multi_region_keys_agree());
    let (east, replicas) = (region("us-east-1"), vec![region("us-east-1"), west()]);
    assert_eq!(configuration(&kms, europe(), &key), ("PRIMARY", europe(), replicas.clone()));
    assert_eq!(configuration(&kms, west(), &key), ("REPLICA", europe(), replicas.clone()));
    assert_eq!(configuration(&kms, east, &key), ("REPLICA", europe(), replicas));

    // What only a primary key may do goes with it; nothing else of the keys has changed.
    assert_eq!(refusal(kms.rotate_key_on_demand(west(), key.key_id())).0, ErrorCode::UnsupportedOperationException);
    kms.rotate_key_on_demand(europe(), key.key_id()).expect("rotated");
    kms.replicate_key(europe(), key.key_id(), region("ap-south-1"), CreateKey::default()).expect("replicated");
    assert!(kms.key_rotation_status(west(), key.key_id()).expect("status").key_rotation_enabled);
    assert_eq!(kms.decrypt(&key, &blob, &context()).expect("decrypts").expose(), b"x");

    kms.update_primary_region(europe(), key.key_id(), west()).expect("back");
    assert_eq!(configuration(&kms, west(), &key).0, "PRIMARY");
}

#[test]
fn what_cannot_become_the_primary_key_is_refused_and_changes_nothing() {
    let (mut kms, key) = replicated();
    let single = kms.create_key(west(), "").expect("made").arn;
    let managed = kms.ensure_default_key(west()).expect("made");
    kms.disable_key(region("us-east-1"), key.key_id()).expect("disabled");
    let before = configuration(&kms, west(), &key);
    let absent = format!("Key '{}' does not exist", key.to_string().replace("us-west-2", "ap-south-1"));
    for (from, key, to, code, part) in [
        (west(), &single, europe(), ErrorCode::UnsupportedOperationException, "is not a multi-region primary key."),
        (europe(), &key, west(), ErrorCode::UnsupportedOperationException, "is not a multi-region primary key."),
        (west(), &key, west(), ErrorCode::UnsupportedOperationException, "is the primary key already."),
        (west(), &key, region("ap-south-1"), ErrorCode::NotFoundException, absent.as_str()),
        (west(), &key, region("us-east-1"), ErrorCode::DisabledException, "us-east-1"),
        (west(), &managed, europe(), ErrorCode::AccessDeniedException, "UpdatePrimaryRegion"),
    ] {
        let (found, message) = refusal(kms.update_primary_region(from, key.key_id(), to));
        assert!(found == code && message.contains(part), "{key} to {to}: {found} {message}");
    }
    assert!(matches!(kms.update_primary_region(west(), key.key_id(), region("af-south-1")), Err(Error::Setup(_))));

    kms.schedule_key_deletion(europe(), key.key_id(), None).expect("scheduled");
    assert_eq!(refusal(kms.update_primary_region(west(), key.key_id(), europe())).0, ErrorCode::KMSInvalidStateException);
    kms.disable_key(west(), key.key_id()).expect("disabled");
    assert_eq!(refusal(kms.update_primary_region(west(), key.key_id(), europe())).0, ErrorCode::DisabledException);
    assert_eq!(configuration(&kms, west(), &key), before);
}

#[test]
fn all_regions_have_to_be_here() {
    let (kms, key) = replicated();
    let mut part = kms.export(&[west(), europe()]).expect("exported");
    assert!(matches!(part.update_primary_region(west(), key.key_id(), europe()), Err(Error::Setup(_))));
}
