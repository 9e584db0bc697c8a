//! What somebody does to a part on its way, or where it was brought: each is refused as what it is, and nothing is changed.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{
    exporting::files,
    importing::{import, two_deliveries},
    place::{Place, alice, key, put_signed_in, trusted},
    region,
};
use crate::{
    error::{Damage, Error, ManifestFault, PackageRefusal, Refusal, Result},
    package::{PackageImport, manifest_root::ManifestRoot},
    timestamp::Timestamp,
    vault::{Vault, VaultId},
};

fn refused<T>(result: Result<T>) -> PackageRefusal {
    match result.map(drop) {
        Err(Error::Service(refusal)) => match *refusal {
            Refusal::Package(refusal) => refusal,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Has a part for eu-west-1 with `db` and `mail` attacked and imported; nothing may come of it.
fn delivered(attack: impl FnOnce(&Path)) -> (Error, PathBuf) {
    let place = Place::new();
    place.create("mail");
    place.sign(&key("ed25519"), None);
    let part = place.export(&["eu-west-1"], "part").expect("exported");
    attack(part.root());
    let target = Vault::new(place.folder.path().join("there"));
    let error = import(&part, &target, &place.freshness("seen")).map(drop).expect_err("refused");
    assert!(!target.root().exists() && !place.folder.path().join("seen").exists(), "{error}");
    (error, part.root().to_owned())
}

fn package_refusal(attack: impl FnOnce(&Path)) -> PackageRefusal {
    refused::<()>(Err(delivered(attack).0))
}

/// The file of the part whose path has these words in it.
fn find(part: &Path, words: &[&str]) -> PathBuf {
    let found = files(part).into_keys().find(|name| words.iter().all(|word| name.contains(word)));
    part.join(found.expect("there is one"))
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut json = serde_json::from_slice(&fs::read(path).expect("read")).expect("JSON");
    change(&mut json);
    fs::write(path, serde_json::to_vec_pretty(&json).expect("JSON")).expect("written");
}

#[test]
fn a_record_that_is_not_what_was_signed_is_refused() {
    let record = |part: &Path| find(part, &["/db/secret.json"]);
    let changed = package_refusal(|part| edit(&record(part), |record| record["Description"] = "forged".into()));
    assert_eq!(changed, PackageRefusal::RecordChanged("db".to_owned()));
    let missing = package_refusal(|part| fs::remove_file(record(part)).expect("removed"));
    assert_eq!(missing, PackageRefusal::RecordMissing("db".to_owned()));
    let added = package_refusal(|part| {
        let folder = record(part).parent().expect("a folder").with_file_name("extra");
        fs::create_dir(&folder).expect("made");
        fs::copy(record(part), folder.join("secret.json")).expect("copied");
        edit(&folder.join("secret.json"), |record| {
            record["ARN"] = record["ARN"].as_str().expect("text").replace(":secret:db-", ":secret:extra-").into();
            record["Name"] = "extra".into();
        });
    });
    assert_eq!(added, PackageRefusal::RecordNotListed("extra".to_owned()));
}

#[test]
fn a_bundle_that_is_missing_or_another_is_refused() {
    let bundle = |part: &Path| find(part, &["/db/", ".bundle"]);
    let mut place = PathBuf::new();
    let missing = package_refusal(|part| {
        place = bundle(part);
        fs::remove_file(&place).expect("removed");
    });
    assert_eq!(missing, PackageRefusal::BundleMissing(place.clone()));
    for content in [&b"another"[..], &[0; 4096]] {
        let changed = package_refusal(|part| {
            place = bundle(part);
            fs::write(&place, content).expect("written");
        });
        assert_eq!(changed, PackageRefusal::BundleChanged(place.clone()));
    }
}

#[test]
fn a_file_that_the_root_does_not_name_is_refused() {
    let copied = |part: &Path, words: &[&str], name: &str| {
        let to = find(part, words).with_file_name(name);
        fs::copy(find(part, words), &to).expect("copied");
        to
    };
    let planted = "9007199254740991.json";
    let attacks: [(&[&str], String); 6] = [
        (&["coldseal.json"], "run.sh".to_owned()),
        (&["manifests/1.json"], planted.to_owned()),
        (&["manifests/1.", ".sig"], format!("1.{}.sig", "0".repeat(16))),
        (&["manifests/pages/"], format!("{}.json", "0".repeat(64))),
        (&["/db/", ".bundle"], format!("us-west-2.{}.bundle", "0".repeat(16))),
        (&["/db/secret.json"], "notes.txt".to_owned()),
    ];
    for (words, name) in attacks {
        let mut place = PathBuf::new();
        let surplus = package_refusal(|part| place = copied(part, words, &name));
        assert_eq!(surplus, PackageRefusal::SurplusFile(place));
    }
}

#[test]
fn a_link_in_the_place_of_a_file_is_not_followed() {
    for words in [&["/db/secret.json"][..], &["/db/", ".bundle"], &["manifests/pages/"], &["manifests/1.json"], &["manifests/1.", ".sig"]] {
        let (error, _) = delivered(|part| {
            let (place, elsewhere) = (find(part, words), part.with_file_name("elsewhere"));
            fs::rename(&place, &elsewhere).expect("moved");
            symlink(&elsewhere, &place).expect("linked");
        });
        let told = error.to_string();
        let is_link = matches!(&error, Error::Damaged { what: Damage::Link, .. }) || told.contains("symbolic link");
        assert!(is_link || matches!(refused::<()>(Err(error)), PackageRefusal::SurplusFile(_)), "{words:?}");
    }
}

#[test]
fn the_regions_that_a_part_says_are_those_that_it_was_made_for() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let target = Vault::new(place.folder.path().join("there"));
    let freshness = place.freshness("seen");
    let say = |part: &Vault, regions: Value| edit(&part.root().join("coldseal.json"), |marker| marker["Regions"] = regions);
    let fewer = place.export(&["us-west-2", "eu-west-1"], "fewer").expect("exported");
    say(&fewer, json!(["eu-west-1"]));
    assert_eq!(refused(import(&fewer, &target, &freshness)), PackageRefusal::RecordChanged("db".to_owned()));
    let more = place.export(&["eu-west-1"], "more").expect("exported");
    say(&more, json!(["eu-west-1", "us-west-2"]));
    let missing = import(&more, &target, &freshness).map(drop);
    assert!(matches!(missing, Err(Error::Damaged { what: Damage::Manifest(ManifestFault::Missing), .. })), "{missing:?}");
    let whole = refused(import(&place.vault, &target, &freshness));
    assert_eq!(whole, PackageRefusal::NotAPart(place.vault.root().to_owned()));
    assert!(matches!(refused(import(&Vault::new("/nowhere"), &target, &freshness)), PackageRefusal::NotAPart(_)));
    // A target has the Regions of the first import.
    import(&place.export(&["eu-west-1"], "part").expect("exported"), &target, &freshness).expect("imported");
    let both = place.export(&["us-west-2", "eu-west-1"], "both").expect("exported");
    let expected =
        PackageRefusal::PartForOtherRegions { found: vec![region("eu-west-1"), region("us-west-2")], known: vec![region("eu-west-1")] };
    assert_eq!(refused(import(&both, &target, &freshness)), expected);
    let into_whole = refused(import(&both, &place.vault, &place.freshness("elsewhere")));
    assert_eq!(into_whole, PackageRefusal::IntoWholeVault(place.vault.root().to_owned()));
}

#[test]
fn what_was_replaced_does_not_come_back() {
    let (place, first, second) = two_deliveries();
    let target = Vault::new(place.folder.path().join("there"));
    import(&first, &target, &place.freshness("seen")).expect("imported");
    import(&second, &target, &place.freshness("seen")).expect("imported");
    let before = files(target.root());
    // What is there tells, with or without what is remembered; and what is remembered, where nothing is there.
    for (target, state) in [(&target, "seen"), (&target, "new"), (&Vault::new(place.folder.path().join("other")), "seen")] {
        assert_eq!(refused(import(&first, target, &place.freshness(state))), PackageRefusal::Older { found: 1, known: 2 });
    }
    // Signed under one number by the same hand.
    let root = fs::read(second.root().join("manifests/2.json")).expect("read");
    let mut other = ManifestRoot::read(&root, 2).expect("a root");
    other.previous = None;
    put_signed_in(&second, &other.write().expect("written"), 2);
    for state in ["seen", "new"] {
        assert_eq!(refused(import(&second, &target, &place.freshness(state))), PackageRefusal::OtherRoot(2));
    }
    let mut late = other;
    (late.counter, late.time) = (3, "2020-01-01T00:00:00Z".parse::<Timestamp>().expect("a time"));
    for file in ["2.json".to_owned(), format!("2.{}.sig", key("ed25519").public_key().digest())] {
        fs::remove_file(second.root().join("manifests").join(file)).expect("removed");
    }
    put_signed_in(&second, &late.write().expect("written"), 3);
    assert!(matches!(refused(import(&second, &target, &place.freshness("new"))), PackageRefusal::BackDated { .. }));
    assert_eq!(files(target.root()), before);
}

#[test]
fn a_part_of_another_vault_is_refused() {
    let (production, staging) = (Place::new(), Place::new());
    let part = |place: &Place| {
        place.sign(&key("ed25519"), None);
        place.export(&["eu-west-1"], "part").expect("exported")
    };
    let (own, other) = (part(&production), part(&staging));
    let target = Vault::new(production.folder.path().join("there"));
    import(&own, &target, &production.freshness("seen")).expect("imported");
    let remembered = refused(import(&other, &target, &production.freshness("seen")));
    assert!(matches!(remembered, PackageRefusal::OtherVault { .. }), "{remembered:?}");
    let there = refused(import(&other, &target, &production.freshness("new")));
    assert!(matches!(there, PackageRefusal::PartOfOtherVault { .. }), "{there:?}");
    // Its own id in the marker of another vault's part.
    fs::copy(own.root().join("coldseal.json"), other.root().join("coldseal.json")).expect("copied");
    assert!(matches!(refused(import(&other, &target, &production.freshness("new"))), PackageRefusal::NoneAccepted { .. }));
    let accepted: VaultId = own.id().expect("read").expect("an id");
    let mut freshness = production.freshness("other");
    freshness.expected.vault_id = Some(accepted);
    import(&own, &target, &freshness).expect("as expected");
}

#[test]
fn what_no_signer_signed_is_refused() {
    let place = Place::new();
    place.sign(&key("ecdsa-256"), None);
    let signed_by_other = trusted(&[("bob", "", "ecdsa-256")], 1);
    let freshness = place.freshness("seen");
    let plan = crate::package::PackageExport {
        vault: &place.vault,
        trusted: Some(&signed_by_other),
        freshness: &freshness,
        regions: &[region("eu-west-1")],
    };
    let part = place.folder.path().join("part");
    let put = |path: &Path, content: &[u8]| {
        fs::create_dir_all(part.join(path).parent().expect("a folder")).expect("made");
        fs::write(part.join(path), content).map_err(|error| Error::io_at("writing", path, error))
    };
    plan.plan().expect("a plan").write(&mut |path, content| put(path, content)).expect("written");
    let (source, target) = (Vault::new(&part), Vault::new(place.folder.path().join("there")));
    let fresh = place.freshness("fresh");
    assert!(matches!(refused(import(&source, &target, &fresh)), PackageRefusal::NoneAccepted { .. }));
    let two = trusted(&[("alice", "", "ed25519"), ("bob", "", "ecdsa-256")], 2);
    let import = PackageImport { source: &source, target: &target, trusted: &two, freshness: &fresh };
    assert!(matches!(refused(import.plan()), PackageRefusal::NoneAccepted { .. }));
    assert!(PackageImport { trusted: &signed_by_other, ..import }.plan().is_ok());
}

#[test]
fn what_was_changed_where_it_was_brought_is_not_overwritten() {
    let (place, first, second) = two_deliveries();
    for attack in [0, 1] {
        let target = Vault::new(place.folder.path().join(format!("there-{attack}")));
        let freshness = place.freshness(&format!("state-{attack}"));
        import(&first, &target, &freshness).expect("imported");
        let record = find(target.root(), &["/mail/secret.json"]);
        let expected = if attack == 0 {
            edit(&record, |record| record["Description"] = "ours".into());
            "mail"
        } else {
            let folder = record.parent().expect("a folder").with_file_name("ours");
            fs::create_dir(&folder).expect("made");
            fs::copy(&record, folder.join("secret.json")).expect("copied");
            edit(&folder.join("secret.json"), |record| {
                record["ARN"] = record["ARN"].as_str().expect("text").replace(":secret:mail-", ":secret:ours-").into();
                record["Name"] = "ours".into();
            });
            "ours"
        };
        let before = files(target.root());
        for part in [&first, &second] {
            assert_eq!(refused(import(part, &target, &freshness)), PackageRefusal::LocalChanges(vec![expected.to_owned()]));
        }
        assert_eq!(files(target.root()), before);
    }
}

#[test]
fn what_changes_between_look_and_import_is_looked_at_again() {
    let (place, first, second) = two_deliveries();
    let target = Vault::new(place.folder.path().join("there"));
    let (trusted, freshness) = (alice(), place.freshness("seen"));
    import(&first, &target, &freshness).expect("imported");
    let again = PackageImport { source: &second, target: &target, trusted: &trusted, freshness: &freshness };
    let plan = again.plan().expect("a plan");
    fs::remove_dir_all(find(target.root(), &["/gone/secret.json"]).parent().expect("a folder")).expect("removed");
    assert_eq!(refused(again.write(&plan)), PackageRefusal::TargetChanged(target.root().to_owned()));
    import(&second, &target, &freshness).expect("imported");
}
