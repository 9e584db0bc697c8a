//! Every Region is checked before the first byte; `RecordFailed` does what it can.

use super::*;
use crate::{
    crypto::Random,
    format::EncryptedDataKey,
    format::EncryptionContext,
    keyring::{Keyring, Unwrapped},
    secret::DataKey,
};

/// Asserts that the request fails with all of these parts in one message and writes nothing.
fn assert_whole(place: &Place, request: &CreateSecret, parts: &[&str]) {
    let before = place.snapshot();
    let (_, message) = refusal(place.create(request));
    for part in parts {
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
    let after: Snapshot = place.snapshot().into_iter().filter(|(path, _)| *path != place.folder.path().join("data")).collect();
    let before: Snapshot = before.into_iter().filter(|(path, _)| *path != place.folder.path().join("data")).collect();
    assert_eq!(after, before, "nothing is written");
}

/// One replica for each kind of problem, and one that is fine.
fn troubled(place: &Place) -> (CreateSecret, [String; 8]) {
    let disabled = place.make_key("us-east-2");
    place.keys(|kms| kms.disable_key(region("us-east-2"), &disabled).expect("disabled"));
    place.create(&CreateSecret { region: region("ca-central-1"), ..request("db", &[]) }).expect("a name that is taken");
    let request = CreateSecret {
        replicas: vec![
            replica_under("us-east-2", &disabled),
            replica_under("eu-west-1", "alias/none"),
            replica_under("us-north-7", ""),
            replica_under("af-south-1", ""),
            replica_under("cn-north-1", ""),
            replica_under("us-west-2", ""),
            replica_under("ca-central-1", ""),
            replica_under("eu-west-2", ""),
        ],
        ..request("db", &[])
    };
    let expected = [
        "7 Regions have problems, and nothing was written".to_owned(),
        format!("us-east-2: DisabledException: arn:aws:kms:us-east-2:000000000000:key/{disabled} is disabled."),
        "eu-west-1: NotFoundException: Alias arn:aws:kms:eu-west-1:000000000000:alias/none is not found.".to_owned(),
        "us-north-7: there is no Region 'us-north-7'".to_owned(),
        "af-south-1: the Region af-south-1 is not enabled".to_owned(),
        "cn-north-1: replication stays in one partition".to_owned(),
        "us-west-2: Invalid replica region.".to_owned(),
        "ca-central-1: Secret with this name already exists in this region".to_owned(),
    ];
    (request, expected)
}

#[test]
fn all_problems_are_listed_and_nothing_is_written() {
    let place = Place::new();
    let (request, expected) = troubled(&place);
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    assert_whole(&place, &request, &expected);
    // What cannot be recorded fails whole too.
    assert_whole(&place, &CreateSecret { on_problem: OnProblem::RecordFailed, ..request }, &expected);
}

#[test]
fn a_first_request_that_fails_makes_no_vault_and_no_keystore() {
    let place = Place::new();
    assert_whole(&place, &request("db", &["us-north-7"]), &["us-north-7", "nothing was written"]);
    assert_whole(&place, &CreateSecret { kms_key_id: Some("alias/none".to_owned()), ..request("db", &[]) }, &["alias/none"]);
    assert!(!place.vault.root().exists() && !place.keystore.keystore.exists() && !place.keystore.key_file.exists());
}

#[test]
fn a_primary_region_with_a_problem_is_never_recorded() {
    let place = Place::new();
    let failing =
        CreateSecret { kms_key_id: Some("alias/none".to_owned()), on_problem: OnProblem::RecordFailed, ..request("db", &["eu-west-1"]) };
    assert_whole(&place, &failing, &["us-west-2: Alias arn:aws:kms:us-west-2:000000000000:alias/none is not found."]);
    let disabled_region = CreateSecret { region: region("af-south-1"), ..request("db", &[]) };
    assert_whole(&place, &disabled_region, &["af-south-1 is not enabled"]);
}

#[test]
fn a_region_that_is_named_twice_is_refused() {
    let place = Place::new();
    assert_whole(&place, &request("db", &["eu-west-1", "eu-west-1"]), &["eu-west-1: the Region is named twice"]);
    let partial = CreateSecret { on_problem: OnProblem::RecordFailed, ..request("db", &[]) };
    let failing = vec![replica_under("eu-west-1", "alias/none"), replica_under("eu-west-1", "alias/none")];
    assert_whole(&place, &CreateSecret { replicas: failing, ..partial }, &["eu-west-1: the Region is named twice"]);
    place.create(&request("db", &[])).expect("created");
    let before = place.snapshot();
    let twice = place.replicate(&replication(&["eu-west-1", "eu-west-1"]));
    assert_refused(twice, ErrorCode::InvalidParameterException, &["eu-west-1: the Region is named twice"]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn replication_is_all_or_nothing_too() {
    let place = Place::new();
    let (create, expected) = troubled(&place);
    place.create(&request("db", &[])).expect("created");
    let before = place.snapshot();
    let regions = create.replicas;
    let refused = |on_problem| {
        let request = ReplicateSecret { replicas: regions.clone(), region: Some(region("us-west-2")), on_problem, ..replication(&[]) };
        let (_, message) = refusal(place.replicate(&request));
        for part in &expected {
            assert!(message.contains(part), "'{part}' is not in: {message}");
        }
    };
    refused(OnProblem::FailWhole);
    refused(OnProblem::RecordFailed);
    let none = place.replicate(&ReplicateSecret { region: Some(region("us-west-2")), ..replication(&[]) });
    assert_refused(none, ErrorCode::InvalidParameterException, &["at least one Region"]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_partial_secret_is_completed_once_the_key_is_enabled() {
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    place.keys(|kms| kms.disable_key(region("eu-west-1"), &key).expect("disabled"));
    let replicas = vec![replica_under("eu-west-1", &key), replica_under("us-east-1", "")];
    let change = place.create(&CreateSecret { replicas, on_problem: OnProblem::RecordFailed, ..request("db", &[]) }).expect("in part");
    let status = |change: &SecretChange, region: &str| {
        let found = change.replication_status.iter().find(|status| status.region == self::region(region)).expect("listed");
        (found.status, found.status_message.clone(), found.kms_key_id.clone())
    };
    let reason = format!("arn:aws:kms:eu-west-1:000000000000:key/{key} is disabled.");
    assert_eq!(status(&change, "eu-west-1"), (ReplicaStatus::Failed, format!("DisabledException: {reason}"), key.clone()));
    assert_eq!(status(&change, "us-east-1").0, ReplicaStatus::InSync);
    assert_refused(
        place.get("db", Some("eu-west-1")),
        ErrorCode::ResourceNotFoundException,
        &["Its replica in eu-west-1 failed (DisabledException: ", "it is in us-east-1, us-west-2."],
    );
    place.assert_clean();

    // A retry before the key is enabled is refused, or recorded again.
    assert_refused(place.replicate(&replication(&["eu-west-1"])), ErrorCode::DisabledException, &[&reason]);
    let again = place.replicate(&ReplicateSecret { on_problem: OnProblem::RecordFailed, ..replication(&["eu-west-1"]) }).expect("recorded");
    assert_eq!(status(&again, "eu-west-1").0, ReplicaStatus::Failed);

    place.keys(|kms| kms.enable_key(region("eu-west-1"), &key).expect("enabled"));
    let change = place.replicate(&replication(&["eu-west-1"])).expect("replicated");
    assert_eq!(status(&change, "eu-west-1"), (ReplicaStatus::InSync, "Replication succeeded".to_owned(), key.clone()));
    let bundle = change.bundles.iter().find(|bundle| bundle.region == region("eu-west-1")).expect("listed");
    assert!(bundle.kms_key_id.ends_with(&key), "under the key on record");
    assert_eq!(place.value_in("eu-west-1"), "top");
    place.assert_clean();
}

#[test]
fn a_bundle_under_a_disabled_key_waits_until_it_is_enabled() {
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    place.create(&CreateSecret { replicas: vec![replica_under("eu-west-1", &key)], ..request("db", &[]) }).expect("created");
    place.keys(|kms| kms.disable_key(region("eu-west-1"), &key).expect("disabled"));
    assert_refused(place.get("db", Some("eu-west-1")), ErrorCode::DecryptionFailure, &["is disabled."]);
    assert_eq!(place.value_in("us-west-2"), "top");
}

/// A recovery key that wraps nothing.
struct Refusing;

impl Keyring for Refusing {
    fn wrap(&self, _: &DataKey, _: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        Err(Error::Misuse("it wraps nothing"))
    }

    fn unwrap(&self, _: &EncryptedDataKey, _: &EncryptionContext) -> Unwrapped {
        panic!("nothing is opened")
    }
}

#[test]
fn a_default_key_is_durable_before_it_wraps_and_stays_where_sealing_fails() {
    let place = Place::new();
    let keys = KeyOptions { recovery_keys: vec![RecoveryKey::Keyring(Box::new(Refusing))], ..KeyOptions::default() };
    let error = place.create_with(&keys, &request("db", &["eu-west-1"])).expect_err("nothing wraps");
    assert!(matches!(error, Error::Misuse(_)), "{error}");
    assert!(!place.vault.root().exists(), "no vault");
    let kms = place.kms();
    for region in ["us-west-2", "eu-west-1"] {
        assert!(kms.resolve(self::region(region), DEFAULT_KEY_ALIAS).is_ok(), "{region}");
    }
    // The next request uses them.
    let before = fs::read(&place.keystore.keystore).expect("read");
    place.create(&request("db", &["eu-west-1"])).expect("created");
    assert_eq!(fs::read(&place.keystore.keystore).expect("read"), before);
}
