//! Parts of a signed vault: what is written, and what reads and changes it where it was carried to.

use std::{collections::BTreeMap, fs, path::Path};

use super::{
    place::{Place, alice, export, key},
    region,
};
use crate::{
    error::{Error, PackageRefusal, Refusal, Result, SecretRefusal},
    kms::key_choice::KeyOptions,
    package::{PackageExport, PackageSigning, verify_package, write_archive},
    secret::SecretBytes,
    vault::{ListSecrets, PayloadKind, PutSecretValue, ReplicaRegion, ReplicateSecret, SecretValue, Vault, VerifyOptions, VersionSelector},
};

fn refused<T>(result: Result<T>) -> Refusal {
    match result.map(drop) {
        Err(Error::Service(refusal)) => *refusal,
        other => panic!("{other:?}"),
    }
}

/// Every file below a folder, by its path there.
pub(super) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("below").display().to_string();
                found.insert(below, fs::read(&path).expect("read"));
            }
        }
    }
    found
}

#[test]
fn a_part_has_what_its_region_needs_and_nothing_else() {
    let place = Place::new();
    place.create("mail");
    let root = place.sign(&key("ed25519"), None);
    let part = place.export(&["eu-west-1"], "part").expect("exported");
    let names: Vec<_> = files(part.root()).into_keys().collect();
    assert_eq!(names.len(), 1 + 2 + 1 + 2 + 2, "{names:?}");
    assert!(names.iter().filter(|name| name.ends_with(".bundle")).all(|name| name.contains("/eu-west-1.")), "{names:?}");
    let whole = files(place.vault.root());
    for (name, content) in files(part.root()) {
        let is_own = name == "coldseal.json" || name.ends_with("secret.json");
        assert!(is_own || whole.get(&name) == Some(&content), "{name}");
        let text = String::from_utf8_lossy(&content);
        assert!(!name.ends_with("secret.json") || !text.contains("ValueTag") && !text.contains("RecordTag"), "{text}");
    }
    let report = verify_package(&part, &alice(), &place.freshness("auditor"), None).expect("verified");
    assert!(report.is_sound() && report.root.sha256 == root.sha256, "{report:?}");
    let report = part.verify(VerifyOptions::default()).expect("verified");
    assert!(report.is_sound() && report.notes.is_empty() && report.bundles == 2, "{report:?}");
}

#[test]
fn no_region_is_named_where_one_came_along() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let part = place.export(&["eu-west-1"], "part").expect("exported");
    assert_eq!(place.signed_value_in(&part, alice(), "db", None).expect("opens"), "one");
    let get = |asked| part.get_secret_value(&place.kms(), "db", asked, &VersionSelector::default());
    let entry = get(None).expect("opens");
    assert_eq!((entry.arn.region(), entry.only_region_here), (region("eu-west-1"), None));
    let elsewhere = SecretRefusal::Elsewhere { region: region("us-west-2"), others: vec![region("eu-west-1")] };
    assert_eq!(refused(get(Some(region("us-west-2")))), Refusal::Secret(elsewhere));
    let described = part.describe_secret(None, "db", None).expect("described");
    assert_eq!((described.arn.region(), described.absent_bundle_regions.len()), (region("eu-west-1"), 0));
    let listed = part.list_secrets_matching(&ListSecrets::default()).expect("listed").entries;
    assert!(matches!(listed.as_slice(), [only] if only.arn.region() == region("eu-west-1")), "{listed:?}");
    let statuses = part.secret_statuses(None, &KeyOptions::default(), None, &[]).expect("told").entries;
    assert!(matches!(statuses.as_slice(), [only] if only.regions.len() == 1), "{statuses:?}");
    // Of several, the primary one answers.
    let both = place.export(&["us-west-2", "eu-west-1"], "both").expect("exported");
    let entry = both.get_secret_value(&place.kms(), "db", None, &VersionSelector::default()).expect("opens");
    assert_eq!(entry.arn.region(), region("us-west-2"));
}

#[test]
fn of_several_regions_without_the_primary_one_has_to_be_named() {
    let place = Place::new();
    let request = ReplicateSecret::new("db", vec![ReplicaRegion { region: "eu-central-1".to_owned(), kms_key_id: None }]);
    place.vault.replicate_secret_to_regions(&mut place.session(), &request).expect("replicated");
    place.sign(&key("ed25519"), None);
    let part = place.export(&["eu-central-1", "eu-west-1"], "part").expect("exported");
    let get = |asked| part.get_secret_value(&place.kms(), "db", asked, &VersionSelector::default());
    let expected = PackageRefusal::SeveralRegions { name: "db".to_owned(), regions: vec![region("eu-west-1"), region("eu-central-1")] };
    assert_eq!(refused(get(None)), Refusal::Package(expected));
    assert_eq!(get(Some(region("eu-central-1"))).expect("opens").arn.region(), region("eu-central-1"));
}

#[test]
fn a_part_is_changed_by_no_command_and_signed_by_nobody() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    let part = place.export(&["eu-west-1"], "part").expect("exported");
    let before = files(part.root());
    let value = SecretValue::new(PayloadKind::String, SecretBytes::new(b"two".to_vec())).expect("a value");
    let put = part.put_secret_value(&mut place.session(), &PutSecretValue::new("db", value));
    let (kms, freshness) = (place.kms(), place.freshness("signer"));
    let signing = PackageSigning { vault: &part, trusted: None, kms: Some(&kms), freshness: &freshness };
    let expected = || Refusal::Package(PackageRefusal::Part(vec![region("eu-west-1")]));
    assert_eq!([refused(put), refused(signing.plan()), refused(part.require_writable())], [expected(), expected(), expected()]);
    let after: BTreeMap<_, _> = files(part.root()).into_iter().filter(|(name, _)| name != ".lock").collect();
    assert_eq!(after, before);
}

#[test]
fn what_was_signed_is_exported_whatever_has_changed_since() {
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    place.put("db", "two");
    place.create("late");
    let (trusted, freshness, regions) = (alice(), place.freshness("exporter"), [region("eu-west-1")]);
    let export = PackageExport { vault: &place.vault, trusted: Some(&trusted), freshness: &freshness, regions: &regions };
    let plan = export.plan().expect("a plan");
    let names: Vec<_> = plan.not_signed.iter().map(|difference| difference.name.as_str()).collect();
    assert_eq!(names, ["db", "late"]);
    let part = place.export(&["eu-west-1"], "part").expect("exported");
    assert_eq!(place.signed_value_in(&part, alice(), "db", None).expect("opens"), "one");
    // Without signers, what anybody signed.
    let anybody = PackageExport { trusted: None, ..export };
    assert_eq!(anybody.plan().expect("a plan").counter(), 1);
}

#[test]
fn a_part_of_a_part_has_some_of_its_regions() {
    let place = Place::new();
    let unsigned = place.export(&["eu-west-1"], "none");
    assert!(matches!(refused(unsigned), Refusal::Package(PackageRefusal::NoRoot(_))));
    place.sign(&key("ed25519"), None);
    let other = refused(place.export(&["eu-central-1"], "none"));
    assert_eq!(other, Refusal::Package(PackageRefusal::NothingInRegion { region: region("eu-central-1"), counter: 1 }));
    let both = place.export(&["us-west-2", "eu-west-1"], "both").expect("exported");
    let freshness = place.freshness("exporter");
    let again = |vault: &Vault, name: &str, to: &str| export(vault, &freshness, &[name], &place.folder.path().join(to));
    let part = again(&both, "eu-west-1", "part").expect("exported");
    assert_eq!(files(part.root()), files(place.export(&["eu-west-1"], "directly").expect("exported").root()));
    let not_here = PackageRefusal::NotInPart { asked: region("us-west-2"), part: vec![region("eu-west-1")] };
    assert_eq!(refused(again(&part, "us-west-2", "none")), Refusal::Package(not_here));
    assert!(!place.folder.path().join("none").exists());
}

#[test]
fn a_bundle_that_is_not_the_signed_one_is_not_exported() {
    let bundles = |place: &Place| {
        let names: Vec<_> = files(place.vault.root()).into_keys().filter(|name| name.contains("/eu-west-1.")).collect();
        place.vault.root().join(&names[0])
    };
    let place = Place::new();
    place.sign(&key("ed25519"), None);
    fs::write(bundles(&place), b"another").expect("written");
    assert_eq!(refused(place.export(&["eu-west-1"], "none")), Refusal::Package(PackageRefusal::BundleChanged(bundles(&place))));
    place.export(&["us-west-2"], "other").expect("the other Region's is as it was");
    let path = bundles(&place);
    fs::remove_file(&path).expect("removed");
    assert_eq!(refused(place.export(&["eu-west-1"], "none")), Refusal::Package(PackageRefusal::BundleMissing(path)));
}

#[test]
fn an_archive_has_the_same_files_and_always_the_same_bytes() {
    let place = Place::new();
    place.create(&"long/".repeat(60));
    place.sign(&key("ed25519"), None);
    let part = place.export(&["eu-west-1"], "part").expect("exported");
    let (trusted, freshness, regions) = (alice(), place.freshness("exporter"), [region("eu-west-1")]);
    let export = PackageExport { vault: &place.vault, trusted: Some(&trusted), freshness: &freshness, regions: &regions };
    let archive = || {
        let mut bytes = Vec::new();
        let written = write_archive(&export.plan().expect("a plan"), &mut bytes).expect("written");
        (bytes, written)
    };
    let (bytes, written) = archive();
    assert_eq!(archive().0, bytes);
    let mut found = BTreeMap::new();
    for entry in tar::Archive::new(bytes.as_slice()).entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).expect("read");
        let header = entry.header();
        assert_eq!((header.mode().ok(), header.uid().ok(), header.gid().ok()), (Some(0o600), Some(0), Some(0)));
        found.insert(entry.path().expect("a path").display().to_string(), content);
    }
    assert_eq!(found, files(part.root()));
    assert_eq!((written.secrets, written.bundles, written.files), (2, 2, u64::try_from(found.len()).expect("few")));
    assert_eq!(written.bytes, found.values().map(|content| u64::try_from(content.len()).expect("short")).sum::<u64>());
}
