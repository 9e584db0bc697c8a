//! What somebody does who has parts that were signed, or a key that counts no more, or counts for something else.

use std::fs;

use super::{
    place::{Place, alice, data, key, trusted},
    region,
};
use crate::{
    error::{Damage, Error, ManifestFault, PackageRefusal, Refusal, SignersProblem, SignersRefusal},
    package::{
        Freshness, TrustedSigners,
        manifest_digest::ManifestDigest,
        manifest_page::{MAX_PAGE_ENTRIES, ManifestPage, PagePlace},
        manifest_root::ManifestRoot,
        signature::{ContentDigest, Namespace, Signers, SshSignature, Threshold},
        verify_package,
    },
    store::ManifestFile,
    timestamp::Timestamp,
};

/// Why a reader with these signers takes no root.
fn refused(place: &Place, trusted: TrustedSigners) -> String {
    match place.signed_value(trusted, "db", None) {
        Err(Error::Service(refusal)) => match *refusal {
            Refusal::Package(PackageRefusal::NoneAccepted { why, .. }) => why,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn told(why: &str, expected: &str) {
    assert!(why.contains(expected), "{why}");
}

fn root(place: &Place, counter: u64) -> ManifestRoot {
    ManifestRoot::read(&fs::read(place.root_path(counter)).expect("read"), counter).expect("a root")
}

#[test]
fn regions_of_two_ages_are_no_root() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    place.put("db", "two");
    place.sign(&key("ed25519"), None);
    // One Region's pages of before, which are signed too, in the newest root.
    let (mut mixed, before) = (root(&place, 2), root(&place, 1));
    let europe = region("eu-west-1");
    let pages = before.pages_of(europe).expect("there").clone();
    assert_ne!(mixed.pages_of(europe), Some(&pages));
    mixed.regions.iter_mut().filter(|pages| pages.region == europe).for_each(|mixed| *mixed = pages.clone());
    fs::write(place.root_path(2), mixed.write().expect("written")).expect("written");
    fs::remove_file(place.root_path(1)).expect("removed");
    told(&refused(&place, alice()), "the signature does not verify: it is of other content, or was changed");
}

#[test]
fn a_signature_for_something_else_is_none_of_a_root() {
    let place = Place::new();
    place.sign(&key("ecdsa-256"), None);
    let bytes = fs::read(place.root_path(1)).expect("read");
    // A root that was signed as a file, as somebody may be asked to.
    place.put_signature(1, &key("ed25519").sign(Namespace::File, &ContentDigest::of(&bytes)).expect("signed"));
    told(&refused(&place, alice()), "the signature is for the namespace 'coldseal-file', and coldseal-manifest is needed");
    let of_files = format!("alice namespaces=\"coldseal-file\" {}", data("ecdsa-256.pub"));
    let of_files =
        TrustedSigners { signers: Signers::parse(of_files.as_bytes()).expect("signers"), threshold: Threshold::new(1).expect("1 or more") };
    told(&refused(&place, of_files), "the key of alice may not sign for coldseal-manifest");
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    place.put_signature(1, &SshSignature::parse(data("rsa-sha256-of-content.sig").as_bytes()).expect("a signature"));
    told(&refused(&place, trusted(&[("bob", "", "rsa")], 1)), "over the SHA-256 of the content");
}

#[test]
fn one_key_is_one_signer() {
    let line = |name: &str| format!("{name} namespaces=\"coldseal-manifest\" {}", data("ed25519.pub"));
    let twice = Signers::parse((line("alice") + &line("bob")).as_bytes()).expect_err("one key");
    assert_eq!(twice, SignersRefusal::Line { line: 2, problem: SignersProblem::TwoPrincipals { other: 1 } });
}

#[test]
fn a_retired_key_signs_nothing_that_is_newer() {
    let place = Place::new();
    place.sign(&key("ecdsa-256"), None);
    let retired = || trusted(&[("bob", "", "ecdsa-256"), ("alice", ",valid-before=\"20260101Z\"", "ed25519")], 1);
    let read = |state: &str| verify_package(&place.vault, &retired(), &place.freshness(state), None);
    assert_eq!(read("reader").expect("bob signed").root.counter, 1);
    place.put("db", "two");
    let newer = place.sign(&key("ed25519"), None);
    let passed_over = read("reader").expect("bob's").passed_over;
    assert!(matches!(passed_over.as_slice(), [root] if root.counter == newer.counter && root.why.to_string().contains("was valid until")));
    // Whoever has the key can give a root any time. Who has seen a newer one refuses it; who has not is told that nothing is known.
    let mut back_dated = root(&place, newer.counter);
    back_dated.time = "2025-12-31T00:00:00Z".parse::<Timestamp>().expect("a time");
    place.put_signed(&back_dated.write().expect("written"), newer.counter);
    match read("reader") {
        Err(Error::Service(refusal)) => assert!(matches!(*refusal, Refusal::Package(PackageRefusal::BackDated { .. })), "{refusal}"),
        other => panic!("{other:?}"),
    }
    let stranger = read("stranger").expect("nothing is known");
    assert_eq!((stranger.root.counter, stranger.freshness), (newer.counter, Freshness::NotChecked));
}

#[test]
fn a_signed_page_of_many_entries_is_not_read_to_its_end() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let mut root = root(&place, 1);
    let pages = root.regions.last_mut().expect("a Region");
    let [digest] = pages.pages.as_slice() else { panic!("{pages:?}") };
    let file = place.manifest(&ManifestFile::Page { sha256: digest.as_str().to_owned() });
    let bytes = fs::read(file).expect("read");
    let page = ManifestPage::read(&bytes, PagePlace { region: pages.region, index: 0, count: 1 }).expect("a page");
    let many = |count: usize| page.entries.iter().cycle().take(count).cloned().collect::<Vec<_>>();
    for (count, is_it) in [(MAX_PAGE_ENTRIES + 1, true), (60_000, false)] {
        let bytes = ManifestPage::new(pages.region, many(count)).write().expect("written");
        let digest = ManifestDigest::of(&bytes);
        fs::write(place.manifest(&ManifestFile::Page { sha256: digest.as_str().to_owned() }), bytes).expect("written");
        pages.pages = vec![digest];
        let mut signed = ManifestRoot::read(&fs::read(place.root_path(1)).expect("read"), 1).expect("a root");
        signed.regions.iter_mut().filter(|of| of.region == pages.region).for_each(|of| *of = pages.clone());
        place.put_signed(&signed.write().expect("written"), 1);
        fs::remove_dir_all(place.folder.path().join("reader")).unwrap_or_default();
        match place.signed_value(alice(), "db", Some("us-west-2")) {
            Err(Error::Damaged { what: Damage::Manifest(ManifestFault::NotJson { .. }), .. }) if is_it => {}
            Err(Error::Damaged { what: Damage::Manifest(ManifestFault::TooLarge(_)), .. }) if !is_it => {}
            other => panic!("{count}: {other:?}"),
        }
    }
}
