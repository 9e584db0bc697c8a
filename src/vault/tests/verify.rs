//! What `verify` finds: one test for each kind of fault.

use super::*;
use crate::vault::record::{BundleRecord, Replaced};

/// Exactly one fault, which has this in its message.
fn assert_fault(report: &VerifyReport, expected: &str) {
    assert!(report.faults.len() == 1 && report.faults[0].message.contains(expected), "'{expected}': {report:?}");
}

fn change_record(place: &Place, change: impl FnOnce(&mut SecretRecord)) {
    let mut record = place.record("us-west-2", "db");
    change(&mut record);
    place.write_record(&record);
}

fn change_bundle(place: &Place, change: impl FnOnce(&mut BundleRecord)) {
    change_record(place, |record| change(&mut record.versions[0].bundles[0]));
}

fn opening(kms: &EmbeddedKms) -> VerifyOptions<'_> {
    VerifyOptions { kms: Some(kms), ..VerifyOptions::default() }
}

#[test]
fn a_sound_vault_is_counted() {
    let place = Place::with_secret(&["eu-west-1"]);
    place.create(&request("other", &[])).expect("created");
    let report = place.verify();
    assert_eq!((report.secrets, report.bundles, report.open), (2, 3, None));
    let open = place.verify_open().open.expect("counts");
    assert_eq!((open.opened, open.not_openable_here, open.failed), (3, 0, 0));
    place.assert_clean();
}

#[test]
fn every_flipped_bit_is_found_without_a_key() {
    let place = Place::with_secret(&[]);
    let path = place.bundle("us-west-2");
    let bytes = fs::read(&path).expect("reads");
    for index in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[index / 8] ^= 1 << (index % 8);
        fs::write(&path, flipped).expect("written");
        assert!(!place.verify().is_sound(), "bit {index}");
    }
    fs::write(&path, bytes).expect("written");
    place.assert_clean();
}

#[test]
fn a_damaged_structure_is_named_by_its_field() {
    let place = Place::with_secret(&[]);
    let path = place.bundle("us-west-2");
    let bytes = fs::read(&path).expect("reads");
    fs::write(&path, &bytes[..bytes.len() - 1]).expect("written");
    assert_fault(&place.verify(), "malformed message");
    fs::write(&path, [&bytes[..], b"x"].concat()).expect("written");
    assert_fault(&place.verify(), "malformed message");
    let open = place.verify_open().open.expect("counts");
    assert_eq!((open.opened, open.failed), (0, 1));
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("made");
    assert_eq!(place.verify().faults.len(), 1, "a folder is not a bundle");
}

#[test]
fn size_and_hash_are_those_on_record() {
    let place = Place::with_secret(&[]);
    change_bundle(&place, |bundle| bundle.size += 1);
    assert_fault(&place.verify(), "on record");
    // The tag of a frame says nothing without a key; the hash does.
    let place = Place::with_secret(&[]);
    let path = place.bundle("us-west-2");
    let mut bytes = fs::read(&path).expect("reads");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(&path, bytes).expect("written");
    assert_fault(&place.verify(), "its SHA-256 is not the one on record");
}

#[test]
fn a_missing_file_is_a_fault() {
    let place = Place::with_secret(&["eu-west-1"]);
    fs::remove_file(place.bundle("eu-west-1")).expect("removed");
    assert_fault(&place.verify(), "the file is missing");
    assert_eq!(place.verify_open().open.expect("counts").failed, 1);
    let error = place.get("db", Some("eu-west-1")).expect_err("missing");
    assert!(error.to_string().contains("eu-west-1."), "{error}");
}

#[test]
fn each_region_has_one_bundle() {
    let place = Place::with_secret(&["eu-west-1"]);
    change_record(&place, |record| _ = record.versions[0].bundles.pop());
    let report = place.verify();
    assert_fault(&report, "has no bundle for eu-west-1");
    assert_eq!(report.notes.len(), 1, "its file is a leftover now");
    assert_refused(place.get("db", Some("eu-west-1")), ErrorCode::DecryptionFailure, &["has no bundle for eu-west-1"]);

    let place = Place::with_secret(&["eu-west-1"]);
    change_record(&place, |record| _ = record.replication_status.pop());
    assert_fault(&place.verify(), "has a bundle for eu-west-1 that does not belong to it");

    let place = Place::with_secret(&[]);
    change_record(&place, |record| {
        let bundle = record.versions[0].bundles[0].clone();
        record.versions[0].bundles.push(bundle);
    });
    assert_fault(&place.verify(), "has a bundle for us-west-2 that does not belong to it");
}

#[test]
fn the_key_on_record_wraps_the_data_key() {
    let place = Place::with_secret(&[]);
    change_bundle(&place, |bundle| {
        bundle.kms_key_id = "arn:aws:kms:us-west-2:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_owned();
    });
    assert_fault(&place.verify(), "not wrapped under the key on record");
}

/// As in AWS, it stays under its key when it comes into use.
#[test]
fn a_version_under_an_earlier_key_may_come_into_use() {
    let place = Place::new();
    let [first, second, other] = [0; 3].map(|_| place.make_key("us-west-2"));
    let created = place.create(&CreateSecret { kms_key_id: Some(first), ..request("db", &["eu-west-1"]) }).expect("created");
    let put = PutSecretValue { version_stages: vec!["blue".to_owned()], ..PutSecretValue::new("db", text("blue")) };
    let blue = place.put(&put).expect("put").version_id;
    let to_key = UpdateSecret { kms_key_id: Some(second.clone()), ..UpdateSecret::new("db") };
    place.vault.update_secret(&mut place.session(), &to_key).expect("updated");
    place.assert_clean();
    let moved = UpdateSecretVersionStage {
        remove_from_version_id: created.version_id,
        move_to_version_id: blue,
        ..UpdateSecretVersionStage::new("db", "AWSCURRENT")
    };
    place.vault.update_secret_version_stage(Some(&place.kms()), &moved).expect("moved");
    assert_eq!((place.value_in("us-west-2"), place.value_in("eu-west-1")), ("blue".to_owned(), "blue".to_owned()));
    for report in [place.verify(), place.verify_open()] {
        assert!(report.is_sound() && report.notes.len() == 1, "{report:?}");
        assert!(report.notes[0].message.contains(&format!("other versions are under {second}, which the record names")), "{report:?}");
    }
    // A key under which there is no version is named by somebody who sealed none.
    let sound = place.record("us-west-2", "db");
    change_record(&place, |record| record.kms_key_id = Some(other.clone()));
    let faults = place.verify().faults;
    assert!(faults.len() == 2 && faults.iter().all(|fault| fault.message.contains(&format!("the record names {other}"))), "{faults:?}");
    place.write_record(&sound);
    place.rewrap(None, None).expect("rewrapped");
    place.assert_clean();
}

#[test]
fn no_other_key_wraps_the_data_key() {
    let place = Place::new();
    let other = place.make_key("us-west-2");
    let other = place.kms().resolve(region("us-west-2"), &other).expect("there");
    let keys = KeyOptions { recovery_keys: vec![RecoveryKey::Kms(other)], ..KeyOptions::default() };
    place.create_with(&keys, &request("db", &[])).expect("created");
    place.assert_clean();
    // A record without the list says that there is only one.
    change_bundle(&place, |bundle| bundle.encrypted_data_keys.clear());
    for report in [place.verify(), place.verify_open()] {
        assert_fault(&report, "not wrapped under the keys on record, and no others");
    }
}

#[test]
fn a_copy_elsewhere_shares_its_message_id() {
    let place = Place::with_secret(&[]);
    let copy = place.folder.path().join("copy.bundle");
    fs::copy(place.bundle("us-west-2"), &copy).expect("copied");
    let report = verify_paths(&[place.vault.root().to_owned(), copy.clone()], VerifyOptions::default()).expect("verifies");
    assert_fault(&report, "has the message id of");
    assert_eq!(report.faults[0].path, copy);
}

#[test]
fn a_path_that_is_named_twice_is_no_copy() {
    let place = Place::with_secret(&["eu-west-1"]);
    let (dir, bundle) = (place.dir("us-west-2", "db"), place.bundle("eu-west-1"));
    let indirect = dir.join("..").join(dir.file_name().expect("a name"));
    let paths = [place.vault.root().to_owned(), dir, indirect, bundle.clone(), bundle];
    let report = verify_paths(&paths, VerifyOptions::default()).expect("verifies");
    assert!(report.is_sound(), "{report:?}");
}

#[test]
fn strangers_in_the_vault_are_notes() {
    let place = Place::with_secret(&[]);
    let root = place.vault.root();
    let strangers = [
        root.join(".coldseal-tmp-abc"),
        root.join("secrets/notes.txt"),
        root.join("secrets/us-west-2/notes.txt"),
        place.dir("us-west-2", "db").join("notes.txt"),
        place.bundle("us-west-2").with_file_name("notes.txt"),
    ];
    for path in &strangers {
        fs::write(path, b"").expect("written");
    }
    fs::create_dir(root.join("secrets/us-north-7")).expect("made");
    let report = place.verify();
    assert!(report.is_sound(), "{report:?}");
    let mut noted: Vec<_> = report.notes.into_iter().map(|note| note.path).collect();
    let mut expected = strangers.to_vec();
    expected.push(root.join("secrets/us-north-7"));
    noted.sort();
    expected.sort();
    assert_eq!(noted, expected);
}

#[test]
fn bundles_that_do_not_open_here_are_counted_apart() {
    let place = Place::new();
    let key = place.make_key("eu-west-1");
    place.create(&CreateSecret { replicas: vec![replica_under("eu-west-1", &key)], ..request("db", &["us-east-1"]) }).expect("created");
    place.keys(|kms| kms.disable_key(region("eu-west-1"), &key).expect("disabled"));
    let counts = |report: VerifyReport| {
        let open = report.open.expect("counts");
        (open.opened, open.not_openable_here, open.failed)
    };
    let report = place.verify_open();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(counts(report), (1, 1, 0));
    let other = place.elsewhere();
    other.make_key("us-west-2");
    assert_eq!(counts(other.verify_open()), (0, 2, 0));

    let lone = |path: PathBuf| counts(verify_paths(&[path], opening(&place.kms())).expect("verifies"));
    assert_eq!(lone(place.bundle("us-west-2")), (1, 0, 0));
    assert_eq!(lone(place.bundle("eu-west-1")), (0, 1, 0));
}

#[test]
fn a_value_that_is_not_the_one_on_record_fails() {
    let place = Place::with_secret(&[]);
    change_record(&place, |record| record.versions[0].value_tag.as_mut().expect("a tag").tag = "00".repeat(32));
    assert!(place.verify().is_sound(), "nobody can tell without the keystore");
    let report = place.verify_open();
    assert_fault(&report, "its value is not the one on record");
    assert_eq!(report.open.expect("counts").failed, 1);
}

#[test]
fn a_bundle_that_is_named_by_itself_is_opened() {
    let place = Place::with_secret(&[]);
    let path = place.bundle("us-west-2");
    let mut bytes = fs::read(&path).expect("reads");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(&path, bytes).expect("written");
    assert!(verify_paths(std::slice::from_ref(&path), VerifyOptions::default()).expect("verifies").is_sound(), "its structure is");
    let report = verify_paths(&[path], opening(&place.kms())).expect("verifies");
    assert_fault(&report, "could not be decrypted");
    assert_eq!(report.open.expect("counts").failed, 1);
}

#[test]
fn paths_that_are_nothing_of_the_kind_are_refused() {
    let place = Place::with_secret(&[]);
    let stray = place.folder.path().join("stray");
    copy_record(&place, &stray);
    for (path, expected) in [
        (place.folder.path().join("none"), "there is nothing at"),
        (place.folder.path().to_owned(), "neither a vault, nor the folder of a secret, nor a bundle"),
        (stray, "is not in the folder of a Region"),
    ] {
        let error = verify_paths(&[path], VerifyOptions::default()).expect_err("refused");
        assert!(matches!(&error, Error::Setup(why) if why.to_string().contains(expected)), "{error}");
    }
    let report = verify_paths(&[place.dir("us-west-2", "db")], VerifyOptions::default()).expect("verifies");
    assert!(report.is_sound() && report.bundles == 1);
}

fn copy_record(place: &Place, to: &Path) {
    fs::create_dir(to).expect("made");
    fs::copy(place.dir("us-west-2", "db").join("secret.json"), to.join("secret.json")).expect("copied");
}

#[test]
fn of_one_region_only_its_bundles_are_checked() {
    let place = Place::with_secret(&["us-east-1", "eu-west-1"]);
    let paths = [place.vault.root().to_owned()];
    let kms = place.kms();
    let of = |name: &str| {
        verify_paths(&paths, VerifyOptions { kms: Some(&kms), region: Some(region(name)), ..VerifyOptions::default() }).expect("verifies")
    };
    fs::remove_file(place.bundle("us-west-2")).expect("removed");
    fs::write(place.bundle("us-east-1"), "damaged").expect("written");
    let report = of("eu-west-1");
    let (open, others) = (report.open.expect("counts"), report.other_regions.expect("counts"));
    assert!(report.is_sound() && (report.secrets, report.bundles, open.opened) == (1, 1, 1), "{report:?}");
    assert_eq!((others.bundles, others.absent), (2, 1));
    assert_fault(&of("us-west-2"), "the file is missing");
    assert_eq!(of("us-east-1").bundles, 1);
    assert!(!of("us-east-1").is_sound() && !place.verify().is_sound());
    // What a record says of its own Regions is checked whichever is asked about.
    change_record(&place, |record| _ = record.versions[0].bundles.pop());
    assert_fault(&of("eu-west-1"), "has no bundle for eu-west-1");
    // A bundle by itself says which Region it is for, and is none of another one.
    let place = Place::with_secret(&["eu-west-1"]);
    let lone = |name: &str| {
        let options = VerifyOptions { region: Some(region(name)), ..VerifyOptions::default() };
        verify_paths(&[place.bundle("eu-west-1")], options).expect("verifies")
    };
    assert!(lone("eu-west-1").is_sound());
    assert_fault(&lone("us-west-2"), "tells the Region eu-west-1, and us-west-2 is asked about");
}

#[test]
fn two_secrets_of_one_name_in_one_region_are_a_fault() {
    let place = Place::with_secret(&["eu-west-1"]);
    let mut there = request("db", &[]);
    there.region = region("us-east-1");
    place.create(&there).expect("another secret of the name, in a Region that the first is not in");
    place.assert_clean();
    let mut record = place.record("us-east-1", "db");
    let moved = place.record("us-west-2", "db").versions[0].bundle(region("eu-west-1")).cloned();
    record.versions[0].bundles.extend(moved);
    record.replication_status = place.record("us-west-2", "db").replication_status;
    place.write_record(&record);
    let clash = "is in eu-west-1, where arn:aws:secretsmanager:";
    let faults = place.verify().faults;
    assert_eq!(faults.iter().filter(|fault| fault.message.contains(clash)).count(), 1, "{faults:?}");
    // One that says that it took the other's place may be beside what is left of it.
    record.replaces.push(Replaced { region: region("eu-west-1"), arn: place.record("us-west-2", "db").arn });
    place.write_record(&record);
    let faults = place.verify().faults;
    assert!(!faults.iter().any(|fault| fault.message.contains(clash)), "{faults:?}");
}
