//! Description, key and value of a secret in one commit.

use super::*;
use crate::keyring::RawAesKeyring;

const WEST: &str = "us-west-2";
const EU: &str = "eu-west-1";

impl Place {
    fn update(&self, request: &UpdateSecret) -> Result<SecretChange> {
        self.vault.update_secret(&mut self.session(), request)
    }

    /// For each version the keys of its bundles by Region.
    fn keys_of_versions(&self) -> Vec<BTreeMap<Region, String>> {
        let versions = self.record(WEST, "db").versions.into_iter();
        versions.map(|version| version.bundles.into_iter().map(|bundle| (bundle.region, bundle.kms_key_id)).collect()).collect()
    }

    /// Of the bundles in us-west-2 and eu-west-1.
    fn hashes(&self, version: usize) -> [String; 2] {
        let record = self.record(WEST, "db");
        [WEST, EU].map(|name| record.versions[version].bundle(region(name)).expect("there").sha256.clone())
    }
}

fn update() -> UpdateSecret {
    UpdateSecret::new("db")
}

fn to_key(key: &str) -> UpdateSecret {
    UpdateSecret { kms_key_id: Some(key.to_owned()), ..update() }
}

#[test]
fn a_description_is_changed_and_taken_away_and_no_bundle_is_touched() {
    let place = Place::with_secret(&[EU]);
    let hashes = place.hashes(0);
    let describe = |text: &str| {
        let change = place.update(&UpdateSecret { description: Some(text.to_owned()), ..update() }).expect("updated");
        assert_eq!(change.version_id, None);
        place.record(WEST, "db").description
    };
    assert_eq!(describe("new").as_deref(), Some("new"));
    let before = place.snapshot();
    assert_eq!(describe("new").as_deref(), Some("new"));
    place.update(&update()).expect("nothing to do");
    assert_eq!(place.snapshot(), before, "nothing was written");
    assert_eq!(describe(""), None);
    assert_eq!(place.hashes(0), hashes);
    let long = UpdateSecret { description: Some("x".repeat(2049)), ..update() };
    assert_refused(place.update(&long), ErrorCode::InvalidParameterException, &["2048"]);
    place.assert_clean();
}

#[test]
fn another_key_seals_the_versions_with_awss_labels_anew_and_the_former_key_opens_none_of_them() {
    for scope in [DataKeyScope::Shared, DataKeyScope::PerRegion] {
        let place = Place::new();
        place.create(&CreateSecret { data_key_scope: scope, ..request("db", &[EU]) }).expect("created");
        for (value, labels) in [("b", &[][..]), ("c", &[]), ("d", &["AWSPENDING"]), ("e", &["blue"])] {
            let version_stages = labels.iter().map(|label| (*label).to_owned()).collect();
            place.put(&PutSecretValue { version_stages, ..new_value(value) }).expect("put");
        }
        let before: Vec<_> = (0..5).map(|version| place.hashes(version)).collect();
        let key = place.make_key(WEST);
        place.update(&to_key(&key)).expect("updated");
        let keys = place.keys_of_versions();
        let moved: Vec<_> = keys.iter().map(|keys| keys[&region(WEST)].ends_with(&key)).collect();
        assert_eq!(moved, [false, true, true, true, false], "AWSPREVIOUS, AWSCURRENT, AWSPENDING");
        for (version, moved) in moved.into_iter().enumerate() {
            let changed: Vec<_> = before[version].iter().zip(place.hashes(version)).map(|(old, new)| *old != new).collect();
            // Where the Regions share a data key, all of them get another one.
            assert_eq!(changed, [moved, moved && scope == DataKeyScope::Shared], "{version}");
        }
        assert_eq!(place.record(WEST, "db").kms_key_id.as_deref(), Some(&key[..]));
        assert_eq!((place.value_in(WEST), place.value_in(EU)), ("c".to_owned(), "c".to_owned()));
        place.assert_clean();
        // New versions are under it, and by its other name nothing is sealed anew.
        place.put(&new_value("f")).expect("put");
        assert!(place.keys_of_versions()[5][&region(WEST)].ends_with(&key));
        let (hashes, arn) = (place.hashes(5), place.kms().resolve(region(WEST), &key).expect("there").to_string());
        place.update(&to_key(&arn)).expect("updated");
        assert_eq!((place.hashes(5), place.record(WEST, "db").kms_key_id), (hashes, Some(arn)));
        // And back to the default key.
        place.update(&to_key("")).expect("updated");
        assert_eq!(place.record(WEST, "db").kms_key_id, None);
        assert!(!place.keys_of_versions()[5][&region(WEST)].ends_with(&key));
        place.assert_clean();
    }
}

#[test]
fn key_and_value_change_together() {
    let place = Place::with_secret(&[EU]);
    let key = place.make_key(WEST);
    let change =
        place.update(&UpdateSecret { value: Some(text("next")), description: Some("d".to_owned()), ..to_key(&key) }).expect("updated");
    assert_eq!((change.bundles.len(), change.version_stages), (2, vec!["AWSCURRENT".to_owned()]));
    assert!(place.keys_of_versions().iter().all(|keys| keys[&region(WEST)].ends_with(&key)));
    assert_eq!((place.value_in(WEST), place.value_in(EU)), ("next".to_owned(), "next".to_owned()));
    assert_eq!(place.record(WEST, "db").hand(place.kms().comparison_key()), RecordHand::Own);
    place.assert_clean();
}

#[test]
fn a_secret_without_a_value_changes_its_key_and_gets_its_value() {
    let place = Place::new();
    place.create(&CreateSecret { value: None, ..request("db", &[EU]) }).expect("created");
    let key = place.make_key(WEST);
    place.update(&to_key(&key)).expect("updated");
    assert_eq!(place.record(WEST, "db").kms_key_id.as_deref(), Some(&key[..]));
    place.update(&UpdateSecret { value: Some(text("first")), ..update() }).expect("updated");
    assert!(place.keys_of_versions()[0][&region(WEST)].ends_with(&key));
    assert_eq!(place.value_in(EU), "first");
    place.assert_clean();
}

#[test]
fn nobody_loses_access_unasked() {
    let place = Place::new();
    let raw = || KeyOptions {
        recovery_keys: vec![RecoveryKey::Keyring(Box::new(
            RawAesKeyring::new("home", "backup", &SecretBytes::new(vec![7; 32])).expect("a key"),
        ))],
        ..KeyOptions::default()
    };
    place.create_with(&raw(), &request("db", &[EU])).expect("created");
    let key = place.make_key(WEST);
    let before = place.snapshot();
    assert_refused(place.update(&to_key(&key)), ErrorCode::InvalidParameterException, &["home backup"]);
    assert_eq!(place.snapshot(), before);
    place.update(&UpdateSecret { keys: raw(), ..to_key(&key) }).expect("updated");
    assert!(place.record(WEST, "db").versions[0].bundles.iter().all(|bundle| bundle.encrypted_data_keys.len() == 2));
    place.assert_clean();
}

#[test]
fn what_does_not_open_here_or_cannot_follow_is_told_and_nothing_changes() {
    let place = Place::new();
    let theirs = place.make_key(EU);
    place.create(&CreateSecret { replicas: vec![replica_under(EU, &theirs)], ..request("db", &[]) }).expect("created");
    let key = place.make_key(WEST);
    let elsewhere = place.elsewhere();
    let other = elsewhere.make_key(WEST);
    place.keys(|kms| kms.disable_key(region(EU), &theirs).expect("disabled"));
    let before = place.snapshot();
    // All Regions would get another data key.
    assert_refused(place.update(&to_key(&key)), ErrorCode::DisabledException, &[EU]);
    assert_refused(elsewhere.update(&to_key(&other)), ErrorCode::DecryptionFailure, &[]);
    assert_refused(place.update(&to_key("alias/none")), ErrorCode::NotFoundException, &["alias/none"]);
    let replica = UpdateSecret { region: Some(region(EU)), description: Some("x".to_owned()), ..update() };
    assert_refused(place.update(&replica), ErrorCode::InvalidParameterException, &["replica secret"]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_region_that_failed_is_in_sync_again_once_all_of_it_is_sealed_anew() {
    let place = Place::new();
    let theirs = place.make_key(EU);
    place.create(&CreateSecret { replicas: vec![replica_under(EU, &theirs)], ..request("db", &[]) }).expect("created");
    place.keys(|kms| kms.disable_key(region(EU), &theirs).expect("disabled"));
    let partial = |value: &str| UpdateSecret { value: Some(text(value)), on_problem: OnProblem::RecordFailed, ..update() };
    for value in ["b", "c", "d"] {
        let change = place.update(&partial(value)).expect("in part");
        assert_eq!(change.replication_status[0].status, ReplicaStatus::Failed);
    }
    assert_eq!(place.value_in(WEST), "d");
    place.keys(|kms| kms.enable_key(region(EU), &theirs).expect("enabled"));
    assert_eq!(place.value_in(EU), "top");
    place.assert_clean();
    let key = place.make_key(WEST);
    let change = place.update(&to_key(&key)).expect("updated");
    assert_eq!(change.replication_status[0].status, ReplicaStatus::InSync);
    assert_eq!(place.value_in(EU), "d");
    assert!(place.keys_of_versions().iter().all(|keys| keys.len() == 2 && keys[&region(WEST)].ends_with(&key)));
    place.assert_clean();
    // The same with a value beside the key.
    place.keys(|kms| kms.disable_key(region(EU), &theirs).expect("disabled"));
    place.update(&partial("e")).expect("in part");
    place.keys(|kms| kms.enable_key(region(EU), &theirs).expect("enabled"));
    let both = UpdateSecret { value: Some(text("f")), ..to_key(&place.make_key(WEST)) };
    assert_eq!(place.update(&both).expect("updated").replication_status[0].status, ReplicaStatus::InSync);
    assert_eq!((place.value_in(WEST), place.value_in(EU)), ("f".to_owned(), "f".to_owned()));
    place.assert_clean();
}
