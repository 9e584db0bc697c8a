//! Rotation and multi-Region keys.

use super::*;

#[test]
fn rotated_material_encrypts_and_older_material_decrypts() {
    let mut kms = kms();
    kms.clock = Clock::Fixed(day("2026-11-01"));
    let key = kms.create_key(west(), "").expect("made").arn;
    let mut blobs = vec![kms.encrypt(&key, b"0", &context()).expect("encrypts")];
    for number in 1..=25_u8 {
        assert_eq!(kms.rotate_key_on_demand(west(), key.key_id()).expect("rotated"), key);
        blobs.push(kms.encrypt(&key, &[number], &context()).expect("encrypts"));
    }
    let (code, message) = refusal(kms.rotate_key_on_demand(west(), key.key_id()));
    assert!(
        code == ErrorCode::LimitExceededException && message.starts_with("The on-demand rotations limit has been reached"),
        "{message}"
    );
    for (number, blob) in blobs.iter().enumerate().skip(1) {
        assert_eq!(kms.decrypt(&key, blob, &context()).expect("decrypts").expose(), [u8::try_from(number).expect("small")]);
    }
    let current = kms.describe_key(west(), key.key_id()).expect("there").current_key_material_id;
    assert_eq!(Some(material_id(&blobs[25]).expect("a blob")), current);
    let rotations = kms.list_key_rotations(west(), key.key_id()).expect("lists");
    let states: Vec<_> = rotations.iter().map(|entry| entry.key_material_state).collect();
    assert!(states.len() == 25 && states[24] == "CURRENT" && states[..24].iter().all(|state| *state == "NON_CURRENT"));
    assert_eq!(serde_json::to_value(rotations[0].rotation_type).expect("JSON"), "ON_DEMAND");
}

#[test]
fn automatic_rotation_happens_once_when_it_is_due() {
    let mut kms = kms();
    kms.clock = Clock::Fixed(day("2026-11-01"));
    let key = kms.create_key(west(), "").expect("made").arn;
    let id = key.key_id();
    assert!(!kms.key_rotation_status(west(), id).expect("status").key_rotation_enabled);
    for days in [0, 89, 2561] {
        assert_eq!(refusal(kms.enable_key_rotation(west(), id, Some(days))).0, ErrorCode::ValidationException);
    }
    kms.enable_key_rotation(west(), id, None).expect("enabled");
    let status = kms.key_rotation_status(west(), id).expect("status");
    assert_eq!((status.rotation_period_in_days, status.next_rotation_date), (Some(365), Some(day("2027-11-01"))));
    kms.enable_key_rotation(west(), id, Some(90)).expect("changed");
    assert_eq!(kms.key_rotation_status(west(), id).expect("status").next_rotation_date, Some(day("2027-01-30")));
    assert!(kms.rotate_due().expect("rotates").is_empty());

    kms.clock = Clock::Fixed(day("2028-01-01"));
    let blob = kms.encrypt(&key, b"old", &context()).expect("encrypts");
    kms.disable_key(west(), id).expect("disabled");
    assert!(kms.rotate_due().expect("rotates").is_empty(), "disabled");
    kms.enable_key(west(), id).expect("enabled");
    assert_eq!(kms.rotate_due().expect("rotates"), std::slice::from_ref(&key));
    assert!(kms.rotate_due().expect("rotates").is_empty(), "once, however many periods have passed");
    assert_eq!(kms.key_rotation_status(west(), id).expect("status").next_rotation_date, Some(day("2028-03-31")));
    assert_eq!(kms.decrypt(&key, &blob, &context()).expect("decrypts").expose(), b"old");
    assert_ne!(kms.encrypt(&key, b"new", &context()).expect("encrypts").0[37..69], blob.0[37..69]);
    assert_eq!(kms.list_key_rotations(west(), id).expect("lists")[0].rotation_type, RotationType::Automatic);

    kms.schedule_key_deletion(west(), id, None).expect("scheduled");
    assert!(!kms.key_rotation_status(west(), id).expect("status").key_rotation_enabled);
    kms.cancel_key_deletion(west(), id).expect("cancelled");
    assert!(kms.key_rotation_status(west(), id).expect("status").key_rotation_enabled);
    kms.enable_key(west(), id).expect("enabled");
    kms.disable_key_rotation(west(), id).expect("disabled");
    assert!(!kms.key_rotation_status(west(), id).expect("status").key_rotation_enabled);
}

#[test]
fn an_aws_managed_key_is_rotated_by_nobody_else() {
    let mut kms = kms();
    let key = kms.ensure_default_key(west()).expect("made");
    let id = key.key_id();
    let refused = [
        kms.rotate_key_on_demand(west(), id).map(drop),
        kms.enable_key_rotation(west(), id, None),
        kms.disable_key_rotation(west(), id),
        kms.schedule_key_deletion(west(), id, None).map(drop),
        kms.cancel_key_deletion(west(), id).map(drop),
        kms.replicate_key(west(), id, region("eu-west-1"), CreateKey::default()).map(drop),
        kms.update_key_description(west(), id, ""),
    ];
    for result in refused {
        assert_eq!(refusal(result).0, ErrorCode::AccessDeniedException);
    }
}

fn multi_region(kms: &mut EmbeddedKms) -> KeyArn {
    kms.create_key_with(west(), CreateKey { multi_region: true, ..CreateKey::default() }).expect("made").arn
}

#[test]
fn either_region_decrypts_what_the_other_encrypted() {
    let mut kms = kms();
    let key = multi_region(&mut kms);
    assert!(key.key_id().len() == 36 && key.key_id().starts_with("mrk-"));
    let before = kms.encrypt(&key, b"before", &context()).expect("encrypts");
    let request = CreateKey { description: "replica".to_owned(), tags: vec![("a".into(), "b".into())], ..CreateKey::default() };
    let answer = kms.replicate_key(west(), key.key_id(), region("eu-west-1"), request).expect("replicated");
    let json = serde_json::to_value(&answer).expect("JSON");
    let metadata = &json["ReplicaKeyMetadata"];
    assert_eq!(
        (&metadata["KeyState"], &metadata["Enabled"], &metadata["Description"]),
        (&"Creating".into(), &false.into(), &"replica".into())
    );
    assert_eq!(metadata["MultiRegionConfiguration"]["MultiRegionKeyType"], "REPLICA");
    assert_eq!(json["ReplicaTags"][0]["TagKey"], "a");
    let replica = answer.replica_key_metadata.arn;
    assert_eq!((replica.region(), replica.key_id()), (region("eu-west-1"), key.key_id()));
    assert_eq!(kms.describe_key(replica.region(), replica.key_id()).expect("there").key_state, KeyState::Enabled);
    let configuration = kms.describe_key(west(), key.key_id()).expect("there").multi_region_configuration.expect("multi-Region");
    assert_eq!((configuration.multi_region_key_type, configuration.replica_keys.len()), ("PRIMARY", 1));

    assert_eq!(kms.decrypt(&replica, &before, &context()).expect("decrypts").expose(), b"before");
    kms.rotate_key_on_demand(west(), key.key_id()).expect("rotated");
    let after = kms.encrypt(&replica, b"after", &context()).expect("encrypts");
    assert_eq!(kms.decrypt(&key, &after, &context()).expect("decrypts").expose(), b"after");
    assert_eq!(kms.decrypt_in(west(), None, &after, &context()).expect("decrypts").key_id, key);
    assert_eq!(refusal(kms.decrypt_in(region("us-east-1"), None, &after, &context())).0, ErrorCode::AccessDeniedException);

    kms.disable_key(replica.region(), replica.key_id()).expect("disabled");
    assert_eq!(kms.decrypt(&key, &after, &context()).expect("states are each Region's own").expose(), b"after");
    assert!(kms.list_resource_tags(west(), key.key_id()).expect("lists").is_empty());
    assert!(kms.multi_region_keys_agree());
}

#[test]
fn replicas_have_the_rules_of_aws() {
    let mut kms = kms();
    let key = multi_region(&mut kms);
    let single = kms.create_key(west(), "").expect("made").arn;
    let europe = region("eu-west-1");
    let replicate =
        |kms: &mut EmbeddedKms, key: &KeyArn, to: Region| kms.replicate_key(key.region(), key.key_id(), to, CreateKey::default());
    let (code, message) = refusal(replicate(&mut kms, &single, europe));
    assert_eq!((code, message), (ErrorCode::UnsupportedOperationException, format!("{single} is not a multi-region primary key.")));
    let replica = replicate(&mut kms, &key, europe).expect("replicated").replica_key_metadata.arn;
    for taken in [west(), europe] {
        assert_eq!(refusal(replicate(&mut kms, &key, taken)).0, ErrorCode::AlreadyExistsException);
    }
    assert_eq!(refusal(replicate(&mut kms, &key, region("cn-north-1"))).0, ErrorCode::UnsupportedOperationException);
    assert!(matches!(replicate(&mut kms, &key, region("af-south-1")), Err(Error::Setup(_))));
    let on_replica = [
        replicate(&mut kms, &replica, region("us-east-1")).map(drop),
        kms.rotate_key_on_demand(europe, replica.key_id()).map(drop),
        kms.enable_key_rotation(europe, replica.key_id(), None),
        kms.disable_key_rotation(europe, replica.key_id()),
    ];
    for result in on_replica {
        assert_eq!(refusal(result).0, ErrorCode::UnsupportedOperationException);
    }
    kms.enable_key_rotation(west(), key.key_id(), Some(90)).expect("enabled");
    assert!(kms.key_rotation_status(europe, key.key_id()).expect("status").key_rotation_enabled, "shared");
    assert_eq!(kms.schedule_key_deletion(europe, replica.key_id(), None).expect("scheduled").key_state, KeyState::PendingDeletion);
}
