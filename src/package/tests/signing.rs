//! Signing, by one or several, and what was signed as it is read.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::place::{Place, alice, key, trusted};
use crate::{
    error::{Error, PackageRefusal, Refusal, SignatureRefusal},
    package::{
        DifferenceKind, PackageSigning, SignedReading,
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

#[test]
fn pages_that_no_root_names_go_whoever_signs() {
    let place = Place::new();
    let pages = || fs::read_dir(place.vault.root().join("manifests/pages")).expect("listed").count();
    place.sign(&key("ed25519"), None);
    let (kms, freshness) = (place.kms(), place.freshness("signer"));
    let signing = PackageSigning { vault: &place.vault, trusted: None, kms: Some(&kms), freshness: &freshness };
    place.put("db", "two");
    // Nobody signs it, so that it is in nobody's way.
    signing.write(&signing.plan().expect("a plan"), &[], &[]).expect("written");
    assert_eq!(pages(), 4);
    place.put("db", "three");
    assert_eq!(place.sign(&key("ed25519"), None).counter, 3);
    // Those of root 1 stay: who has to sign the newest root is not known here, and it may count still.
    assert_eq!(pages(), 4);
    assert_eq!(place.signed_value(alice(), "db", None).expect("opens"), "three");
    place.put("db", "four");
    assert_eq!(place.sign(&key("ed25519"), Some(&alice())).counter, 4);
    assert_eq!(pages(), 2);
}

#[test]
fn a_bundle_in_a_vault_is_the_one_that_the_root_names() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let files = |place: &Place| {
        let versions = fs::read_dir(place.secret_dir("db")).expect("listed").map(|entry| entry.expect("an entry").path());
        let bundles = versions.filter(|path| path.is_dir()).flat_map(|version| fs::read_dir(version).expect("listed"));
        bundles.map(|entry| entry.expect("an entry").path()).collect::<BTreeSet<_>>()
    };
    let read = |path: &Path| SignedReading { trusted: alice(), freshness: place.freshness("reader"), region: None }.bundle(path);
    let signed = files(&place);
    for path in &signed {
        let bundle = read(path).expect("as it was signed").expect("in a vault");
        assert_eq!((bundle.bytes, bundle.root.counter), (fs::read(path).expect("read"), 1));
    }
    place.put("db", "two");
    let late = files(&place).into_iter().find(|path| !signed.contains(path)).expect("a new one");
    assert_eq!(refused(read(&late).expect_err("not signed")), Refusal::Package(PackageRefusal::BundleNotNamed(1)));
    let (first, last) = (signed.first().expect("one"), signed.last().expect("another"));
    let bytes = fs::read(last).expect("read");
    let longer = [&bytes[..], b"x"].concat();
    for forged in [&bytes[..], &longer, b""] {
        fs::write(first, forged).expect("written");
        assert_eq!(refused(read(first).expect_err("another one")), Refusal::Package(PackageRefusal::OtherBundle(1)));
    }
    fs::remove_file(first).expect("removed");
    std::os::unix::fs::symlink(last, first).expect("linked");
    assert!(matches!(read(first), Err(Error::Damaged { .. })), "no link is followed");
    let elsewhere = place.folder.path().join("bundle");
    fs::copy(last, &elsewhere).expect("copied");
    assert!(read(&elsewhere).expect("no place of a bundle").is_none());
    assert!(read(&place.record_path("db")).expect("no place of a bundle").is_none());
}
