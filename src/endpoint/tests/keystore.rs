//! A keystore that commands change meanwhile.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tempfile::TempDir;

use super::*;
use crate::{
    endpoint::KmsService,
    error::Result,
    kms::{Committed, KeystoreLocation, KeystoreSession, Passphrases, Protection},
    secret::SecretBytes,
};

/// Counts how often the passphrase was asked for.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicUsize>);

/// Another passphrase.
struct Other;

impl Passphrases for Other {
    fn current(&self) -> Result<SecretBytes> {
        Ok(SecretBytes::new(b"correct horse".to_vec()))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        Ok(SecretBytes::new(b"battery staple".to_vec()))
    }
}

impl Counted {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Passphrases for Counted {
    fn current(&self) -> Result<SecretBytes> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(SecretBytes::new(b"correct horse".to_vec()))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        Ok(SecretBytes::new(b"correct horse".to_vec()))
    }
}

fn place() -> (TempDir, KeystoreLocation) {
    let folder = TempDir::new().expect("a folder");
    let location = KeystoreLocation::new(folder.path().join("coldseal/keystore.json"));
    (folder, location)
}

fn open(location: &KeystoreLocation) -> (KmsService, Counted) {
    let passphrases = Counted::default();
    let service = KmsService::new(location.clone(), Box::new(passphrases.clone()), None).expect("opens");
    (service, passphrases)
}

/// A key that another process makes.
fn make_key(location: &KeystoreLocation) -> String {
    let mut session = KeystoreSession::begin(location, &Counted::default(), None).expect("begins");
    let key = session.kms_mut().create_key(west(), "").expect("made").key_id;
    assert_eq!(session.commit().expect("written").committed(), Committed::Updated);
    key
}

fn internal_error(service: &KmsService, operation: &str, request: &Value) {
    let answer = call(service, west(), operation, request.to_string().as_bytes());
    assert_eq!((answer.status, refusal_of(&answer).0.as_str()), (500, "KMSInternalException"), "{operation}");
}

#[test]
fn a_first_use_makes_the_keystore() {
    let (_folder, location) = place();
    let account: crate::arn::AccountId = ACCOUNT.parse().expect("an account");
    let service = KmsService::new(location.clone(), Box::new(Counted::default()), Some(account)).expect("makes it");
    assert_eq!(service.committed(), Committed::Created);
    let arn = text(&create_key(&service, &json!({}))["Arn"]);
    assert!(arn.starts_with(&format!("arn:aws:kms:us-west-2:{ACCOUNT}:key/")), "{arn}");
    let (again, _) = open(&location);
    assert_eq!(again.committed(), Committed::Unchanged);
    assert_eq!(text(&ask(&again, "DescribeKey", &json!({ "KeyId": arn }))["KeyMetadata"]["Arn"]), arn);
    let other = "444455556666".parse().expect("an account");
    let error = KmsService::new(location, Box::new(Counted::default()), Some(other)).expect_err("another account");
    assert!(error.to_string().contains("is of account 111122223333"), "{error}");
}

#[test]
fn each_side_sees_what_the_other_made() {
    let (_folder, location) = place();
    let (service, _) = open(&location);
    let own = key_id(&service);
    let other = make_key(&location);
    for id in [&own, &other] {
        ask(&service, "Encrypt", &json!({ "KeyId": id, "Plaintext": "eA==" }));
    }
    let kms = location.load(&Counted::default()).expect("opens").expect("is there");
    kms.describe_key(west(), &own).expect("durable before the answer");
    // A refused change writes nothing.
    let before = fs::read(&location.keystore).expect("read");
    refuse(&service, "CancelKeyDeletion", &json!({ "KeyId": own }));
    ask(&service, "EnableKey", &json!({ "KeyId": own }));
    assert_eq!(fs::read(&location.keystore).expect("read"), before);
}

#[test]
fn a_passphrase_is_asked_for_once_and_again_when_the_slot_changes() {
    let (_folder, location) = place();
    make(&location);
    location.change_protection(&Counted::default(), Protection::Passphrase).expect("changed");
    let (service, passphrases) = open(&location);
    assert_eq!(passphrases.count(), 1);
    let id = key_id(&service);
    make_key(&location);
    ask(&service, "DescribeKey", &json!({ "KeyId": id }));
    ask(&service, "DisableKey", &json!({ "KeyId": id }));
    assert_eq!(passphrases.count(), 1, "the root key is kept");

    location.change_protection(&Counted::default(), Protection::Passphrase).expect("changed");
    ask(&service, "EnableKey", &json!({ "KeyId": id }));
    assert_eq!(passphrases.count(), 2, "another slot, not asked for again under the lock");
    location.change_protection(&Counted::default(), Protection::KeyFile).expect("changed");
    ask(&service, "DisableKey", &json!({ "KeyId": id }));
    assert_eq!(passphrases.count(), 2);
    // The key file is not needed while the slot is the same.
    fs::remove_file(&location.key_file).expect("removed");
    ask(&service, "EnableKey", &json!({ "KeyId": id }));
    assert_eq!(text(&ask(&service, "DescribeKey", &json!({ "KeyId": id }))["KeyMetadata"]["KeyState"]), "Enabled");
}

#[test]
fn a_passphrase_that_does_not_fit_is_not_tried_for_each_request() {
    let (_folder, location) = place();
    make(&location);
    location.change_protection(&Counted::default(), Protection::Passphrase).expect("changed");
    let (service, passphrases) = open(&location);
    let before = fs::read(&location.keystore).expect("read");
    location.change_protection(&Other, Protection::Passphrase).expect("changed");
    for operation in ["ListKeys", "CreateKey", "ListKeys"] {
        internal_error(&service, operation, &json!({}));
    }
    assert_eq!(passphrases.count(), 2);
    fs::write(&location.keystore, before).expect("written");
    ask(&service, "ListKeys", &json!({}));
    assert_eq!(passphrases.count(), 2, "a slot that is known");
}

fn make(location: &KeystoreLocation) {
    let mut session = KeystoreSession::begin(location, &Counted::default(), None).expect("begins");
    assert_eq!(session.commit().expect("written").committed(), Committed::Created);
}

#[test]
fn a_change_rotates_what_is_due() {
    let (_folder, location) = place();
    let mut session = KeystoreSession::begin(&location, &Counted::default(), None).expect("begins");
    let kms = session.kms_mut();
    kms.fix_clock("2024-01-01T00:00:00Z".parse().expect("a time"));
    let id = kms.create_key(west(), "").expect("made").key_id;
    kms.enable_key_rotation(west(), &id, Some(90)).expect("turned on");
    assert_eq!(session.commit().expect("written").committed(), Committed::Created);
    drop(session);

    let (service, _) = open(&location);
    let rotations = || ask(&service, "ListKeyRotations", &json!({ "KeyId": id }))["Rotations"].as_array().map(Vec::len);
    assert_eq!(rotations(), Some(0), "readers write nothing");
    ask(&service, "CreateKey", &json!({}));
    assert_eq!(rotations(), Some(1));
}

#[test]
fn what_happens_to_the_file_is_said_and_serving_goes_on_when_it_is_back() {
    let (folder, location) = place();
    let (service, _) = open(&location);
    let id = key_id(&service);
    let (_elsewhere, other) = place();
    make(&other);
    let kept = folder.path().join("kept");
    type Harm<'a> = (&'a str, Box<dyn Fn() + 'a>);
    let harms: [Harm<'_>; 3] = [
        ("removed", Box::new(|| {})),
        // With its key file, so that it opens. The one that comes back needs none: its slot is known.
        (
            "exchanged",
            Box::new(|| {
                fs::copy(&other.keystore, &location.keystore).expect("copied");
                fs::copy(&other.key_file, &location.key_file).expect("copied");
            }),
        ),
        ("damaged", Box::new(|| fs::write(&location.keystore, b"{}").expect("written"))),
    ];
    for (name, harm) in &harms {
        fs::rename(&location.keystore, &kept).expect("moved away");
        harm();
        for (operation, request) in [
            ("DescribeKey", json!({ "KeyId": id })),
            ("CreateKey", json!({})),
            ("ListKeys", json!({})),
            ("DisableKey", json!({ "KeyId": id })),
        ] {
            internal_error(&service, operation, &request);
        }
        assert_eq!(location.keystore.exists(), *name != "removed", "{name}: nothing was made in its place");
        fs::rename(&kept, &location.keystore).expect("put back");
        ask(&service, "DescribeKey", &json!({ "KeyId": id }));
        ask(&service, "EnableKey", &json!({ "KeyId": id }));
    }
}

#[test]
fn readers_and_writers_at_once_see_whole_states() {
    let (_folder, location) = place();
    let (service, _) = open(&location);
    let id = key_id(&service);
    thread::scope(|scope| {
        for reader in 0..4 {
            let (service, id) = (&service, &id);
            scope.spawn(move || {
                for round in 0..100 {
                    let plaintext = base64(format!("{reader} {round}").as_bytes());
                    let encrypted = ask(service, "Encrypt", &json!({ "KeyId": id, "Plaintext": plaintext }));
                    let decrypted = ask(service, "Decrypt", &json!({ "CiphertextBlob": encrypted["CiphertextBlob"] }));
                    assert_eq!(text(&decrypted["Plaintext"]), plaintext);
                }
            });
        }
        for writer in 0..2 {
            let (service, id) = (&service, &id);
            scope.spawn(move || {
                for round in 0..5 {
                    let alias = format!("alias/{writer}-{round}");
                    ask(service, "CreateAlias", &json!({ "AliasName": alias, "TargetKeyId": id }));
                    ask(service, "DescribeKey", &json!({ "KeyId": alias }));
                }
            });
        }
        scope.spawn(|| (0..5).for_each(|_| drop(make_key(&location))));
    });
    assert_eq!(ask(&service, "ListKeys", &json!({}))["Keys"].as_array().map(Vec::len), Some(6));
    assert_eq!(ask(&service, "ListAliases", &json!({}))["Aliases"].as_array().map(Vec::len), Some(10));
}
