//! Changes where it is said who may sign: by whom a secret was left as it is has to be known.

use std::fs;

use serde_json::json;

use super::place::{Place, alice, key, text, trusted};
use crate::{
    error::{Error, PackageRefusal, Refusal, Result},
    package::{SignedReading, SignedWriting, TrustedSigners},
    vault::{DeleteSecret, PutSecretValue, RecoveryWindow, RewrapSecret, Tag, Vault},
};

fn demanding(place: &Place, trusted: TrustedSigners) -> Vault {
    SignedWriting(SignedReading { trusted, freshness: place.freshness("writer"), region: None }).of(&place.vault)
}

/// A change: each value is another one.
fn tag(place: &Place, vault: &Vault, value: &str) -> Result<()> {
    vault.tag_resource(Some(&place.kms()), "db", None, &[Tag { key: "a".to_owned(), value: value.to_owned() }])
}

fn forge(place: &Place) {
    place.forge("db", |record| record["Description"] = "forged".into());
}

/// Why it is not changed.
fn refused<T: std::fmt::Debug>(result: Result<T>) -> Option<String> {
    match result {
        Err(Error::Service(refusal)) => match *refusal {
            Refusal::Package(PackageRefusal::NeitherOwnNorSigned { name, why }) => {
                assert_eq!(name, "db");
                why
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_keystore_left_needs_no_root() {
    let place = Place::new();
    tag(&place, &demanding(&place, alice()), "1").expect("its tag verifies");
    forge(&place);
    let why = refused(tag(&place, &demanding(&place, alice()), "2")).expect("told");
    assert!(why.contains("has no root"), "{why}");
    // Nobody else is held to it.
    tag(&place, &place.vault, "3").expect("as before");
}

#[test]
fn what_was_signed_as_it_stands_needs_no_tag() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let vault = demanding(&place, alice());
    forge(&place);
    assert_eq!(refused(tag(&place, &vault, "4")), None, "it is not as it was signed");
    let before = fs::read(place.record_path("db")).expect("read");
    place.sign(&key("ed25519"), None);
    let others = refused(tag(&place, &demanding(&place, trusted(&[("bob", "", "ecdsa-256")], 1)), "5")).expect("told");
    assert!(others.contains("the key of no signer"), "{others}");
    assert_eq!(fs::read(place.record_path("db")).expect("read"), before);
    tag(&place, &vault, "6").expect("it was signed as it stands");
    // By that it is the keystore's no more than before.
    assert_eq!(refused(tag(&place, &vault, "7")), None);
}

#[test]
fn no_change_comes_around_it() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    forge(&place);
    let (vault, kms) = (demanding(&place, alice()), place.kms());
    let before = fs::read(place.record_path("db")).expect("read");
    assert_eq!(refused(vault.remove_regions_from_replication(Some(&kms), "db", None, &["eu-west-1".to_owned()])), None);
    let put = PutSecretValue::new("db", text("two"));
    assert_eq!(refused(vault.put_secret_value(&mut place.session(), &put)), None);
    assert_eq!(refused(vault.rewrap_secret(&mut place.session(), &RewrapSecret::new("db"))), None);
    assert_eq!(fs::read(place.record_path("db")).expect("read"), before);
    // Who takes the record as it stands says so.
    let accepting = RewrapSecret { accept_record: true, ..RewrapSecret::new("db") };
    vault.rewrap_secret(&mut place.session(), &accepting).expect("accepted");
    tag(&place, &vault, "accepted").expect("it is the keystore's own");
}

#[test]
fn what_another_hand_marked_for_deletion_is_not_removed() {
    let place = Place::new();
    place.vault.remove_regions_from_replication(Some(&place.kms()), "db", None, &["eu-west-1".to_owned()]).expect("removed");
    place.sign(&key("ed25519"), None);
    let (vault, kms) = (demanding(&place, alice()), place.kms());
    forge(&place);
    for recovery in [RecoveryWindow::Days(7), RecoveryWindow::None] {
        let removal = DeleteSecret { secret_id: "db".to_owned(), region: None, recovery };
        assert_eq!(refused(vault.delete_secret(Some(&kms), &removal)), None);
    }
    let date = "2020-01-01T00:00:00+00:00";
    place.forge("db", |record| record["PlannedDeletion"] = json!({"DeletedDate": date, "DeletionDate": date}));
    let expired = vault.expired_secrets().expect("listed").whole().expect("read");
    let mut purged = vault.purge(Some(&kms), &expired).expect("looked at");
    assert!(expired.len() == 1 && purged.entries.is_empty(), "{purged:?}");
    assert_eq!(refused::<()>(Err(purged.faults.pop().expect("one"))), None);
    assert!(place.record_path("db").exists());
}
