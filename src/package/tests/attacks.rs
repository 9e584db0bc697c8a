//! What somebody does who can write the vault, and has no key that counts: each is told, or refused, as what it is.

use std::{fs, os::unix::fs::symlink, path::Path};

use serde_json::{Value, json};

use super::place::{Place, alice, data, key, trusted};
use crate::{
    error::{Damage, Error, ManifestFault, PackageRefusal, Refusal, Result, SetupError},
    package::{
        DifferenceKind, EntryDifference, Freshness, FreshnessCheck, FreshnessDemand, PackageReport, SignedBundleFault, SignedReading,
        manifest_root::ManifestRoot,
        signature::{ContentDigest, Namespace, Signers},
        verify_package,
    },
    store::ManifestFile,
    timestamp::Timestamp,
    vault::{VaultId, VerifyOptions},
};

fn verified(place: &Place, state: &str) -> Result<PackageReport> {
    verify_package(&place.vault, &alice(), &place.freshness(state), None)
}

fn told(difference: &EntryDifference) -> String {
    let members = |members: &std::collections::BTreeSet<String>| members.iter().cloned().collect::<Vec<_>>().join(" ");
    match &difference.kind {
        DifferenceKind::NotListed => format!("{} not listed", difference.name),
        DifferenceKind::Missing => format!("{} missing", difference.name),
        DifferenceKind::RolledBack { members: unlike } => format!("{} rolled back: {}", difference.name, members(unlike)),
        DifferenceKind::Changed { members: unlike } => format!("{} changed: {}", difference.name, members(unlike)),
    }
}

/// Signs a vault with `db` and `mail`, has it attacked, and gives what is told.
fn after(attack: impl FnOnce(&Place)) -> Vec<String> {
    let place = Place::new();
    place.create("mail");
    place.sign(&key("ed25519"), None);
    attack(&place);
    let report = verified(&place, "auditor").expect("verified");
    let bundles = report.bundles.iter().map(|(_, fault)| match fault {
        SignedBundleFault::Missing => "a bundle is missing".to_owned(),
        SignedBundleFault::Changed => "a bundle is changed".to_owned(),
    });
    report.differences.iter().map(told).chain(bundles).collect()
}

/// Sets a member of `db`'s record.
fn set(pointer: &'static str, value: Value) -> impl FnOnce(&Place) {
    move |place| {
        place.forge("db", |record| match record.pointer_mut(pointer) {
            Some(member) => *member = value,
            None => {
                let (parent, name) = pointer.rsplit_once('/').expect("a member");
                record.pointer_mut(parent).expect("an object")[name] = value;
            }
        });
    }
}

#[test]
fn a_changed_record_is_told_by_its_members() {
    let date = "2026-12-23T20:38:31+00:00";
    let deletion = json!({"DeletedDate": date, "DeletionDate": date});
    let policy = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}";
    for (pointer, value, expected) in [
        ("/Description", json!("forged"), "Description"),
        ("/Tags", json!([{"Key": "a", "Value": "b"}]), "Tags"),
        ("/ResourcePolicy", json!(policy), "ResourcePolicy"),
        ("/PlannedDeletion", deletion, "PlannedDeletion"),
        ("/EncryptionContext", json!({"a": "b"}), "EncryptionContext"),
        ("/DataKeyScope", json!("PerRegion"), "DataKeyScope"),
        ("/KmsKeyId", json!("alias/theirs"), "KmsKeyId"),
        ("/RotationRules", json!({"AutomaticallyAfterDays": 1}), "RotationRules"),
        ("/ReplicationStatus/0/Status", json!("Failed"), "ReplicationStatus"),
        ("/Versions/0/VersionStages", json!(["AWSPREVIOUS"]), "VersionStages"),
        ("/Versions/0/Payload", json!("binary"), "Versions"),
        ("/Versions/0/Bundles/0/Size", json!(1), "Bundles"),
    ] {
        assert_eq!(after(set(pointer, value)), [format!("db changed: {expected}")], "{pointer}");
    }
    // No reader without the keystore knows these.
    assert!(after(set("/Versions/0/ValueTag/Tag", json!("00"))).is_empty());
    let replica = json!([]);
    assert_eq!(after(set("/ReplicationStatus", replica)), ["db changed: ReplicationStatus"]);
}

#[test]
fn what_is_removed_added_or_renamed_is_told() {
    let remove = |place: &Place| fs::remove_dir_all(place.secret_dir("db")).expect("removed");
    assert_eq!(after(remove), ["db missing", "a bundle is missing", "a bundle is missing"]);
    assert_eq!(after(|place| place.create("late")), ["late not listed"]);
    let renamed = after(|place| {
        place.forge("db", |record| {
            let arn = record["ARN"].as_str().expect("text").replace(":secret:db-", ":secret:dc-");
            record["Name"] = "dc".into();
            record["ARN"] = arn.into();
        });
        fs::rename(place.secret_dir("db"), place.secret_dir("dc")).expect("renamed");
    });
    assert_eq!(renamed, ["db missing", "dc not listed", "a bundle is missing", "a bundle is missing"]);
}

#[test]
fn an_older_state_that_is_put_back_is_told() {
    let place = Place::new();
    let old = fs::read(place.record_path("db")).expect("read");
    place.put("db", "two");
    place.sign(&key("ed25519"), None);
    fs::write(place.record_path("db"), old).expect("put back");
    let report = verified(&place, "auditor").expect("verified");
    let told: Vec<_> = report.differences.iter().map(told).collect();
    assert!(matches!(told.as_slice(), [told] if told.starts_with("db rolled back: ")), "{told:?}");
    assert_eq!(place.signed_value(alice(), "db", None).expect("as it was signed"), "two");
}

#[test]
fn a_bundle_of_somebody_elses_is_told_wherever_it_is_put() {
    // Sealed by whoever can wrap for the same key: the record says so consistently.
    let sealed = |place: &Place| {
        let before = fs::read(place.record_path("db")).expect("read");
        place.put("db", "forged");
        let after: Value = serde_json::from_slice(&fs::read(place.record_path("db")).expect("read")).expect("JSON");
        let mut record: Value = serde_json::from_slice(&before).expect("JSON");
        record["Versions"][0]["Bundles"] = after["Versions"][1]["Bundles"].clone();
        fs::write(place.record_path("db"), serde_json::to_vec(&record).expect("JSON")).expect("written");
    };
    assert_eq!(after(sealed), ["db changed: Bundles"]);
    // In the place of the file, or of another Region's: the record's digest is the signed one.
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let version = fs::read_dir(place.secret_dir("db")).expect("listed").find_map(|entry| {
        let path = entry.expect("an entry").path();
        path.is_dir().then_some(path)
    });
    let mut bundles: Vec<_> =
        fs::read_dir(version.expect("a version")).expect("listed").map(|entry| entry.expect("an entry").path()).collect();
    bundles.sort();
    let [first, second] = bundles.as_slice() else { panic!("{bundles:?}") };
    let (one, other) = (fs::read(first).expect("read"), fs::read(second).expect("read"));
    fs::write(first, other).expect("written");
    fs::write(second, one).expect("written");
    assert!(verified(&place, "auditor").expect("verified").is_sound(), "no record has changed");
    assert!(place.vault.verify(VerifyOptions::default()).expect("verified").faults.len() >= 2);
    assert!(place.signed_value(alice(), "db", None).is_err() && place.signed_value(alice(), "db", Some("eu-west-1")).is_err());
}

/// The refusal of what was signed, once as a report and once to a reader.
fn refusal(place: &Place) -> Refusal {
    let refused = |error: Error| match error {
        Error::Service(refusal) => *refusal,
        other => panic!("{other:?}"),
    };
    let of_report = refused(verified(place, "reader").map(drop).expect_err("refused"));
    let of_reader = refused(place.signed_value(alice(), "db", None).map(drop).expect_err("refused"));
    assert_eq!(of_report, of_reader);
    of_report
}

fn none_accepted(place: &Place, expected: &str) {
    let Refusal::Package(PackageRefusal::NoneAccepted { why, .. }) = refusal(place) else { panic!("another refusal") };
    assert!(why.contains(expected), "{why}");
}

fn copy_manifests(from: &Place, to: &Place, marker: bool) {
    let folder = |place: &Place| place.vault.root().join("manifests");
    for sub in ["", "pages"] {
        fs::create_dir_all(folder(to).join(sub)).expect("made");
        for entry in fs::read_dir(folder(from).join(sub)).expect("listed") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                fs::copy(&path, folder(to).join(sub).join(path.file_name().expect("a name"))).expect("copied");
            }
        }
    }
    if marker {
        fs::copy(from.vault.root().join("coldseal.json"), to.vault.root().join("coldseal.json")).expect("copied");
    }
}

#[test]
fn a_root_of_another_vault_is_refused() {
    let (production, staging) = (Place::new(), Place::new());
    production.sign(&key("ed25519"), None);
    for value in ["two", "three"] {
        staging.sign(&key("ed25519"), None);
        staging.put("db", value);
    }
    assert_eq!(production.signed_value(alice(), "db", None).expect("opens"), "one");
    copy_manifests(&staging, &production, false);
    let staging_id = staging.vault.id().expect("read").expect("an id").to_string();
    // Root 1 is overwritten, and root 2 is of another vault.
    none_accepted(&production, &staging_id);
    copy_manifests(&staging, &production, true);
    let Refusal::Package(PackageRefusal::OtherVault { found, .. }) = refusal(&production) else { panic!("another refusal") };
    assert_eq!(found, staging_id);
    let accepted: VaultId = staging_id.parse().expect("an id");
    let mut freshness = production.freshness("reader");
    freshness.accepted_vault = Some(accepted);
    verify_package(&production.vault, &alice(), &freshness, None).expect("taken where that is said");
}

#[test]
fn an_older_root_and_a_second_one_of_its_number_are_refused() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let first = fs::read(place.root_path(1)).expect("read");
    place.put("db", "two");
    place.sign(&key("ed25519"), None);
    assert_eq!(verified(&place, "reader").expect("verified").freshness, Freshness::NotChecked);
    assert_eq!(verified(&place, "reader").expect("verified").freshness, Freshness::Remembered);
    let second = fs::read(place.root_path(2)).expect("read");
    fs::remove_file(place.root_path(2)).expect("removed");
    assert_eq!(refusal(&place), Refusal::Package(PackageRefusal::Older { found: 1, known: 2 }));
    // Signed under the same number by the same hand, as where a vault was copied and both copies were signed.
    let mut other = ManifestRoot::read(&second, 2).expect("a root");
    other.previous = None;
    place.put_signed(&other.write().expect("written"), 2);
    assert_eq!(refusal(&place), Refusal::Package(PackageRefusal::OtherRoot(2)));
    // A later number, and a time before.
    let mut late = ManifestRoot::read(&first, 1).expect("a root");
    (late.counter, late.time) = (3, "2020-01-01T00:00:00Z".parse::<Timestamp>().expect("a time"));
    place.put_signed(&late.write().expect("written"), 3);
    assert!(matches!(refusal(&place), Refusal::Package(PackageRefusal::BackDated { .. })));
}

#[test]
fn a_signature_that_does_not_count_is_told() {
    let place = Place::new();
    place.sign(&key("ecdsa-256"), None);
    none_accepted(&place, "no signer");
    let root = fs::read(place.root_path(1)).expect("read");
    let of_file = key("ed25519").sign(Namespace::File, &ContentDigest::of(&root)).expect("signed");
    let file = place.manifest(&ManifestFile::Signature { counter: 1, key: of_file.key_digest() });
    fs::write(&file, of_file.to_pem()).expect("written");
    none_accepted(&place, "coldseal-file");
    for (content, expected) in [("", "SSH signature"), (&*data("certificate.sig"), "certificate"), (&*data("ed25519.sig"), "coldseal-file")]
    {
        let other = Place::new();
        other.sign(&key("ed25519"), None);
        let file = fs::read_dir(other.vault.root().join("manifests")).expect("listed").find_map(|entry| {
            let path = entry.expect("an entry").path();
            path.extension().is_some_and(|extension| extension == "sig").then_some(path)
        });
        fs::write(file.expect("a signature"), content).expect("written");
        none_accepted(&other, expected);
    }
}

#[test]
fn a_key_counts_in_its_time_and_a_principal_once() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    place.sign(&key("ecdsa-256"), None);
    let read = |lines: &[(&str, &str, &str)], threshold| match place.signed_value(trusted(lines, threshold), "db", None) {
        Ok(value) => value,
        Err(error) => error.to_string(),
    };
    assert_eq!(read(&[("alice", "", "ed25519"), ("bob", "", "ecdsa-256")], 2), "one");
    assert!(read(&[("alice", "", "ed25519"), ("alice", "", "ecdsa-256")], 2).contains("2 signers"));
    assert!(read(&[("alice", ",valid-before=\"20200101Z\"", "ed25519")], 1).contains("valid until"));
    assert!(read(&[("alice", ",valid-after=\"20990101Z\"", "ed25519")], 1).contains("valid from"));
    assert!(Signers::parse(format!("alice {}", data("ed25519.pub")).as_bytes()).is_err(), "a line without a namespace");
}

#[test]
fn a_root_that_is_signed_and_is_none_is_refused() {
    let sound = {
        let place = Place::new();
        place.sign(&key("ed25519"), None);
        String::from_utf8(fs::read(place.root_path(1)).expect("read")).expect("UTF-8")
    };
    for (root, expected) in [
        (format!("{sound}\n"), "one form"),
        (sound.replace("\"Counter\":1,", "\"Counter\":1,\"Counter\":1,"), "not the JSON"),
        (sound.replace("\"Counter\":1,", "\"Counter\":1,\"More\":1,"), "not the JSON"),
        (sound.replace("\"Counter\":1,", "\"Counter\":1.0,"), "not the JSON"),
        (sound.replace("\"Counter\":1,\"Format\":1", "\"Format\":1,\"Counter\":1"), "one form"),
        (sound.replace("\"Counter\":1", "\"Counter\":2"), "counter 2"),
        (sound.replace("\"Format\":1", "\"Format\":2"), "format 2"),
    ] {
        let place = Place::new();
        place.sign(&key("ed25519"), None);
        place.put_signed(root.as_bytes(), 1);
        none_accepted(&place, expected);
    }
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    fs::File::options().write(true).open(place.root_path(1)).and_then(|file| file.set_len(64 << 20)).expect("grown");
    none_accepted(&place, "larger than");
}

#[test]
fn pages_that_are_not_as_they_were_signed_are_refused() {
    let fault = |attack: &dyn Fn(&Path, &Path)| {
        let place = Place::new();
        place.sign(&key("ed25519"), None);
        let mut pages: Vec<_> = fs::read_dir(place.vault.root().join("manifests/pages"))
            .expect("listed")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        pages.sort();
        let [first, second] = pages.as_slice() else { panic!("{pages:?}") };
        attack(first, second);
        place.forge("db", |record| record["Description"] = "so that they are read".into());
        match (verified(&place, "auditor"), place.signed_value(alice(), "db", None)) {
            (Err(Error::Damaged { what, .. }), Err(Error::Damaged { .. })) => what,
            other => panic!("{other:?}"),
        }
    };
    let exchanged = fault(&|first, second| {
        let bytes = fs::read(first).expect("read");
        fs::copy(second, first).expect("copied");
        fs::write(second, bytes).expect("written");
    });
    assert_eq!(exchanged, Damage::Manifest(ManifestFault::OtherContent));
    assert_eq!(fault(&|first, _| fs::remove_file(first).expect("removed")), Damage::Manifest(ManifestFault::Missing));
    let linked = fault(&|first, second| {
        fs::remove_file(first).expect("removed");
        symlink(second, first).expect("linked");
    });
    assert_eq!(linked, Damage::Link);
    let large = fault(&|first, _| {
        fs::File::options().write(true).open(first).and_then(|file| file.set_len(64 << 20)).expect("grown");
    });
    assert!(matches!(large, Damage::Manifest(ManifestFault::TooLarge(_))));
}

#[test]
fn a_link_in_the_place_of_a_root_is_not_followed() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let elsewhere = place.folder.path().join("root");
    fs::rename(place.root_path(1), &elsewhere).expect("moved");
    symlink(&elsewhere, place.root_path(1)).expect("linked");
    none_accepted(&place, "symbolic link");
    let manifests = place.vault.root().join("manifests");
    fs::remove_file(place.root_path(1)).expect("removed");
    fs::rename(&elsewhere, place.root_path(1)).expect("moved back");
    fs::rename(&manifests, &elsewhere).expect("moved");
    symlink(&elsewhere, &manifests).expect("linked");
    assert!(matches!(verified(&place, "auditor"), Err(Error::Damaged { what: Damage::Link, .. })));
}

#[test]
fn what_is_remembered_is_needed_or_told_to_be_unknown() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let check = |change: &dyn Fn(&mut FreshnessCheck)| {
        let mut freshness = place.freshness("auditor");
        change(&mut freshness);
        verify_package(&place.vault, &alice(), &freshness, None).map(|report| (report.freshness, report.root.sha256))
    };
    let refused = |change: &dyn Fn(&mut FreshnessCheck)| match check(change) {
        Err(Error::Service(refusal)) => *refusal,
        other => panic!("{other:?}"),
    };
    let require = |freshness: &mut FreshnessCheck| freshness.demand = FreshnessDemand::Required;
    assert_eq!(refused(&require), Refusal::Package(PackageRefusal::FreshnessUnknown));
    let later = |freshness: &mut FreshnessCheck| freshness.expected.counter = Some(2);
    assert_eq!(refused(&later), Refusal::Package(PackageRefusal::CounterBelow { found: 1, expected: 2 }));
    let other = |freshness: &mut FreshnessCheck| freshness.expected.sha256 = Some("0".repeat(64).parse().expect("a digest"));
    assert!(matches!(refused(&other), Refusal::Package(PackageRefusal::UnexpectedRoot(_))));
    let stranger: VaultId = "5f2c1e9a-0000-4000-8000-0123456789ab".parse().expect("an id");
    let other = |freshness: &mut FreshnessCheck| freshness.expected.vault_id = Some(stranger.clone());
    assert!(matches!(refused(&other), Refusal::Package(PackageRefusal::UnexpectedVault(_))));
    let expected = |freshness: &mut FreshnessCheck| {
        (freshness.expected.counter, freshness.demand) = (Some(1), FreshnessDemand::Required);
    };
    let (freshness, sha256) = check(&expected).expect("as expected");
    assert_eq!(freshness, Freshness::Expected);
    let same = |freshness: &mut FreshnessCheck| freshness.expected.sha256 = Some(sha256.clone());
    assert_eq!(check(&same).expect("as expected").0, Freshness::Remembered);
    fs::remove_dir_all(place.folder.path().join("auditor")).expect("forgotten");
    assert_eq!(check(&|_| {}).expect("not known").0, Freshness::NotChecked);
    fs::write(place.folder.path().join("file"), b"").expect("written");
    let unwritable = verify_package(&place.vault, &alice(), &place.freshness("file"), None);
    assert!(matches!(unwritable, Err(Error::Setup(SetupError::FreshnessState { .. }))), "{unwritable:?}");
    let reading = SignedReading { trusted: alice(), freshness: place.freshness("file"), region: None };
    assert!(matches!(reading.of(&place.vault), Err(Error::Setup(SetupError::FreshnessState { .. }))));
}
