//! Many secrets in one run.

use std::{
    io,
    num::NonZeroUsize,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::*;
use crate::{
    durable::{Barrier, Group},
    store::local::LocalStore,
};

const TWO: NonZeroUsize = NonZeroUsize::new(2).expect("2 is not 0");

/// Checks all, then makes them in one group.
fn pack(place: &Place, requests: impl Fn() -> Vec<CreateSecret>) -> Vec<BatchEntry> {
    let keys = KeyOptions::default();
    let mut session = place.session();
    let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    for request in requests() {
        batch.check(&request).expect("in order");
    }
    batch.begin(TWO).expect("begun").write(requests()).expect("written")
}

fn three() -> Vec<CreateSecret> {
    ["a", "b", "c"].map(|name| request(name, &["eu-west-1", "us-east-1"])).into()
}

fn statuses(entries: &[BatchEntry]) -> Vec<&'static str> {
    let status = |entry: &BatchEntry| match entry.status {
        BatchStatus::Created => "Created",
        BatchStatus::Unchanged => "Unchanged",
        BatchStatus::WouldCreate => "WouldCreate",
        BatchStatus::Updated(_) => "Updated",
        BatchStatus::WouldUpdate(_) => "WouldUpdate",
        BatchStatus::Failed(_) => "Failed",
    };
    entries.iter().map(status).collect()
}

fn failure(entry: BatchEntry) -> Error {
    match entry.status {
        BatchStatus::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

fn previewed(place: &Place, requests: Vec<CreateSecret>) -> Vec<BatchEntry> {
    let (keys, kms) = (KeyOptions::default(), KeystoreSession::preview(&place.keystore, &Never, None).expect("begun"));
    let mut preview = place.vault.preview_secrets(kms, &keys).expect("begun");
    requests.iter().for_each(|request| preview.check(request).expect("in order"));
    requests.into_iter().map(|request| preview.preview(request)).collect()
}

#[test]
fn a_preview_tells_what_would_be_and_makes_nothing() {
    let place = Place::new();
    assert_eq!(statuses(&previewed(&place, three())), ["WouldCreate"; 3]);
    assert_eq!(fs::read_dir(place.folder.path()).expect("readable").count(), 0);
    pack(&place, three);
    let before = place.snapshot();
    let mut requests = three();
    requests[1].description = Some("another".to_owned());
    requests.push(request("d", &["ap-south-1"]));
    let entries = previewed(&place, requests);
    assert_eq!(statuses(&entries), ["Unchanged", "Failed", "Unchanged", "WouldCreate"]);
    assert!(entries[0].secret.is_some() && entries[3].secret.is_none());
    assert_eq!(place.snapshot(), before);
    // As with a batch.
    let keys = KeyOptions::default();
    let mut preview = place.vault.preview_secrets(place.kms(), &keys).expect("begun");
    preview.check(&three()[0]).expect("in order");
    assert_refused(preview.check(&three()[0]), ErrorCode::InvalidParameterException, &["that of entry 1 too"]);
}

#[test]
fn many_are_made_and_a_rerun_writes_nothing() {
    let place = Place::new();
    let entries = pack(&place, three);
    assert_eq!(statuses(&entries), ["Created"; 3]);
    assert!(entries.iter().zip(["a", "b", "c"]).all(|(entry, name)| entry.name == name));
    let change = entries[0].secret.as_ref().expect("made");
    assert!(change.bundles.len() == 3 && change.version_id.is_some());
    for name in ["a", "b", "c"] {
        for region in ["us-west-2", "eu-west-1", "us-east-1"] {
            assert_eq!(place.get(name, Some(region)).expect("opens").value.expose(), b"top");
        }
    }
    place.assert_clean();
    let before = place.snapshot();
    assert_eq!(statuses(&pack(&place, three)), ["Unchanged"; 3]);
    assert_eq!(place.snapshot(), before);
    // With more of them only these are written.
    let four = || three().into_iter().chain([request("d", &[])]).collect();
    assert_eq!(statuses(&pack(&place, four)), ["Unchanged", "Unchanged", "Unchanged", "Created"]);
    place.assert_clean();
}

#[test]
fn what_differs_is_refused_by_name_and_the_others_go_on() {
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    pack(&place, three);
    let before = place.snapshot();
    let replicas = || replicas(&["eu-west-1", "us-east-1"]);
    type Change<'c> = &'c dyn Fn(CreateSecret) -> CreateSecret;
    let changes: [(Change<'_>, &[&str]); 7] = [
        (&|request| CreateSecret { value: Some(text("other")), ..request }, &["differs in: value. "]),
        (&|request| CreateSecret { value: None, ..request }, &["differs in: value. "]),
        (&|request| CreateSecret { description: Some("d".to_owned()), ..request }, &["differs in: Description. "]),
        (&|request| CreateSecret { data_key_scope: DataKeyScope::PerRegion, ..request }, &["differs in: DataKeyScope. "]),
        (&|request| CreateSecret { kms_key_id: Some("alias/x".to_owned()), ..request }, &["in: KmsKeyId. "]),
        (
            &|request| CreateSecret { replicas: [replicas(), super::replicas(&["sa-east-1"])].concat(), ..request },
            &["in: AddReplicaRegions. "],
        ),
        (
            &|request| CreateSecret { replicas: vec![replica_under("eu-west-1", &key), replicas()[1].clone()], ..request },
            &["in: AddReplicaRegions KmsKeyId. "],
        ),
    ];
    for (change, parts) in changes {
        let mut entries =
            pack(&place, || three().into_iter().enumerate().map(|(i, request)| if i == 1 { change(request) } else { request }).collect());
        assert_eq!(statuses(&entries), ["Unchanged", "Failed", "Unchanged"]);
        assert_refused::<()>(Err(failure(entries.remove(1))), ErrorCode::ResourceExistsException, parts);
    }
    assert_eq!(place.snapshot(), before);
}

#[test]
fn the_order_of_tags_and_replicas_makes_no_difference() {
    let place = Place::new();
    let tag = |key: &str| Tag { key: key.to_owned(), value: String::new() };
    let with = |tags: Vec<Tag>, regions: &[&str]| CreateSecret { tags, ..request("a", regions) };
    pack(&place, || vec![with(vec![tag("x"), tag("y")], &["eu-west-1", "us-east-1"])]);
    assert_eq!(statuses(&pack(&place, || vec![with(vec![tag("y"), tag("x")], &["us-east-1", "eu-west-1"])])), ["Unchanged"]);
}

#[test]
fn a_token_is_what_it_is_for_create_secret() {
    let place = Place::new();
    let with = |value: &str| CreateSecret { value: Some(text(value)), client_request_token: Some("t".repeat(32)), ..request("a", &[]) };
    let made = pack(&place, || vec![with("x")]);
    assert_eq!(made[0].secret.as_ref().and_then(|secret| secret.version_id.clone()), Some("t".repeat(32)));
    assert_eq!(statuses(&pack(&place, || vec![with("x")])), ["Unchanged"]);
    let error = failure(pack(&place, || vec![with("y")]).remove(0));
    assert_refused::<()>(Err(error), ErrorCode::ResourceExistsException, &["You can't use ClientRequestToken"]);
}

#[test]
fn everything_is_checked_before_a_byte_is_written() {
    let place = Place::new();
    let keys = KeyOptions::default();
    {
        let mut session = place.session();
        let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
        batch.check(&request("a", &[])).expect("in order");
        assert_refused(
            batch.check(&request("b", &["us-east-9"])),
            ErrorCode::InvalidParameterException,
            &["there is no Region 'us-east-9'"],
        );
        assert_refused(batch.check(&request("a", &[])), ErrorCode::InvalidParameterException, &["the name a is that of entry 1 too"]);
        let bad_key = CreateSecret { kms_key_id: Some("alias/none".to_owned()), ..request("c", &[]) };
        assert_refused(batch.check(&bad_key), ErrorCode::NotFoundException, &["alias/none"]);
        assert_refused(batch.check(&request("", &[])), ErrorCode::InvalidParameterException, &["1 to 512 characters"]);
    }
    assert!(!place.vault.root().exists() && !place.keystore.keystore.exists());
}

#[test]
fn a_batch_that_comes_to_nothing_leaves_no_folder() {
    let place = Place::new();
    let keys = KeyOptions::default();
    let mut session = place.session();
    let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    batch.check(&request("a", &[])).expect("in order");
    let mut writer = batch.begin(TWO).expect("begun");
    // As an entry whose Region went away since it was checked.
    let entries = writer.write(vec![request("a", &["us-east-9"])]).expect("no barrier failed");
    assert_eq!(statuses(&entries), ["Failed"]);
    assert_eq!(fs::read_dir(place.vault.root().join("secrets")).expect("there").count(), 0);
}

#[test]
fn of_two_of_a_name_the_first_is_made() {
    let place = Place::new();
    let keys = KeyOptions::default();
    let mut session = place.session();
    let batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    let mut writer = batch.begin(TWO).expect("begun");
    let mut entries = writer.write(vec![request("a", &[]), request("a", &[])]).expect("written");
    assert_eq!(statuses(&entries), ["Created", "Failed"]);
    assert_refused::<()>(Err(failure(entries.remove(1))), ErrorCode::InvalidParameterException, &["that of another entry too"]);
    drop(writer);
    drop(session);
    place.assert_clean();
}

#[test]
fn recovery_keys_are_part_of_what_is_compared() {
    let place = Place::new();
    let recovery = place.keys(|kms| kms.create_key(Region::new("us-east-1").expect("known"), "").expect("made").arn);
    pack(&place, || vec![request("a", &[])]);
    let keys = KeyOptions { recovery_keys: vec![RecoveryKey::Kms(recovery)], ..KeyOptions::default() };
    let mut session = place.session();
    let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    for name in ["a", "b"] {
        batch.check(&request(name, &[])).expect("in order");
    }
    let mut writer = batch.begin(TWO).expect("begun");
    assert_eq!(statuses(&writer.write(vec![request("a", &[]), request("b", &[])]).expect("written")), ["Failed", "Created"]);
    assert_eq!(statuses(&writer.write(vec![request("b", &[])]).expect("written")), ["Unchanged"]);
}

/// The call of a barrier that fails, of those since it was set.
static FAILS_AT: AtomicUsize = AtomicUsize::new(0);
static CALLS: AtomicUsize = AtomicUsize::new(0);

struct Failing;

impl Barrier for Failing {
    fn can_sync_whole(&self, _: &fs::File) -> bool {
        true
    }

    fn sync_whole(&self, _: &fs::File) -> io::Result<()> {
        let call = CALLS.fetch_add(1, Ordering::SeqCst) + 1;
        if call == FAILS_AT.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync_names(&self, _: &Path) -> Result<()> {
        panic!("the file system is synced whole")
    }
}

impl Place {
    fn with_failing_groups(&mut self) {
        let store = LocalStore::with_groups(self.vault.root().to_owned(), || Group::with(Box::new(Failing)));
        self.vault = Vault::over(Arc::new(store));
    }
}

fn fail_at(call: usize) {
    CALLS.store(0, Ordering::SeqCst);
    FAILS_AT.store(call, Ordering::SeqCst);
}

#[test]
fn a_failed_barrier_leaves_each_secret_as_before_or_as_after() {
    for (fails_at, part) in [(1, "nothing of this secret was written"), (2, "the change may have happened")] {
        let mut place = Place::new();
        place.with_failing_groups();
        fail_at(usize::MAX);
        pack(&place, || vec![request("old", &["eu-west-1"]), request("same", &[])]);
        let keys = KeyOptions::default();
        let mut session = place.session();
        let mut batch = place.vault.create_secrets(&mut session, &keys).expect("begun").with_rules(BatchRules::updating());
        let other = || CreateSecret { value: Some(text("other")), ..request("old", &["eu-west-1"]) };
        let requests = || three().into_iter().chain([other(), request("same", &[])]).collect::<Vec<_>>();
        requests().iter().for_each(|request| batch.check(request).expect("in order"));
        let mut writer = batch.begin(TWO).expect("begun");
        fail_at(fails_at);
        let (entries, error) = writer.write(requests()).expect_err("the barrier fails");
        assert!(matches!(error, Error::Io { .. }));
        assert_eq!(statuses(&entries), ["Failed", "Failed", "Failed", "Failed", "Unchanged"]);
        assert!(entries.into_iter().take(4).all(|entry| failure(entry).to_string().contains(part)));
        drop(writer);
        drop(session);
        // Each is there whole, or not at all, and nothing lies about.
        for name in ["a", "b", "c"] {
            match fails_at {
                1 => assert_refused(place.get(name, None), ErrorCode::ResourceNotFoundException, &[]),
                _ => assert_eq!(place.get(name, Some("us-east-1")).expect("opens").value.expose(), b"top"),
            }
        }
        let expected = if fails_at == 1 { "top" } else { "other" };
        assert_eq!(place.get("old", Some("eu-west-1")).expect("opens").value.expose(), expected.as_bytes());
        place.assert_clean();
        fail_at(usize::MAX);
        assert!(statuses(&pack(&place, three)).iter().all(|status| *status != "Failed"));
        place.assert_clean();
    }
    // Two barriers for a group, and none where nothing is to be made durable.
    let mut place = Place::new();
    place.with_failing_groups();
    let keys = KeyOptions::default();
    let mut session = place.session();
    let batch = place.vault.create_secrets(&mut session, &keys).expect("begun");
    let mut writer = batch.begin(TWO).expect("begun");
    fail_at(usize::MAX);
    for expected in ["Created", "Unchanged"] {
        assert_eq!(statuses(&writer.write(three()).expect("written")), [expected; 3]);
        assert_eq!(CALLS.load(Ordering::SeqCst), 2);
    }
}
