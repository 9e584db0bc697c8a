//! Two packages side by side.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::{
    place::{Place, key},
    region,
};
use crate::{
    error::{Error, PackageRefusal, Refusal, SetupError},
    package::{ChangedParts, ComparedContent, DiffSide, PackageDiff, SecretDiffKind, VersionDiffKind},
    region::Region,
};

fn side(place: &Place, content: ComparedContent) -> DiffSide {
    DiffSide::of(&place.vault, content).expect("read")
}

/// What the newest root and the records differ in.
fn since(place: &Place, asked: Option<Region>) -> PackageDiff {
    PackageDiff::between(&side(place, ComparedContent::NewestRoot), &side(place, ComparedContent::Records), asked)
}

/// How `db` has changed after this; `None` where it is the same.
fn parts_after(change: impl FnOnce(&Place)) -> Option<ChangedParts> {
    let place = Place::new();
    place.create("mail");
    place.sign(&key("ed25519"), None);
    change(&place);
    let mut diff = since(&place, None);
    let changed = diff.secrets.pop()?;
    assert_eq!((changed.name.as_str(), diff.secrets.len(), diff.same, diff.regions), ("db", 0, 1, None));
    match changed.kind {
        SecretDiffKind::Changed(parts) => Some(parts),
        other => panic!("{other:?}"),
    }
}

#[test]
fn metadata_is_told_by_its_members() {
    for (member, value) in [
        ("Description", json!("other")),
        ("Tags", json!([{"Key": "a", "Value": "b"}])),
        ("EncryptionContext", json!({"a": "b"})),
        ("DataKeyScope", json!("PerRegion")),
        ("KmsKeyId", json!("alias/theirs")),
        ("RotationRules", json!({"AutomaticallyAfterDays": 1})),
        ("LastChangedDate", json!("2030-01-01T00:00:00+00:00")),
    ] {
        let parts = parts_after(|place| place.forge("db", |record| record[member] = value)).expect("changed");
        assert_eq!(parts, ChangedParts { members: BTreeSet::from([member.to_owned()]), ..ChangedParts::default() });
    }
    let failed = parts_after(|place| place.forge("db", |record| record["ReplicationStatus"][0]["Status"] = "Failed".into()));
    assert_eq!(failed.expect("changed").members, BTreeSet::from(["ReplicationStatus".to_owned()]));
    let date = parts_after(|place| place.forge("db", |record| record["Versions"][0]["CreatedDate"] = "2030-01-01T00:00:00+00:00".into()));
    assert_eq!(date.expect("changed").members, BTreeSet::from(["Versions".to_owned()]));
    // What only a keystore can read says nothing to anybody else.
    let tagged = |record: &mut Value| record["Versions"][0]["ValueTag"]["Tag"] = "00".into();
    assert_eq!(parts_after(|place| place.forge("db", tagged)), None);
}

#[test]
fn a_new_value_moves_its_labels_and_is_no_value() {
    let parts = parts_after(|place| place.put("db", "two")).expect("changed");
    let [version] = parts.versions.as_slice() else { panic!("{parts:?}") };
    assert_eq!(version.kind, VersionDiffKind::NewValue);
    let labels: Vec<_> =
        parts.labels.iter().map(|moved| (moved.label.as_str(), moved.before.len(), moved.after.contains(&version.version_id))).collect();
    assert_eq!(labels, [("AWSCURRENT", 1, true), ("AWSPREVIOUS", 0, false)]);
    assert!(parts.keys.is_empty() && parts.regions_added.is_empty());
}

#[test]
fn other_bundles_of_one_version_are_sealed_anew() {
    let here = |digits: &'static str| {
        move |place: &Place| {
            place.forge("db", |record| {
                let bundle = &mut record["Versions"][0]["Bundles"][0];
                let region = bundle["Region"].as_str().expect("text").to_owned();
                bundle["SHA256"] = digits.repeat(64).into();
                bundle["File"] = format!("{region}.{}.bundle", digits.repeat(16)).into();
                bundle["KmsKeyId"] = format!("arn:aws:kms:{region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab").into();
            });
        }
    };
    let parts = parts_after(here("a")).expect("changed");
    let [version] = parts.versions.as_slice() else { panic!("{parts:?}") };
    let VersionDiffKind::Resealed(regions) = &version.kind else { panic!("{version:?}") };
    let [keys] = parts.keys.as_slice() else { panic!("{parts:?}") };
    assert_eq!(*regions, BTreeSet::from([keys.region]));
    assert_eq!((keys.added.len(), keys.removed.len()), (1, 1));
    assert!(keys.added.iter().all(|key| key.ends_with(":111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")));
}

#[test]
fn a_region_that_leaves_is_told_once() {
    let leave = |record: &mut Value| {
        record["ReplicationStatus"] = json!([]);
        let bundles = record["Versions"][0]["Bundles"].as_array_mut().expect("a list");
        bundles.retain(|bundle| bundle["Region"] == "us-west-2");
    };
    let parts = parts_after(|place| place.forge("db", leave)).expect("changed");
    assert_eq!(parts, ChangedParts { regions_removed: vec![region("eu-west-1")], ..ChangedParts::default() });
}

#[test]
fn secrets_are_added_and_removed_and_regions_can_be_asked_for() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    place.create("late");
    fs::remove_dir_all(place.secret_dir("db")).expect("removed");
    let told = |diff: &PackageDiff| -> Vec<(String, bool)> {
        diff.secrets.iter().map(|secret| (secret.name.clone(), secret.kind == SecretDiffKind::Added)).collect()
    };
    let expected = [("db".to_owned(), false), ("late".to_owned(), true)];
    assert_eq!(told(&since(&place, None)), expected);
    let asked = since(&place, Some(region("eu-west-1")));
    assert_eq!((told(&asked), asked.regions), (expected.to_vec(), Some(BTreeSet::from([region("eu-west-1")]))));
    assert_eq!(told(&since(&place, Some(region("us-east-1")))), []);
    // Roots differ as the records did.
    place.sign(&key("ed25519"), None);
    let roots = PackageDiff::between(&side(&place, ComparedContent::Root(1)), &side(&place, ComparedContent::Root(2)), None);
    assert_eq!(told(&roots), expected);
    let same = since(&place, None);
    assert_eq!((told(&same), same.same), (vec![], 1));
}

#[test]
fn what_is_named_is_a_vault_or_one_of_its_roots() {
    let place = Place::new();
    let none = DiffSide::of(&place.vault, ComparedContent::NewestRoot).expect_err("never signed");
    assert!(matches!(none, Error::Service(refusal) if matches!(*refusal, Refusal::Package(PackageRefusal::NoRoot(_)))));
    place.sign(&key("ed25519"), None);
    let by_path = DiffSide::at(&place.root_path(1), ComparedContent::Records).expect("a root");
    assert_eq!((by_path.root().map(|(counter, _)| *counter), by_path.vault_id()), (Some(1), place.vault.id().expect("read").as_ref()));
    let elsewhere = place.folder.path().join("1.json");
    fs::copy(place.root_path(1), &elsewhere).expect("copied");
    for path in [elsewhere, place.record_path("db")] {
        let refused = DiffSide::at(&path, ComparedContent::Records).expect_err("no root");
        assert!(matches!(refused, Error::Setup(SetupError::NotComparable(_))), "{refused}");
    }
    let refused = DiffSide::at(&place.folder.path().join("none"), ComparedContent::Records).expect_err("nothing there");
    assert!(matches!(refused, Error::Setup(SetupError::NoVault(_))), "{refused}");
    // What cannot be read is no difference.
    fs::write(place.record_path("db"), b"{").expect("written");
    assert!(matches!(DiffSide::of(&place.vault, ComparedContent::Records), Err(Error::Damaged { .. })));
    // Somebody's root without a signature is not the newest.
    let root = fs::read(place.root_path(1)).expect("read");
    fs::write(place.root_path(7), String::from_utf8(root).expect("UTF-8").replace("\"Counter\":1,", "\"Counter\":7,")).expect("written");
    assert_eq!(side(&place, ComparedContent::NewestRoot).root().map(|(counter, _)| *counter), Some(1));
}
