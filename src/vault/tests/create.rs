//! Values and what is told about them.

use super::*;

fn bytes(kind: PayloadKind, length: usize) -> Result<SecretValue> {
    SecretValue::new(kind, SecretBytes::new(vec![b'x'; length]))
}

#[test]
fn values_of_every_allowed_length_come_back() {
    let place = Place::new();
    for kind in [PayloadKind::String, PayloadKind::Binary] {
        for length in [1, 2, 65_535, 65_536] {
            let name = format!("{}-{length}", kind.as_str());
            let value = Some(bytes(kind, length).expect("allowed"));
            place.create(&CreateSecret { value, ..request(&name, &["eu-west-1"]) }).expect("created");
            for region in ["us-west-2", "eu-west-1"] {
                let entry = place.get(&name, Some(region)).expect("opens");
                assert_eq!((entry.value.kind(), entry.value.expose()), (kind, &vec![b'x'; length][..]), "{name}");
            }
        }
    }
    place.assert_clean();
}

#[test]
fn values_of_other_lengths_and_text_that_is_not_utf_8_are_refused() {
    for kind in [PayloadKind::String, PayloadKind::Binary] {
        assert_refused(bytes(kind, 65_537), ErrorCode::InvalidParameterException, &["65537", "65536"]);
        assert_refused(bytes(kind, 0), ErrorCode::InvalidParameterException, &["at least 1 byte"]);
    }
    let not_text = || SecretBytes::new(vec![0xff, 0x00, 0x80]);
    assert_refused(SecretValue::new(PayloadKind::String, not_text()), ErrorCode::InvalidParameterException, &["UTF-8"]);
    let place = Place::new();
    let value = SecretValue::new(PayloadKind::Binary, not_text()).expect("bytes");
    place.create(&CreateSecret { value: Some(value), ..request("db", &[]) }).expect("created");
    assert_eq!(place.get("db", None).expect("opens").value.expose(), [0xff, 0x00, 0x80]);
}

#[test]
fn a_secret_without_value_has_no_version() {
    let place = Place::new();
    let change = place.create(&CreateSecret { value: None, ..request("db", &["eu-west-1"]) }).expect("created");
    assert!(change.version_id.is_none() && change.bundles.is_empty());
    let change = place.replicate(&replication(&["us-east-1"])).expect("replicated");
    assert!(change.version_id.is_none() && change.bundles.is_empty());
    assert_eq!(change.replication_status.len(), 2);
    for region in ["us-west-2", "eu-west-1", "us-east-1"] {
        let expected = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
        assert_eq!(refusal(place.get("db", Some(region))), (ErrorCode::ResourceNotFoundException, expected.to_owned()));
    }
    place.assert_clean();
}

#[test]
fn a_replica_of_a_secret_without_value_keeps_its_key_too() {
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    place.create(&CreateSecret { value: None, ..request("db", &["eu-west-1"]) }).expect("created");
    let other = ReplicateSecret { replicas: vec![replica_under("eu-west-1", &key)], ..replication(&[]) };
    assert_refused(place.replicate(&other), ErrorCode::InvalidParameterException, &["in sync under alias/aws/secretsmanager"]);
    let change = place.replicate(&ReplicateSecret { name_clash: NameClash::Overwrite, ..other }).expect("changed");
    assert_eq!(change.replication_status[0].kms_key_id, key);
}

#[test]
fn versions_are_selected_by_id_and_label() {
    let place = Place::with_secret(&[]);
    let id = place.get("db", None).expect("opens").version_id;
    let get = |version_id: Option<&str>, version_stage: Option<&str>| {
        let selector = VersionSelector { version_id: version_id.map(str::to_owned), version_stage: version_stage.map(str::to_owned) };
        place.vault.get_secret_value(&place.kms(), "db", None, &selector)
    };
    for (version_id, stage) in [(None, None), (Some(&*id), None), (None, Some("AWSCURRENT")), (Some(&*id), Some("AWSCURRENT"))] {
        assert_eq!(get(version_id, stage).expect("opens").version_id, id);
    }
    let code = ErrorCode::ResourceNotFoundException;
    let none = "n".repeat(32);
    let expected = format!("for VersionId: {none}");
    assert_refused(get(Some(&none), None), code, &[&expected]);
    assert_refused(get(Some(&none), Some("AWSCURRENT")), code, &[&expected]);
    assert_refused(get(None, Some("AWSPREVIOUS")), code, &["for staging label: AWSPREVIOUS"]);
    let message = "You provided a VersionStage that is not associated to the provided VersionId.";
    assert_refused(get(Some(&id), Some("AWSPREVIOUS")), ErrorCode::InvalidRequestException, &[message]);
}

#[test]
fn description_and_list_speak_for_the_region_that_answers() {
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    let tag = Tag { key: "team".to_owned(), value: "blue".to_owned() };
    let context = BTreeMap::from([("stage".to_owned(), "prod".to_owned())]);
    let change = place
        .create(&CreateSecret {
            description: Some("the database".to_owned()),
            tags: vec![tag.clone()],
            encryption_context: context.clone(),
            replicas: vec![replica_under("eu-west-1", &key)],
            ..request("db", &[])
        })
        .expect("created");
    place.create(&request("api", &[])).expect("created");

    let kms = place.kms();
    let primary = place.vault.describe_secret(Some(&kms), "db", None).expect("described");
    assert_eq!((&primary.arn, primary.kms_key_id.as_deref(), primary.bundles.len()), (&change.arn, None, 2));
    assert!(primary.bundles.iter().all(|bundle| bundle.opens_here && bundle.path.is_file()));
    assert_eq!((primary.description.as_deref(), &primary.tags, &primary.encryption_context), (Some("the database"), &vec![tag], &context));
    let replica = place.vault.describe_secret(None, "db", Some(region("eu-west-1"))).expect("described");
    assert_eq!((replica.arn, replica.kms_key_id), (change.arn.in_region(region("eu-west-1")), Some(key)));
    assert_eq!((replica.primary_region, replica.bundles.len(), replica.bundles[0].opens_here), (Some(region("us-west-2")), 1, false));

    let names = |region: Option<&str>| -> Vec<String> {
        let entries = place.vault.list_secrets(region.map(self::region)).expect("listed").entries;
        entries.iter().map(|entry| format!("{} {}", entry.name, entry.arn.region())).collect()
    };
    assert_eq!(names(None), ["api us-west-2", "db us-west-2"]);
    assert_eq!(names(Some("eu-west-1")), ["db eu-west-1"]);
    assert!(names(Some("us-east-1")).is_empty());
}

#[test]
fn the_users_pairs_are_bound_and_reserved_ones_refused() {
    let place = Place::new();
    let with = |key: &str, value: &str| CreateSecret {
        encryption_context: BTreeMap::from([(key.to_owned(), value.to_owned())]),
        ..request("db", &[])
    };
    for key in ["SecretARN", "SecretVersionId", "coldseal:payload", "coldseal:", "aws-crypto-public-key"] {
        let error = place.create(&with(key, "x")).expect_err("reserved");
        assert!(matches!(&error, Error::EncryptionContext(_)) && error.to_string().contains(key), "{error}");
    }
    assert!(place.snapshot().keys().all(|path| path.is_dir()), "nothing was written");
    // Longer than any header: found only when the bundle is sealed, and still before the first byte.
    place.create(&with("x", &"y".repeat(65_536))).expect_err("too long");
    assert!(!place.vault.root().exists());

    place.create(&with("stage", "prod")).expect("created");
    let mut record = place.record("us-west-2", "db");
    record.encryption_context.insert("stage".to_owned(), "test".to_owned());
    place.write_record(&record);
    assert_refused(place.get("db", None), ErrorCode::DecryptionFailure, &["encryption context", "'stage'"]);
    assert_eq!(place.verify().faults.len(), 1);
}
