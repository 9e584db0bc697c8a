//! Batches that update what is there, and what is gone from where they come from.

use std::num::NonZeroUsize;

use super::*;
use crate::{
    error::SecretDifference,
    store::memory::{InjectedFault, MemoryStore, Writers},
};

const WEST: &str = "us-west-2";
const EU: &str = "eu-west-1";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn here() -> PackSource {
    PackSource::new("here")
}

fn write(place: &Place, keys: &KeyOptions, rules: BatchRules, requests: Vec<CreateSecret>) -> Vec<BatchEntry> {
    let mut session = place.session();
    let mut batch = place.vault.create_secrets(&mut session, keys).expect("begun").with_rules(rules);
    requests.iter().for_each(|request| batch.check(request).expect("in order"));
    batch.begin(NonZeroUsize::MIN).expect("begun").write(requests).expect("written")
}

fn updated(place: &Place, requests: Vec<CreateSecret>) -> Vec<BatchEntry> {
    write(place, &KeyOptions::default(), BatchRules::updating().from_source(here()), requests)
}

/// What became of the one secret.
fn update(place: &Place, request: CreateSecret) -> BatchStatus {
    updated(place, vec![request]).remove(0).status
}

fn with_value(value: &str, regions: &[&str]) -> CreateSecret {
    CreateSecret { value: Some(text(value)), ..request("db", regions) }
}

fn assert_updated(status: &BatchStatus, expected: &[SecretDifference]) {
    assert!(matches!(status, BatchStatus::Updated(differences) if differences == expected), "{status:?}");
}

fn previous(place: &Place, region: &str) -> String {
    let selector = VersionSelector { version_stage: Some("AWSPREVIOUS".to_owned()), ..VersionSelector::default() };
    let entry = place.vault.get_secret_value(&place.kms(), "db", Some(self::region(region)), &selector).expect("opens");
    String::from_utf8(entry.value.expose().to_vec()).expect("text")
}

fn gone(place: &Place, source: PackSource, there: &[&str]) -> Vec<GoneSecret> {
    let (keys, mut session) = (KeyOptions::default(), place.session());
    let batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    let batch = batch.with_rules(BatchRules::updating().from_source(source));
    batch.gone(region(WEST), |name| there.contains(&name)).expect("listed").entries
}

fn names(gone: &[GoneSecret]) -> Vec<&str> {
    gone.iter().map(|secret| secret.name.as_str()).collect()
}

#[test]
fn another_value_is_a_new_version_in_every_region() {
    let place = Place::new();
    let both = [EU, "us-east-1"];
    let all = |value| vec![with_value(value, &both), request("other", &both), CreateSecret { value: None, ..request("empty", &[]) }];
    assert!(updated(&place, all("one")).iter().all(|entry| matches!(entry.status, BatchStatus::Created)));
    let entries = updated(&place, all("two"));
    assert_updated(&entries[0].status, &[SecretDifference::Value]);
    assert!(entries[1..].iter().all(|entry| matches!(entry.status, BatchStatus::Unchanged)), "{entries:?}");
    let change = entries[0].secret.as_ref().expect("made");
    assert_eq!((change.version_stages.as_slice(), change.bundles.len()), (&["AWSCURRENT".to_owned()][..], 3));
    for region in [WEST, EU, "us-east-1"] {
        assert_eq!((place.value_in(region), previous(&place, region)), ("two".to_owned(), "one".to_owned()));
    }
    place.assert_clean();
    let before = place.snapshot();
    assert!(updated(&place, all("two")).iter().all(|entry| matches!(entry.status, BatchStatus::Unchanged)));
    assert_eq!(place.snapshot(), before, "the rerun writes nothing");
    // A secret without a value gets its first.
    assert_updated(&update(&place, request("empty", &[])), &[SecretDifference::Value]);
    assert_eq!(place.get("empty", None).expect("opens").value.expose(), b"top");
}

#[test]
fn what_is_said_is_changed_and_what_is_not_stays() {
    let place = Place::new();
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    let full = CreateSecret {
        description: Some("first".to_owned()),
        tags: vec![tag("a", "1"), tag("b", "2")],
        encryption_context: BTreeMap::from([("team".to_owned(), "web".to_owned())]),
        data_key_scope: DataKeyScope::PerRegion,
        ..with_value("one", &[EU])
    };
    updated(&place, vec![full]);
    place.replicate(&replication(&["us-east-1"])).expect("replicated");
    let before = place.snapshot();
    // Neither a description, nor tags, context, Regions or a data key scope are said.
    assert!(matches!(update(&place, with_value("one", &[])), BatchStatus::Unchanged));
    assert_eq!(place.snapshot(), before);
    assert_updated(&update(&place, with_value("two", &[EU])), &[SecretDifference::Value]);
    for region in [WEST, EU, "us-east-1"] {
        assert_eq!(place.value_in(region), "two");
    }
    let record = place.record(WEST, "db");
    assert_eq!((record.description.as_deref(), record.tags.len(), record.encryption_context.len()), (Some("first"), 2, 1));
    assert_eq!(record.data_key_scope, DataKeyScope::PerRegion);
    let versions = record.versions.len();

    let said = || CreateSecret {
        description: Some("second".to_owned()),
        tags: vec![tag("b", "3"), tag("c", "4")],
        rotation_rules: Some(
            RotationRules::new(RotationRulesType { automatically_after_days: Some(30), ..RotationRulesType::default() }).expect("rules"),
        ),
        ..with_value("two", &[EU])
    };
    let members = [SecretDifference::Description, SecretDifference::Tags, SecretDifference::RotationRules];
    assert_updated(&update(&place, said()), &members);
    assert!(matches!(update(&place, said()), BatchStatus::Unchanged));
    let record = place.record(WEST, "db");
    assert_eq!(record.tags, [tag("a", "1"), tag("b", "3"), tag("c", "4")]);
    assert_eq!((record.description.as_deref(), record.versions.len()), (Some("second"), versions), "no version of its own");
    assert_updated(&update(&place, CreateSecret { description: Some(String::new()), ..with_value("two", &[]) }), &members[..1]);
    assert_eq!(place.record(WEST, "db").description, None);
    place.assert_clean();
}

#[test]
fn what_no_update_changes_is_refused_and_named() {
    let place = Place::new();
    let key = place.make_key(EU);
    updated(&place, vec![with_value("one", &[EU])]);
    let before = place.snapshot();
    let changes: [(CreateSecret, &str); 6] = [
        (CreateSecret { kms_key_id: Some("alias/x".to_owned()), ..with_value("two", &[EU]) }, "change: KmsKeyId. "),
        (with_value("two", &[EU, "us-east-1"]), "change: AddReplicaRegions. "),
        (CreateSecret { replicas: vec![replica_under(EU, &key)], ..with_value("two", &[]) }, "change: AddReplicaRegions KmsKeyId. "),
        (CreateSecret { data_key_scope: DataKeyScope::PerRegion, ..with_value("one", &[]) }, "change: DataKeyScope. "),
        (
            CreateSecret { encryption_context: BTreeMap::from([("a".to_owned(), "b".to_owned())]), ..with_value("two", &[]) },
            "change: EncryptionContext. ",
        ),
        (CreateSecret { suite: AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384, ..with_value("one", &[]) }, "change: signature. "),
    ];
    for (request, part) in changes {
        // What is in order besides is done.
        let mut entries = updated(&place, vec![request, self::request("other", &[])]);
        let BatchStatus::Failed(error) = entries.remove(0).status else { panic!("{part}") };
        assert_refused::<()>(Err(error), ErrorCode::ResourceExistsException, &[part]);
    }
    place
        .vault
        .delete_secret(Some(&place.kms()), &DeleteSecret { recovery: RecoveryWindow::None, ..DeleteSecret::new("other") })
        .expect("removed");
    assert_eq!(place.snapshot(), before);
    // A new version is signed where that is asked for.
    let signed = || CreateSecret { suite: AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384, ..with_value("two", &[EU]) };
    assert_updated(&update(&place, signed()), &[SecretDifference::Value]);
    assert!(matches!(update(&place, signed()), BatchStatus::Unchanged));
    // Where the secret is a replica, it is not this Region's to change.
    let elsewhere = CreateSecret { region: region(EU), ..with_value("three", &[]) };
    let BatchStatus::Failed(error) = update(&place, elsewhere) else { panic!("updated") };
    assert_refused::<()>(Err(error), ErrorCode::ResourceExistsException, &["already exists"]);
}

#[test]
fn recovery_keys_stay_and_a_region_that_cannot_take_it_fails_the_secret_whole() {
    let place = Place::new();
    let recovery = place.keys(|kms| kms.create_key(region("us-east-1"), "").expect("made").arn);
    let key = place.make_key(EU);
    let keys = KeyOptions { recovery_keys: vec![RecoveryKey::Kms(recovery)], ..KeyOptions::default() };
    let replicas = || vec![replica_under(EU, &key)];
    let with = |value: &str| CreateSecret { replicas: replicas(), ..with_value(value, &[]) };
    let rules = || BatchRules::updating().from_source(here());
    write(&place, &keys, rules(), vec![with("one")]);
    // Nobody says the recovery key again, and it goes on opening each new version.
    assert_updated(&write(&place, &KeyOptions::default(), rules(), vec![with("two")]).remove(0).status, &[SecretDifference::Value]);
    let record = place.record(WEST, "db");
    let edks = record.versions.iter().flat_map(|version| &version.bundles).map(|bundle| bundle.encrypted_data_keys.len());
    assert_eq!(edks.collect::<Vec<_>>(), [2; 4]);
    for rules in [rules(), BatchRules::updating()] {
        assert!(matches!(write(&place, &keys, rules, vec![with("two")]).remove(0).status, BatchStatus::Unchanged));
    }
    place.keys(|kms| kms.disable_key(region(EU), &key).expect("disabled"));
    let before = place.snapshot();
    let BatchStatus::Failed(error) = update(&place, with("three")) else { panic!("updated") };
    assert_refused::<()>(Err(error), ErrorCode::DisabledException, &[EU]);
    // A preview finds that too.
    let kms = KeystoreSession::preview(&place.keystore, &Never, None).expect("begun");
    let (options, mut three) = (KeyOptions::default(), vec![with("three")]);
    let mut preview = place.vault.preview_secrets(kms, &options).expect("begun").with_rules(BatchRules::updating());
    preview.check(&three[0]).expect("in order");
    assert!(matches!(preview.preview(three.remove(0)).status, BatchStatus::Failed(_)));
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_token_makes_its_version_once() {
    let place = Place::new();
    let with = |value: &str| CreateSecret { client_request_token: Some(TOKEN.to_owned()), ..with_value(value, &[EU]) };
    updated(&place, vec![with_value("one", &[EU])]);
    assert_updated(&update(&place, with("two")), &[SecretDifference::Value]);
    assert!(place.record(WEST, "db").version(TOKEN).is_some());
    assert!(matches!(update(&place, with("two")), BatchStatus::Unchanged));
    let BatchStatus::Failed(error) = update(&place, with("three")) else { panic!("updated") };
    assert_refused::<()>(Err(error), ErrorCode::ResourceExistsException, &["You can't use ClientRequestToken"]);
}

#[test]
fn gone_is_what_this_source_made_and_nothing_else() {
    let place = Place::new();
    place.create(&request("by-hand", &[])).expect("created");
    updated(&place, ["a", "b", "c"].map(|name| request(name, &[EU])).into());
    write(&place, &KeyOptions::default(), BatchRules::updating().from_source(PackSource::new("elsewhere")), vec![request("d", &[])]);
    write(&place, &KeyOptions::default(), BatchRules::default(), vec![request("e", &[])]);
    assert_eq!(names(&gone(&place, here(), &["a", "d"])), ["b", "c"]);
    assert_eq!(names(&gone(&place, here(), &["a", "b", "c"])), [""; 0]);
    assert_eq!(names(&gone(&place, PackSource::new("elsewhere"), &[])), ["d"]);
    // An update from here does not make it one of these, unless a batch made it.
    updated(&place, vec![CreateSecret { value: Some(text("new")), ..request("by-hand", &[]) }]);
    updated(&place, vec![CreateSecret { value: Some(text("new")), ..request("d", &[]) }]);
    assert_eq!(names(&gone(&place, here(), &["a"])), ["b", "c", "d"]);
    // In another Region, or with another keystore, nobody knows.
    let (keys, mut session) = (KeyOptions::default(), place.session());
    let batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    let batch = batch.with_rules(BatchRules::updating().from_source(here()));
    assert!(batch.gone(region(EU), |_| false).expect("listed").entries.is_empty());
    drop(batch);
    drop(session);
    let elsewhere = place.elsewhere();
    elsewhere.make_key(WEST);
    assert_eq!(names(&gone(&elsewhere, here(), &[])), [""; 0]);
    // A replica that became a secret of its own is nobody's.
    place
        .vault
        .stop_replication_to_replica(Some(&place.kms()), &KeyOptions::default(), &StopReplication::new("c", region(EU)))
        .expect("promoted");
    assert!(place.record(EU, "c").packed_from.is_none());
    place.assert_clean();
}

#[test]
fn what_is_gone_is_deleted_with_its_replicas_in_one_commit() {
    let place = Place::new();
    updated(&place, ["a", "b", "c"].map(|name| request(name, &[EU])).into());
    let found = gone(&place, here(), &["a"]);
    // Somebody changes one meanwhile.
    let tag = Tag { key: "k".to_owned(), value: String::new() };
    place.vault.tag_resource(Some(&place.kms()), "c", None, &[tag]).expect("tagged");
    let entries = place.vault.prune(&place.kms(), found).expect("pruned");
    let of = |name: &str| &entries.iter().find(|entry| entry.secret.name == name).expect("told").status;
    assert!(matches!(of("b"), PruneStatus::Pruned { .. }) && matches!(of("c"), PruneStatus::Changed), "{entries:?}");
    assert_refused(place.get("b", None), ErrorCode::InvalidRequestException, &["marked for deletion"]);
    let record = place.record(WEST, "b");
    assert!(record.replication_status.is_empty() && record.versions.iter().all(|version| version.bundles.len() == 1));
    assert!(record.planned_deletion.is_some_and(|planned| planned.deletion_date == planned.deleted_date.plus_days(30)));
    for name in ["a", "c"] {
        assert_eq!(place.get(name, Some(EU)).expect("opens").value.expose(), b"top");
    }
    place.assert_clean();
    assert_eq!(names(&gone(&place, here(), &["a"])), ["c"], "what is marked is gone no more");
    // Its entry back in the plan is refused until it is restored.
    let (keys, mut session) = (KeyOptions::default(), place.session());
    let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun").with_rules(BatchRules::updating());
    assert_refused(batch.check(&request("b", &[])), ErrorCode::InvalidRequestException, &["already scheduled for deletion"]);
    drop(batch);
    drop(session);
    place.vault.restore_secret(Some(&place.kms()), "b", None).expect("restored");
    assert!(matches!(update(&place, request("b", &[])), BatchStatus::Unchanged));
}

/// A store that cannot be asked is not one without a vault.
#[test]
fn a_store_that_fails_hides_nothing_that_is_gone() {
    let (place, store) = (Place::new(), Arc::new(MemoryStore::new(Writers::Locked)));
    let vault = Vault::over(Arc::clone(&store) as Arc<dyn Store>);
    let (keys, mut session) = (KeyOptions::default(), place.session());
    let rules = || BatchRules::updating().from_source(here());
    let batch = vault.create_secrets(&mut session, &keys).expect("begun").with_rules(rules());
    batch.begin(NonZeroUsize::MIN).expect("begun").write(vec![request("db", &[])]).expect("written");
    let mut failed = 0;
    for call in 1..20 {
        store.fail_at(call, InjectedFault::Refused);
        let batch = vault.create_secrets(&mut session, &keys).map(|batch| batch.with_rules(rules()));
        match batch.and_then(|batch| batch.gone(region(WEST), |_| false)).and_then(Listed::whole) {
            Ok(gone) => assert_eq!(names(&gone), ["db"], "{call}"),
            Err(_) => failed += 1,
        }
        store.calm();
    }
    assert!(failed > 3, "{failed} of the calls were needed");
}
