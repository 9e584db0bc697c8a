//! Further Regions for a secret that exists.

use super::*;

#[test]
fn further_regions_get_the_value() {
    let place = Place::with_secret(&["us-east-1"]);
    let kept = (fs::read(place.bundle("us-west-2")).expect("reads"), fs::read(place.bundle("us-east-1")).expect("reads"));
    let change = place.replicate(&replication(&["eu-west-1", "ap-south-1"])).expect("replicated");
    assert_eq!((change.bundles.len(), change.replication_status.len()), (4, 3));
    for region in ["us-west-2", "us-east-1", "eu-west-1", "ap-south-1"] {
        assert_eq!(place.value_in(region), "top");
    }
    assert_eq!((fs::read(place.bundle("us-west-2")).expect("reads"), fs::read(place.bundle("us-east-1")).expect("reads")), kept);
    place.assert_clean();
}

#[test]
fn a_region_in_sync_under_the_same_key_is_left_alone() {
    let place = Place::with_secret(&["eu-west-1"]);
    let key = place.kms().default_key(region("eu-west-1")).expect("made").to_string();
    let before = place.snapshot();
    let under = |key: &str| ReplicateSecret { replicas: vec![replica_under("eu-west-1", key)], ..replication(&[]) };
    for request in [replication(&["eu-west-1"]), under(""), under("alias/aws/secretsmanager"), under(&key)] {
        let change = place.replicate(&request).expect("nothing to do");
        assert_eq!(change.bundles.len(), 2);
    }
    assert_eq!(place.snapshot(), before);
    // Not even a keystore is made.
    let other = place.elsewhere();
    other.replicate(&replication(&["eu-west-1"])).expect("nothing to do");
    assert!(!other.keystore.keystore.exists());
}

#[test]
fn another_key_needs_the_word_for_it() {
    let place = Place::with_secret(&["eu-west-1"]);
    let key = place.make_key("eu-west-1");
    let before = place.snapshot();
    let request = ReplicateSecret { replicas: vec![replica_under("eu-west-1", &key)], ..replication(&[]) };
    let parts = ["eu-west-1: the replica is in sync under alias/aws/secretsmanager"];
    assert_refused(place.replicate(&request), ErrorCode::InvalidParameterException, &parts);
    assert_eq!(place.snapshot(), before);

    let (old, old_bytes) = (place.bundle("eu-west-1"), fs::read(place.bundle("eu-west-1")).expect("reads"));
    let change = place.replicate(&ReplicateSecret { name_clash: NameClash::Overwrite, ..request }).expect("sealed again");
    let bundle = change.bundles.iter().find(|bundle| bundle.region == region("eu-west-1")).expect("listed");
    assert!(bundle.kms_key_id.ends_with(&key) && !old.exists());
    assert_ne!(fs::read(&bundle.path).expect("reads"), old_bytes);
    assert_eq!(change.replication_status[0].kms_key_id, key);
    assert_eq!(place.value_in("eu-west-1"), "top");
    place.assert_clean();
}

#[test]
fn a_replicas_region_refuses_changes() {
    let place = Place::with_secret(&["eu-west-1"]);
    let request = ReplicateSecret { region: Some(region("eu-west-1")), ..replication(&["us-east-1"]) };
    let message = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
    assert_eq!(refusal(place.replicate(&request)), (ErrorCode::InvalidParameterException, message.to_owned()));
    assert_refused(
        place.replicate(&ReplicateSecret { secret_id: "none".to_owned(), ..request }),
        ErrorCode::ResourceNotFoundException,
        &[],
    );
}

#[test]
fn a_machine_without_a_key_of_the_secret_changes_nothing() {
    let place = Place::with_secret(&["us-east-1"]);
    let other = place.elsewhere();
    other.make_key("ap-south-1");
    let before = (place.snapshot(), other.snapshot());
    assert_refused(other.replicate(&replication(&["eu-west-1"])), ErrorCode::DecryptionFailure, &["no encrypted data key"]);
    assert_eq!((place.snapshot(), other.snapshot()), before, "no default key was made for the new Region either");
}

#[test]
fn any_region_that_opens_here_can_be_the_source() {
    let place = Place::new();
    let key = place.make_key("us-west-2");
    place.create(&CreateSecret { kms_key_id: Some(key.clone()), ..request("db", &["us-east-1"]) }).expect("created");
    place.keys(|kms| kms.disable_key(region("us-west-2"), &key).expect("disabled"));
    assert_refused(place.get("db", None), ErrorCode::DecryptionFailure, &["is disabled"]);
    place.replicate(&replication(&["eu-west-1"])).expect("replicated from us-east-1");
    assert_eq!(place.value_in("eu-west-1"), "top");
}

#[test]
fn without_a_vault_nothing_is_made() {
    let place = Place::new();
    for error in [
        place.replicate(&replication(&["eu-west-1"])).expect_err("no vault"),
        place.vault.describe_secret(None, "db", None).expect_err("no vault"),
        place.vault.list_secrets(None).expect_err("no vault"),
    ] {
        assert!(matches!(&error, Error::Setup(why) if why.to_string().contains("coldseal-vault")), "{error}");
    }
    assert!(!place.vault.root().exists());
}

const VERSIONS: [(&str, &str, &str); 2] = [
    ("10000000-0000-4000-8000-000000000000", "AWSPREVIOUS", "value before"),
    ("20000000-0000-4000-8000-000000000000", "custom", "value of their own"),
];

/// Every version of `db` has its value in a Region.
fn assert_versions(place: &Place, name: &str) {
    for (label, value) in [("AWSCURRENT", "top")].into_iter().chain(VERSIONS.map(|(_, label, value)| (label, value))) {
        let selector = VersionSelector { version_stage: Some(label.to_owned()), ..VersionSelector::default() };
        let entry = place.vault.get_secret_value(&place.kms(), "db", Some(region(name)), &selector).expect("opens");
        assert_eq!(entry.value.expose(), value.as_bytes(), "{name}, {label}");
    }
}

#[test]
fn a_retry_brings_every_version() {
    let place = Place::with_secret(&["us-east-1"]);
    VERSIONS.into_iter().for_each(|(id, label, value)| place.add_version(id, label, value));
    let key = place.make_key("eu-west-1");
    place.keys(|kms| kms.disable_key(region("eu-west-1"), &key)).expect("disabled");
    let failing =
        ReplicateSecret { replicas: vec![replica_under("eu-west-1", &key)], on_problem: OnProblem::RecordFailed, ..replication(&[]) };
    place.replicate(&failing).expect("recorded");
    place.keys(|kms| kms.enable_key(region("eu-west-1"), &key)).expect("enabled");
    // The same call again, under the key on record.
    place.replicate(&replication(&["eu-west-1"])).expect("replicated");
    for name in ["us-west-2", "us-east-1", "eu-west-1"] {
        assert_versions(&place, name);
    }
    let again = place.replicate(&replication(&["eu-west-1"])).expect("in sync");
    assert!(again.is_unchanged);
    place.assert_clean();
}

#[test]
fn a_secret_that_is_overwritten_leaves_no_version_behind() {
    let place = Place::with_secret(&["us-east-1"]);
    VERSIONS.into_iter().for_each(|(id, label, value)| place.add_version(id, label, value));
    let other = CreateSecret { value: Some(text("other")), region: region("eu-west-1"), ..request("db", &[]) };
    place.create(&other).expect("created");
    let from_west = ReplicateSecret { region: Some(region("us-west-2")), ..replication(&["eu-west-1"]) };
    assert_refused(place.replicate(&from_west), ErrorCode::InvalidParameterException, &["already exists in this region"]);
    let recorded = ReplicateSecret { on_problem: OnProblem::RecordFailed, ..from_west };
    assert!(!place.replicate(&recorded).expect("recorded").is_unchanged);
    assert_eq!(place.value_in("eu-west-1"), "other", "it stays until it is said to go");
    let overwriting = ReplicateSecret { name_clash: NameClash::Overwrite, ..recorded };
    place.replicate(&overwriting).expect("replaced");
    assert_versions(&place, "eu-west-1");
    assert!(!place.dir("eu-west-1", "db").exists());
    place.assert_clean();
}
