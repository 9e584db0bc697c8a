//! What opens a secret besides its Regions' own keys goes on doing so, where a Region is added, comes back, or moves.

use super::*;
use crate::{arn::KeyArn, keyring::RawAesKeyring};

const WEST: &str = "us-west-2";
const EAST: &str = "us-east-1";
const EU: &str = "eu-west-1";

fn raw() -> RecoveryKey {
    RecoveryKey::Keyring(Box::new(RawAesKeyring::new("home", "safe", &SecretBytes::new(vec![7; 32])).expect("a key")))
}

fn with(recovery_keys: Vec<RecoveryKey>) -> KeyOptions {
    KeyOptions { recovery_keys, ..KeyOptions::default() }
}

/// A key of the keystore that is no Region's own.
fn kms_recovery(place: &Place) -> KeyArn {
    place.keys(|kms| kms.create_key(region(EAST), "").expect("made").arn)
}

fn disable(place: &Place, key: &str) {
    place.keys(|kms| kms.disable_key(region(EAST), key).expect("disabled"));
}

/// What the bundles of a Region open with besides its own key, version by version.
fn besides(place: &Place, of: &str) -> Vec<Vec<String>> {
    let record = place.record(WEST, "db");
    let bundles = record.versions.iter().filter_map(|version| version.bundle(region(of)));
    bundles.map(|bundle| bundle.all_encrypted_data_keys().iter().skip(1).map(ToString::to_string).collect()).collect()
}

/// Changes the record as somebody without the keystore can.
fn rewritten(place: &Place) {
    let mut record = place.record(WEST, "db");
    record.description = Some("by other hands".to_owned());
    place.write_record(&record);
}

#[test]
fn a_region_that_is_added_opens_with_what_opens_the_others() {
    for (scope, is_rewritten) in
        [(DataKeyScope::Shared, false), (DataKeyScope::PerRegion, false), (DataKeyScope::Shared, true), (DataKeyScope::PerRegion, true)]
    {
        let place = Place::new();
        let kms_key = kms_recovery(&place);
        let keys = with(vec![RecoveryKey::Kms(kms_key.clone())]);
        place.create_with(&keys, &CreateSecret { data_key_scope: scope, ..request("db", &[EU]) }).expect("created");
        place.put(&new_value("next")).expect("put");
        if is_rewritten {
            rewritten(&place);
        }
        place.replicate(&replication(&[EAST])).expect("added");
        let expected = vec![vec![format!("aws-kms {kms_key}")]; 2];
        assert_eq!([besides(&place, WEST), besides(&place, EU), besides(&place, EAST)], [(); 3].map(|()| expected.clone()), "{scope:?}");
        place.assert_clean();
    }
}

#[test]
fn a_region_is_not_added_without_a_recovery_key_that_nobody_has_here() {
    let place = Place::new();
    place.create_with(&with(vec![raw()]), &request("db", &[])).expect("created");
    let before = place.snapshot();
    let parts = ["us-east-1: its bundle would not open with home safe, which opens those that are there"];
    for on_problem in [OnProblem::FailWhole, OnProblem::RecordFailed] {
        let refused = place.replicate(&ReplicateSecret { on_problem, ..replication(&[EAST]) });
        assert_refused(refused, ErrorCode::InvalidParameterException, &parts);
    }
    assert_eq!(place.snapshot(), before);
    place.replicate(&ReplicateSecret { keys: with(vec![raw()]), ..replication(&[EAST]) }).expect("added");
    assert_eq!(besides(&place, EAST), [["home safe"]]);
    // Where they are taken off first, nothing is missing.
    place.vault.rewrap_secret(&mut place.session(), &RewrapSecret::new("db")).expect("rewrapped");
    place.replicate(&replication(&[EU])).expect("added");
    assert_eq!(besides(&place, EU), [Vec::<String>::new()]);
    place.assert_clean();
}

#[test]
fn a_region_that_failed_or_moves_opens_with_what_opens_the_others() {
    let place = Place::new();
    let (kms_key, east, other) = (kms_recovery(&place), place.make_key(EAST), place.make_key(EAST));
    let keys = with(vec![RecoveryKey::Kms(kms_key.clone())]);
    let replicas = vec![replica_under(EAST, &east)];
    place.create_with(&keys, &CreateSecret { replicas, ..request("db", &[]) }).expect("created");
    let expected = |count| vec![vec![format!("aws-kms {kms_key}")]; count];
    // It misses a version, and gets it later.
    disable(&place, &east);
    place.put(&PutSecretValue { on_problem: OnProblem::RecordFailed, ..new_value("next") }).expect("put");
    assert_eq!(besides(&place, EAST), expected(1));
    place.replicate(&ReplicateSecret { replicas: vec![replica_under(EAST, &other)], ..replication(&[]) }).expect("back");
    assert_eq!(besides(&place, EAST), expected(2));
    // It moves to another key, and the others follow.
    let moved = ReplicateSecret {
        replicas: vec![replica_under(EAST, &place.make_key(EAST))],
        name_clash: NameClash::Overwrite,
        ..replication(&[])
    };
    place.replicate(&moved).expect("moved");
    assert_eq!((besides(&place, EAST), besides(&place, WEST)), (expected(2), expected(2)));
    // So does the primary Region.
    let key = place.make_key(WEST);
    let update = UpdateSecret { kms_key_id: Some(key), ..UpdateSecret::new("db") };
    place.vault.update_secret(&mut place.session(), &update).expect("moved");
    assert_eq!((besides(&place, EAST), besides(&place, WEST)), (expected(2), expected(2)));
    place.assert_clean();
}

#[test]
fn a_region_that_is_back_by_another_key_of_the_secret_opens_with_what_opens_the_others() {
    let place = Place::new();
    let (kms_key, east) = (kms_recovery(&place), place.make_key(EAST));
    let keys = with(vec![RecoveryKey::Kms(kms_key.clone())]);
    place.create_with(&keys, &CreateSecret { replicas: vec![replica_under(EAST, &east)], ..request("db", &[]) }).expect("created");
    disable(&place, &east);
    place.put(&PutSecretValue { on_problem: OnProblem::RecordFailed, ..new_value("next") }).expect("put");
    place.keys(|kms| kms.enable_key(region(EAST), &east).expect("enabled"));
    // All Regions get another data key with the secret's key: the one that is behind gets what it missed.
    let update = UpdateSecret { kms_key_id: Some(place.make_key(WEST)), ..UpdateSecret::new("db") };
    place.vault.update_secret(&mut place.session(), &update).expect("moved");
    assert_eq!(besides(&place, EAST), vec![vec![format!("aws-kms {kms_key}")]; 2]);
    place.assert_clean();
}
