//! Parts that are brought to where they are read: the first one, the next ones, with faults at every call, and beside a reader.

use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::{
    exporting::files,
    place::{Place, alice, key},
    region,
};
use crate::{
    error::Result,
    package::{
        Freshness, FreshnessCheck, ImportPlan, ImportedSecrets, PackageExport, PackageImport, SignedReading, part_in_archive,
        verify_package, write_archive,
    },
    store::memory::{InjectedFault, MemoryStore, Writers},
    vault::{DeleteSecret, RecoveryWindow, Vault, VerifyOptions, VersionSelector},
};

pub(super) fn import(source: &Vault, target: &Vault, freshness: &FreshnessCheck) -> Result<ImportPlan> {
    let trusted = alice();
    let import = PackageImport { source, target, trusted: &trusted, freshness };
    let plan = import.plan()?;
    import.write(&plan)?;
    Ok(plan)
}

/// A vault whose first root has `db`, `gone` and `mail`, and whose second one a newer `db`, `late` and `mail`; both as parts for eu-west-1.
pub(super) fn two_deliveries() -> (Place, Vault, Vault) {
    let place = Place::new();
    place.create("gone");
    place.create("mail");
    place.sign(&key("ed25519"), None);
    let first = place.export(&["eu-west-1"], "first").expect("exported");
    place.put("db", "two");
    place.create("late");
    place.vault.remove_regions_from_replication(Some(&place.kms()), "gone", None, &["eu-west-1".to_owned()]).expect("removed");
    let removal = DeleteSecret { secret_id: "gone".to_owned(), region: None, recovery: RecoveryWindow::None };
    place.vault.delete_secret(Some(&place.kms()), &removal).expect("removed");
    place.sign(&key("ed25519"), None);
    let second = place.export(&["eu-west-1"], "second").expect("exported");
    (place, first, second)
}

fn read(place: &Place, vault: &Vault, freshness: FreshnessCheck, name: &str) -> Result<String> {
    let signed = SignedReading { trusted: alice(), freshness, region: None }.of(vault)?;
    let entry = signed.vault.get_secret_value(&place.kms(), name, None, &VersionSelector::default())?;
    Ok(String::from_utf8(entry.value.expose().to_vec()).expect("text"))
}

fn names(list: &[(String, crate::region::Region)]) -> Vec<&str> {
    list.iter().map(|(name, _)| name.as_str()).collect()
}

/// What is there is what was signed, nothing is missing, and nothing is left of before.
fn check_whole(target: &Vault, freshness: &FreshnessCheck) {
    let report = verify_package(target, &alice(), freshness, None).expect("verified");
    assert!(report.is_sound() && report.passed_over.is_empty() && report.chain.is_empty(), "{report:?}");
    let report = target.verify(VerifyOptions::default()).expect("verified");
    assert!(report.is_sound() && report.notes.is_empty(), "{report:?}");
}

#[test]
fn the_next_delivery_takes_the_place_of_the_first() {
    let (place, first, second) = two_deliveries();
    let target = Vault::new(place.folder.path().join("there/coldseal-vault"));
    let freshness = place.freshness("there");
    let plan = import(&first, &target, &freshness).expect("imported");
    assert_eq!((names(&plan.secrets.created), plan.freshness), (vec!["db", "gone", "mail"], Freshness::NotChecked));
    check_whole(&target, &freshness);
    let without_lock = |folder: &Path| files(folder).into_iter().filter(|(name, _)| name != ".lock").collect::<Vec<_>>();
    assert_eq!(without_lock(target.root()), without_lock(first.root()));
    assert_eq!(read(&place, &target, freshness.clone(), "db").expect("opens"), "one");
    let plan = import(&second, &target, &freshness).expect("imported");
    let ImportedSecrets { created, updated, unchanged, removed } = &plan.secrets;
    assert_eq!([names(created), names(updated), names(unchanged), names(removed)], [["late"], ["db"], ["mail"], ["gone"]]);
    assert_eq!(plan.freshness, Freshness::Remembered);
    check_whole(&target, &freshness);
    assert_eq!(without_lock(target.root()), without_lock(second.root()));
    assert_eq!(read(&place, &target, freshness.clone(), "db").expect("opens"), "two");
    // The same once more changes nothing.
    let plan = import(&second, &target, &freshness).expect("imported");
    assert_eq!(names(&plan.secrets.unchanged), ["db", "late", "mail"]);
    assert_eq!(without_lock(target.root()), without_lock(second.root()));
}

#[test]
fn an_archive_is_imported_as_the_folder_is() {
    let (place, _, second) = two_deliveries();
    let (trusted, freshness, regions) = (alice(), place.freshness("exporter"), [region("eu-west-1")]);
    let export = PackageExport { vault: &place.vault, trusted: Some(&trusted), freshness: &freshness, regions: &regions };
    let path = place.folder.path().join("part.tar");
    write_archive(&export.plan().expect("a plan"), File::create(&path).expect("made")).expect("written");
    let archive = part_in_archive(&path, File::open(&path).expect("opened")).expect("an archive");
    let report = verify_package(&archive, &alice(), &place.freshness("auditor"), None).expect("verified");
    assert!(report.is_sound(), "{report:?}");
    let target = Vault::new(place.folder.path().join("there/coldseal-vault"));
    import(&archive, &target, &place.freshness("there")).expect("imported");
    let imported: Vec<_> = files(target.root()).into_iter().filter(|(name, _)| name != ".lock").collect();
    assert_eq!(imported, files(second.root()).into_iter().collect::<Vec<_>>());
}

/// Has the second delivery fail at each of its calls: a reader gets what one of the roots names, and the same import again completes it.
fn with_faults(writers: Writers, fault: InjectedFault) {
    let (place, first, second) = two_deliveries();
    let mut kept = 0_u32;
    for call in 1.. {
        let store = Arc::new(MemoryStore::new(writers));
        let target = Vault::over(store.clone());
        let freshness = place.freshness(&format!("{writers:?}-{call}"));
        import(&first, &target, &freshness).expect("imported");
        store.calm();
        store.fail_at(call, fault);
        let imported = import(&second, &target, &freshness);
        if store.calm() < call {
            imported.expect("nothing has failed");
            assert!(call > 20, "there is more to fail at");
            return;
        }
        if fault == InjectedFault::Down {
            store.cut_power(|| {
                kept = kept.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                kept & (1 << 20) == 0
            });
        }
        let value = read(&place, &target, freshness.clone(), "db").expect("what a root names is there");
        assert!(["one", "two"].contains(&value.as_str()), "{value}");
        import(&second, &target, &freshness).unwrap_or_else(|error| panic!("after call {call}: {error}"));
        assert_eq!(read(&place, &target, freshness.clone(), "db").expect("opens"), "two");
        match writers {
            Writers::Locked => check_whole(&target, &freshness),
            // Nobody sweeps there what another writer left.
            Writers::Racing => assert!(verify_package(&target, &alice(), &freshness, None).expect("verified").is_sound()),
        }
    }
}

#[test]
fn a_power_cut_at_any_call_leaves_one_of_the_roots() {
    with_faults(Writers::Locked, InjectedFault::Down);
}

#[test]
fn a_call_that_fails_leaves_one_of_the_roots() {
    with_faults(Writers::Locked, InjectedFault::Refused);
}

#[test]
fn a_call_that_may_have_been_done_leaves_one_of_the_roots() {
    with_faults(Writers::Racing, InjectedFault::Unknown);
}

#[test]
fn a_first_import_that_was_stopped_is_completed() {
    let (place, first, _) = two_deliveries();
    for call in 1.. {
        let store = Arc::new(MemoryStore::new(Writers::Locked));
        let target = Vault::over(store.clone());
        let freshness = place.freshness(&format!("first-{call}"));
        store.fail_at(call, InjectedFault::Down);
        let imported = import(&first, &target, &freshness);
        if store.calm() < call {
            imported.expect("nothing has failed");
            return;
        }
        store.cut_power(|| false);
        import(&first, &target, &freshness).unwrap_or_else(|error| panic!("after call {call}: {error}"));
        check_whole(&target, &freshness);
    }
}

#[test]
fn a_reader_goes_on_beside_imports() {
    let (place, first, second) = two_deliveries();
    let target = Vault::new(place.folder.path().join("there/coldseal-vault"));
    let freshness = place.freshness("there");
    import(&first, &target, &freshness).expect("imported");
    let done = AtomicBool::new(false);
    let (anew, kept) = thread::scope(|scope| {
        let signed = SignedReading { trusted: alice(), freshness: freshness.clone(), region: None }.of(&target).expect("signed");
        let reads_anew = scope.spawn(|| {
            let mut values = Vec::new();
            while !done.load(Ordering::SeqCst) {
                values.push(read(&place, &target, freshness.clone(), "db").expect("as it was signed"));
            }
            values
        });
        // Like a service, which was started before.
        let (done, place) = (&done, &place);
        let reads_on = scope.spawn(move || {
            let mut values = Vec::new();
            while !done.load(Ordering::SeqCst) {
                let entry = signed.vault.get_secret_value(&place.kms(), "db", None, &VersionSelector::default()).expect("as it was signed");
                values.push(String::from_utf8(entry.value.expose().to_vec()).expect("text"));
            }
            values
        });
        thread::sleep(std::time::Duration::from_millis(50));
        import(&second, &target, &freshness).expect("imported");
        thread::sleep(std::time::Duration::from_millis(50));
        done.store(true, Ordering::SeqCst);
        (reads_anew.join().expect("reads on"), reads_on.join().expect("reads on"))
    });
    for values in [anew, kept] {
        assert!(values.is_sorted() && values.first().is_some_and(|value| value == "one"), "{values:?}");
        assert_eq!(values.last().map(String::as_str), Some("two"));
    }
}
