//! New versions of a secret.

use super::*;
use crate::keyring::RawAesKeyring;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const WEST: &str = "us-west-2";
const EU: &str = "eu-west-1";
const SIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384;

impl Place {
    fn value_of(&self, region: &str, stage: &str) -> Result<String> {
        let selector = VersionSelector { version_stage: Some(stage.to_owned()), ..VersionSelector::default() };
        let entry = self.vault.get_secret_value(&self.kms(), "db", Some(self::region(region)), &selector)?;
        Ok(String::from_utf8(entry.value.expose().to_vec()).expect("text"))
    }

    fn bundle_count(&self) -> usize {
        let files = self.snapshot().into_keys().filter(|path| path.extension().is_some_and(|extension| extension == "bundle"));
        files.count()
    }

    fn suites(&self) -> Vec<AlgorithmSuite> {
        let (secret, _) = self.vault.find("db", None).expect("there");
        secret.record.versions.iter().map(|version| self.vault.suite_of_version(&secret, version).expect("readable")).collect()
    }
}

fn disable(place: &Place, region: &str, key: &str) {
    place.keys(|kms| kms.disable_key(self::region(region), key).expect("disabled"));
}

fn enable(place: &Place, region: &str, key: &str) {
    place.keys(|kms| kms.enable_key(self::region(region), key).expect("enabled"));
}

/// `db` with a replica in eu-west-1 under a key of its own.
fn under_own_key(create: impl FnOnce(CreateSecret) -> CreateSecret) -> (Place, String) {
    let place = Place::new();
    let key = place.make_key(EU);
    place.create(&create(CreateSecret { replicas: vec![replica_under(EU, &key)], ..request("db", &[]) })).expect("created");
    (place, key)
}

fn stages(place: &Place) -> Vec<Vec<String>> {
    place.record(WEST, "db").versions.into_iter().map(|version| version.version_stages).collect()
}

fn partial(value: &str) -> PutSecretValue {
    PutSecretValue { on_problem: OnProblem::RecordFailed, ..new_value(value) }
}

#[test]
fn every_region_reads_the_new_value_and_the_one_before() {
    let place = Place::with_secret(&["us-east-1", EU]);
    let change = place.put(&new_value("next")).expect("put");
    assert_eq!((change.version_stages, change.bundles.len()), (vec!["AWSCURRENT".to_owned()], 3));
    for region in [WEST, "us-east-1", EU] {
        assert_eq!(place.value_in(region), "next");
        assert_eq!(place.value_of(region, "AWSPREVIOUS").expect("there"), "top");
    }
    place.put(&new_value("last")).expect("put");
    assert_eq!(stages(&place), [&[][..], &["AWSPREVIOUS".to_owned()], &["AWSCURRENT".to_owned()]]);
    assert_eq!(place.record(WEST, "db").hand(place.kms().comparison_key()), RecordHand::Own);
    place.assert_clean();
}

#[test]
fn a_pending_version_leaves_the_one_in_use() {
    let place = Place::with_secret(&[EU]);
    let pending = PutSecretValue { version_stages: vec!["AWSPENDING".to_owned()], ..new_value("next") };
    place.put(&pending).expect("put");
    assert_eq!((place.value_in(EU), place.value_of(EU, "AWSPENDING").expect("there")), ("top".to_owned(), "next".to_owned()));
    assert_refused(
        place.value_of(EU, "AWSPREVIOUS"),
        ErrorCode::ResourceNotFoundException,
        &["Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS"],
    );
    place.assert_clean();
}

#[test]
fn a_secret_without_a_value_gets_its_first_version() {
    let place = Place::new();
    place.create(&CreateSecret { value: None, ..request("db", &[EU]) }).expect("created");
    let pending = PutSecretValue { version_stages: vec!["AWSPENDING".to_owned()], ..new_value("first") };
    let change = place.put(&pending).expect("put");
    assert_eq!(change.version_stages, ["AWSPENDING", "AWSCURRENT"]);
    assert_eq!((place.value_in(WEST), place.value_in(EU)), ("first".to_owned(), "first".to_owned()));
    place.assert_clean();
}

#[test]
fn a_token_is_good_for_one_value() {
    let place = Place::with_secret(&[EU]);
    let with_token = |value: &str| PutSecretValue { client_request_token: Some(TOKEN.to_owned()), ..new_value(value) };
    let first = place.put(&with_token("next")).expect("put");
    assert_eq!(first.version_id.as_deref(), Some(TOKEN));
    place.put(&new_value("later")).expect("put");
    let before = place.snapshot();
    // A repeated token moves no labels.
    let labels = PutSecretValue { version_stages: vec!["blue".to_owned()], ..with_token("next") };
    let again = place.put(&labels).expect("done already");
    assert_eq!((again.version_id.as_deref(), again.version_stages), (Some(TOKEN), vec!["AWSPREVIOUS".to_owned()]));
    let arn = first.arn.to_string();
    let in_use = format!("You can't use ClientRequestToken {TOKEN} because that value is already in use for a version of secret {arn}.");
    assert_refused(place.put(&with_token("other")), ErrorCode::ResourceExistsException, &[&in_use]);
    let short = PutSecretValue { client_request_token: Some("short".to_owned()), ..new_value("x") };
    assert_refused(place.put(&short), ErrorCode::InvalidParameterException, &["32 to 64 characters"]);
    let long = PutSecretValue { version_stages: vec!["l".repeat(257)], ..new_value("x") };
    assert_refused(place.put(&long), ErrorCode::ValidationException, &["less than or equal to 256"]);
    let many = PutSecretValue { version_stages: vec!["l".to_owned(); 21], ..new_value("x") };
    assert_refused(place.put(&many), ErrorCode::ValidationException, &["less than or equal to 20"]);
    let replica = PutSecretValue { region: Some(region(EU)), ..new_value("x") };
    assert_refused(
        place.put(&replica),
        ErrorCode::InvalidParameterException,
        &["Operation not permitted on a replica secret. Call must be made in primary secret's region."],
    );
    assert_refused(
        place.put(&PutSecretValue::new("none", text("x"))),
        ErrorCode::ResourceNotFoundException,
        &["Secrets Manager can't find the specified secret."],
    );
    assert_eq!(place.snapshot(), before);
}

#[test]
fn each_region_stays_under_its_key_and_the_pairs_and_the_scope_stay() {
    let (place, key) = under_own_key(|request| CreateSecret {
        data_key_scope: DataKeyScope::PerRegion,
        encryption_context: [("team".to_owned(), "a".to_owned())].into(),
        ..request
    });
    place.put(&new_value("next")).expect("put");
    let record = place.record(WEST, "db");
    assert!(record.versions.iter().all(|version| version.bundle(region(EU)).expect("there").kms_key_id.ends_with(&key)));
    assert_eq!(place.value_in(EU), "next");
    place.assert_clean();
}

#[test]
fn what_was_signed_is_signed_again_unless_it_is_said() {
    let place = Place::new();
    place.create(&CreateSecret { suite: SIGNED, ..request("db", &[EU]) }).expect("created");
    place.put(&new_value("a")).expect("put");
    place.put(&PutSecretValue { suite: Some(AlgorithmSuite::default()), ..new_value("b") }).expect("put");
    place.put(&new_value("c")).expect("put");
    assert_eq!(place.suites(), [SIGNED, SIGNED, AlgorithmSuite::default(), AlgorithmSuite::default()]);
    place.assert_clean();
}

#[test]
fn recovery_keys_stay_where_they_are_at_hand_and_are_not_lost_unasked() {
    let place = Place::new();
    let kms_key = place.keys(|kms| kms.create_key(region("us-east-1"), "").expect("made").arn);
    let raw = || RecoveryKey::Keyring(Box::new(RawAesKeyring::new("home", "backup", &SecretBytes::new(vec![7; 32])).expect("a key")));
    let keys = || KeyOptions { recovery_keys: vec![raw(), RecoveryKey::Kms(kms_key.clone())], ..KeyOptions::default() };
    place.create_with(&keys(), &request("db", &[EU])).expect("created");
    let before = place.snapshot();
    assert_refused(place.put(&new_value("next")), ErrorCode::InvalidParameterException, &["us-west-2", EU, "home backup"]);
    assert_eq!(place.snapshot(), before);
    // No value is needed to know that.
    let check = |asked: &NewVersionCheck<'_>, keys: &KeyOptions| place.vault.check_new_version(&mut place.kms(), keys, asked);
    let (asked, with_raw) = (NewVersionCheck::new("db"), KeyOptions { recovery_keys: vec![raw()], ..KeyOptions::default() });
    let refused = check(&asked, &KeyOptions::default());
    assert_refused(refused, ErrorCode::InvalidParameterException, &["us-west-2", EU, "home backup"]);
    check(&asked, &with_raw).expect("the one of KMS is at hand");
    let on_replica = NewVersionCheck { region: Some(region(EU)), ..NewVersionCheck::new("db") };
    assert_refused(check(&on_replica, &with_raw), ErrorCode::InvalidParameterException, &["Operation not permitted on a replica secret"]);
    let under_none = NewVersionCheck { kms_key_id: Some("alias/none"), ..NewVersionCheck::new("db") };
    assert_refused(check(&under_none, &with_raw), ErrorCode::NotFoundException, &["alias/none"]);
    // It may be a repeat, which would seal nothing.
    let token = place.record(WEST, "db").versions[0].version_id.clone();
    check(&NewVersionCheck { client_request_token: Some(&token), ..NewVersionCheck::new("db") }, &KeyOptions::default())
        .expect("not refused");
    assert_eq!(place.snapshot(), before);
    // The one of KMS need not be named.
    place
        .put(&PutSecretValue { keys: KeyOptions { recovery_keys: vec![raw()], ..KeyOptions::default() }, ..new_value("next") })
        .expect("put");
    let record = place.record(WEST, "db");
    for bundle in &record.versions[1].bundles {
        let before = record.versions[0].bundle(bundle.region).expect("there").all_encrypted_data_keys();
        assert!(before.iter().all(|edk| bundle.encrypted_data_keys.contains(edk)), "{}", bundle.region);
        assert_eq!(bundle.encrypted_data_keys.len(), 3);
    }
    place.assert_clean();
}

#[test]
fn a_region_that_cannot_take_it_fails_the_command_whole() {
    let (place, key) = under_own_key(|request| request);
    disable(&place, EU, &key);
    let before = place.snapshot();
    assert_refused(place.put(&new_value("next")), ErrorCode::DisabledException, &[EU]);
    // The primary Region is needed.
    let own = place.make_key(WEST);
    place.rewrap(Some(WEST), Some(&own)).expect_err("the other Region cannot follow");
    assert_eq!(place.bundle_count(), before.keys().filter(|path| path.extension().is_some_and(|found| found == "bundle")).count());
    assert_eq!(place.value_in(WEST), "top");
}

#[test]
fn a_version_without_a_label_is_not_told_of_where_aws_does_not() {
    let place = Place::with_secret(&[EU]);
    for value in ["next", "last"] {
        place.put(&new_value(value)).expect("put");
    }
    let mut labels = vec![vec!["AWSCURRENT".to_owned()], vec!["AWSPREVIOUS".to_owned()]];
    labels.sort();
    for region in [WEST, EU].map(region) {
        let described = place.vault.describe_secret(None, "db", Some(region)).expect("described");
        let mut told: Vec<_> = described.version_ids_to_stages.into_values().collect();
        told.sort();
        assert_eq!(told, labels, "{region}");
        let listed = place.vault.list_secrets(Some(region)).expect("listed").entries;
        assert_eq!(listed[0].secret_versions_to_stages.iter().count(), 2, "{region}");
        let versions = place.vault.list_secret_version_ids(None, "db", Some(region), ListedVersions::All).expect("listed");
        assert_eq!(versions.versions.len(), 3, "{region}");
    }
}

#[test]
fn the_primary_region_is_never_recorded_as_failed() {
    let place = Place::new();
    let key = place.make_key(WEST);
    place.create(&CreateSecret { kms_key_id: Some(key.clone()), ..request("db", &[EU]) }).expect("created");
    disable(&place, WEST, &key);
    let before = place.snapshot();
    assert_refused(place.put(&partial("next")), ErrorCode::DisabledException, &[WEST]);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_region_that_failed_goes_on_with_what_it_has_until_it_is_in_sync_again() {
    for scope in [DataKeyScope::Shared, DataKeyScope::PerRegion] {
        let (place, key) = under_own_key(|request| CreateSecret { data_key_scope: scope, ..request });
        disable(&place, EU, &key);
        let change = place.put(&partial("next")).expect("put in part");
        assert_eq!((change.bundles.len(), change.replication_status[0].status), (1, ReplicaStatus::Failed));
        assert!(change.replication_status[0].status_message.contains("disabled"), "{:?}", change.replication_status);
        // Twice more: the Region is not tried again, and its version keeps its bundle without a label in the primary Region.
        enable(&place, EU, &key);
        for value in ["later", "last"] {
            let change = place.put(&new_value(value)).expect("put");
            assert_eq!(change.replication_status[0].status, ReplicaStatus::Failed);
        }
        assert_eq!((place.value_in(WEST), place.value_in(EU)), ("last".to_owned(), "top".to_owned()));
        let first = &place.record(WEST, "db").versions[0];
        let there = place.vault.describe_secret(None, "db", Some(region(EU))).expect("described");
        assert_eq!(there.version_ids_to_stages, [(first.version_id.clone(), vec!["AWSCURRENT".to_owned()])].into());
        let listed = place.vault.list_secrets(Some(region(EU))).expect("listed").entries;
        assert_eq!(listed[0].secret_versions_to_stages.iter().count(), 1);
        for missing in ["AWSPREVIOUS", "AWSPENDING"] {
            assert_refused(place.value_of(EU, missing), ErrorCode::ResourceNotFoundException, &["staging label"]);
        }
        place.assert_clean();
        // A retry that fails keeps what it has.
        disable(&place, EU, &key);
        let retry = ReplicateSecret { on_problem: OnProblem::RecordFailed, ..replication(&[EU]) };
        let change = place.replicate(&retry).expect("recorded");
        assert_eq!(change.replication_status[0].status, ReplicaStatus::Failed);
        enable(&place, EU, &key);
        assert_eq!(place.value_in(EU), "top");
        place.assert_clean();
        // And one that does not brings every version.
        let change = place.replicate(&replication(&[EU])).expect("in sync");
        assert_eq!(change.replication_status[0].status, ReplicaStatus::InSync);
        assert_eq!((place.value_in(EU), place.value_of(EU, "AWSPREVIOUS").expect("there")), ("last".to_owned(), "later".to_owned()));
        assert!(place.record(WEST, "db").versions.iter().all(|version| version.bundles.len() == 2));
        assert!(place.record(WEST, "db").replication_status[0].version_ids_to_stages.is_empty());
        place.assert_clean();
    }
}

#[test]
fn a_region_that_failed_at_first_has_nothing_until_it_is_retried() {
    let place = Place::new();
    let key = place.make_key(EU);
    disable(&place, EU, &key);
    let create = CreateSecret { replicas: vec![replica_under(EU, &key)], on_problem: OnProblem::RecordFailed, ..request("db", &[]) };
    place.create(&create).expect("created in part");
    place.put(&new_value("next")).expect("put");
    assert_refused(place.get("db", Some(EU)), ErrorCode::ResourceNotFoundException, &["can't find the specified secret"]);
    enable(&place, EU, &key);
    place.replicate(&replication(&[EU])).expect("in sync");
    assert_eq!(place.value_in(EU), "next");
    place.assert_clean();
}

#[test]
fn another_name_takes_the_place_of_a_region_that_failed_only_when_it_is_told_to() {
    let (place, key) = under_own_key(|request| request);
    disable(&place, EU, &key);
    place.put(&partial("next")).expect("put in part");
    enable(&place, EU, &key);
    let other = CreateSecret { region: region(EU), ..request("db", &[]) };
    assert_refused(place.create(&other), ErrorCode::ResourceExistsException, &["already exists"]);
    let overwriting = CreateSecret { region: region("us-east-1"), name_clash: NameClash::Overwrite, ..request("db", &[EU]) };
    place.create(&overwriting).expect("took its place");
    assert!(place.record(WEST, "db").replication_status.is_empty());
    assert_eq!(place.value_in(EU), "top");
    place.assert_clean();
}

#[test]
fn versions_that_are_kept_no_longer_go_with_their_bundles() {
    let place = Place::with_secret(&[EU]);
    let mut record = place.record(WEST, "db");
    let versions = std::mem::take(&mut record.versions);
    place.write_record(&SecretRecord { versions, ..record });
    for number in 0..101 {
        place.put(&new_value(&number.to_string())).expect("put");
    }
    assert_eq!((place.record(WEST, "db").versions.len(), place.bundle_count()), (102, 204), "none is a day old");
    let mut record = place.record(WEST, "db");
    let old = "2020-01-01T00:00:00+00:00".parse().expect("a time");
    record.versions.iter_mut().for_each(|version| version.created_date = old);
    place.write_record(&record);
    place.put(&new_value("last")).expect("put");
    let after = place.record(WEST, "db");
    assert_eq!((after.versions.len(), place.bundle_count()), (100, 200));
    assert!(record.versions.iter().take(3).all(|pruned| after.version(&pruned.version_id).is_none()));
    assert_eq!((place.value_in(EU), place.value_of(EU, "AWSPREVIOUS").expect("there")), ("last".to_owned(), "100".to_owned()));
    place.assert_clean();
}

/// A name is found by itself: what else is in the vault is not looked at, however much it is.
#[test]
fn other_secrets_are_not_read() {
    let place = Place::with_secret(&[EU]);
    place.create(&request("other", &[EU])).expect("created");
    fs::write(place.dir(WEST, "other").join("secret.json"), "not a record").expect("writes");
    place.put(&new_value("next")).expect("put");
    place.vault.list_secret_version_ids(None, "db", None, ListedVersions::All).expect("listed");
    assert_eq!(place.value_in(EU), "next");
}

#[test]
fn with_another_keystore_nothing_is_sealed_under_keys_of_the_record() {
    let place = Place::with_secret(&[EU]);
    let elsewhere = place.elsewhere();
    elsewhere.keys(|kms| kms.create_key(region(WEST), "").expect("made"));
    let before = place.snapshot();
    assert_refused(elsewhere.put(&new_value("next")), ErrorCode::DecryptionFailure, &["does not exist"]);
    assert_eq!(place.snapshot(), before);
    // A record that somebody changed: the bundles tell.
    let theirs = place.make_key(EU);
    let mut record = place.record(WEST, "db");
    record.replication_status[0].kms_key_id.clone_from(&theirs);
    place.forge_record(&record);
    place.put(&new_value("next")).expect("put");
    assert!(!place.record(WEST, "db").versions[1].bundle(region(EU)).expect("there").kms_key_id.ends_with(&theirs));
    assert_eq!(place.record(WEST, "db").hand(place.kms().comparison_key()), RecordHand::Changed);
    // Without a version nothing does.
    record.versions.clear();
    record.record_tag = None;
    place.forge_record(&record);
    assert_refused(place.put(&new_value("x")), ErrorCode::InvalidParameterException, &[WEST, EU]);
}
