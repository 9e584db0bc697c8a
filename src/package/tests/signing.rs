//! Signing, by one or several, and what was signed as it is read.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::place::{Place, alice, key, trusted};
use crate::{
    error::{Error, PackageRefusal, Refusal, SignatureRefusal},
    package::{
        DifferenceKind, PackageSigning,
        signature::{ContentDigest, Namespace},
        verify_package,
    },
    store::ManifestFile,
    vault::{DeleteSecret, RecoveryWindow, VerifyOptions},
};

fn refused(error: Error) -> Refusal {
    match error {
        Error::Service(refusal) => *refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_signed_is_read_until_a_newer_root_is() {
    let place = Place::new();
    let first = place.sign(&key("ed25519"), Some(&alice()));
    assert_eq!((first.counter, first.signatures.len()), (1, 1));
    let value = || place.signed_value(alice(), "db", Some("eu-west-1"));
    assert_eq!(value().expect("opens"), "one");
    place.put("db", "two");
    place.create("other");
    assert_eq!(value().expect("as it was signed"), "one");
    assert_eq!(place.signed_value(alice(), "db", None).expect("as it was signed"), "one");
    assert!(matches!(refused(place.signed_value(alice(), "other", None).expect_err("not signed")), Refusal::Secret(_)));
    let report = verify_package(&place.vault, &alice(), &place.freshness("auditor"), None).expect("verified");
    let kinds: Vec<_> = report.differences.iter().map(|difference| (difference.name.as_str(), &difference.kind)).collect();
    assert!(matches!(kinds.as_slice(), [("db", DifferenceKind::Changed { .. }), ("other", DifferenceKind::NotListed)]), "{kinds:?}");
    assert!(report.bundles.is_empty(), "what was signed is still here");
    assert!(place.vault.verify(VerifyOptions::default()).expect("verified").notes.is_empty(), "and no leftover");
    let second = place.sign(&key("ed25519"), Some(&alice()));
    assert_eq!((second.counter, value().expect("opens").as_str()), (2, "two"));
    let report = verify_package(&place.vault, &alice(), &place.freshness("auditor"), None).expect("verified");
    assert!(report.is_sound() && report.chain == [1], "{report:?}");
    // A third signing of the same adds nothing.
    assert_eq!(place.sign(&key("ed25519"), Some(&alice())).counter, 2);
}

#[test]
fn a_secret_that_was_removed_is_read_until_that_is_signed() {
    let place = Place::new();
    place.sign(&key("ed25519"), Some(&alice()));
    place.vault.remove_regions_from_replication(Some(&place.kms()), "db", None, &["eu-west-1".to_owned()]).expect("removed");
    let removal = DeleteSecret { secret_id: "db".to_owned(), region: None, recovery: RecoveryWindow::None };
    place.vault.delete_secret(Some(&place.kms()), &removal).expect("removed");
    assert!(!place.record_path("db").exists());
    assert_eq!(place.signed_value(alice(), "db", Some("eu-west-1")).expect("as it was signed"), "one");
    let root = place.sign(&key("ed25519"), Some(&alice()));
    assert!(matches!(refused(place.signed_value(alice(), "db", None).expect_err("gone")), Refusal::Secret(_)));
    assert!(root.counter == 2 && !place.secret_dir("db").exists(), "its bundles are gone");
}

#[test]
fn two_signers_sign_one_root() {
    let place = Place::new();
    let both = || trusted(&[("alice", "", "ed25519"), ("bob", "", "ecdsa-256")], 2);
    let value = || place.signed_value(both(), "db", None);
    assert_eq!(place.sign(&key("ed25519"), Some(&both())).counter, 1);
    let Refusal::Package(PackageRefusal::NoneAccepted { counter: 1, why }) = refused(value().expect_err("one of two")) else {
        panic!("another refusal")
    };
    assert!(why.contains("alice signed"), "{why}");
    let second = place.sign(&key("ecdsa-256"), Some(&both()));
    assert_eq!((second.counter, value().expect("two of two")), (1, "one".to_owned()));
    place.put("db", "two");
    // One of two: the older root counts, and its bundles stay.
    assert_eq!((place.sign(&key("ed25519"), Some(&both())).counter, value().expect("the older one")), (2, "one".to_owned()));
    place.put("db", "three");
    // The second signer finds another content, and signs a root above.
    assert_eq!((place.sign(&key("ecdsa-256"), Some(&both())).counter, value().expect("the older one")), (3, "one".to_owned()));
    assert_eq!((place.sign(&key("ed25519"), Some(&both())).counter, value().expect("the newest")), (3, "three".to_owned()));
}

#[test]
fn a_root_that_was_signed_elsewhere_takes_the_signature_in() {
    let place = Place::new();
    let (kms, freshness) = (place.kms(), place.freshness("signer"));
    let signing = PackageSigning { vault: &place.vault, trusted: None, kms: Some(&kms), freshness: &freshness };
    let plan = signing.plan().expect("a plan");
    let written = signing.write(&plan, &[], &[]).expect("written");
    assert!(written.signatures.is_empty());
    let root = ContentDigest::of(&fs::read(&written.place).expect("read"));
    let refusal = |signature| refused(signing.add_signature(&signature).expect_err("refused"));
    let signature = |namespace, content: &ContentDigest| key("ecdsa-384").sign(namespace, content).expect("signed");
    let of_file = refusal(signature(Namespace::File, &root));
    assert!(matches!(of_file, Refusal::Signature(SignatureRefusal::OtherNamespace { .. })), "{of_file:?}");
    let of_other = refusal(signature(Namespace::Manifest, &ContentDigest::of(b"other")));
    assert_eq!(of_other, Refusal::Package(PackageRefusal::SignatureOfNone));
    let added = signing.add_signature(&signature(Namespace::Manifest, &root)).expect("added");
    let bob = trusted(&[("bob", "", "ecdsa-384")], 1);
    assert_eq!((added.counter, place.signed_value(bob, "db", None).expect("opens")), (1, "one".to_owned()));
}

#[test]
fn what_another_hand_changed_is_signed_by_name_only() {
    let place = Place::new();
    place.create("mail");
    place.sign(&key("ed25519"), None);
    place.put("mail", "two");
    place.forge("db", |record| record["Description"] = "forged".into());
    let (kms, freshness) = (place.kms(), place.freshness("signer"));
    let signing = PackageSigning { vault: &place.vault, trusted: None, kms: Some(&kms), freshness: &freshness };
    let plan = signing.plan().expect("a plan");
    let write = |accepted: &[&str]| {
        let accepted: Vec<_> = accepted.iter().map(|name| (*name).to_owned()).collect();
        signing.write(&plan, &accepted, &[key("ed25519")])
    };
    let refusal = |accepted: &[&str]| refused(write(accepted).expect_err("refused"));
    assert_eq!(refusal(&[]), Refusal::Package(PackageRefusal::ByOthers(vec!["db".to_owned()])));
    assert_eq!(refusal(&["db", "mail"]), Refusal::Package(PackageRefusal::NotByOthers("mail".to_owned())));
    place.create("late");
    assert_eq!(refusal(&["db"]), Refusal::Package(PackageRefusal::ChangedMeanwhile));
    assert!(!place.root_path(2).exists());
    let plan = signing.plan().expect("a plan");
    assert_eq!(signing.write(&plan, &["db".to_owned()], &[key("ed25519")]).expect("signed").counter, 2);
}

#[test]
fn a_planted_root_is_passed_over_and_removed() {
    let place = Place::new();
    place.sign(&key("ed25519"), Some(&alice()));
    let planted = ManifestFile::Root { counter: crate::store::MAX_COUNTER };
    fs::copy(place.root_path(1), place.manifest(&planted)).expect("planted");
    let report = verify_package(&place.vault, &alice(), &place.freshness("auditor"), None).expect("verified");
    assert_eq!((report.root.counter, report.passed_over.len()), (1, 1));
    place.put("db", "two");
    assert_eq!(place.sign(&key("ed25519"), Some(&alice())).counter, 2);
    assert!(!place.manifest(&planted).exists());
}

#[test]
fn a_reader_goes_on_through_changes_and_signings() {
    let place = Place::new();
    place.sign(&key("ed25519"), Some(&alice()));
    let done = AtomicBool::new(false);
    let read = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut read = Vec::new();
            while !done.load(Ordering::SeqCst) {
                read.push(place.signed_value(alice(), "db", Some("eu-west-1")).expect("as it was signed"));
            }
            read
        });
        for value in ["two", "three"] {
            place.put("db", value);
            place.sign(&key("ed25519"), Some(&alice()));
        }
        done.store(true, Ordering::SeqCst);
        reader.join().expect("reads on")
    });
    let order = |value: &String| ["one", "two", "three"].iter().position(|signed| signed == value);
    assert!(!read.is_empty() && read.iter().all(|value| order(value).is_some()) && read.is_sorted_by_key(order), "{read:?}");
}
