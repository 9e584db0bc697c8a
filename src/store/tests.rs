//! What every store promises.

#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

use std::sync::Arc;

use tempfile::TempDir;

use super::{
    local::LocalStore,
    memory::{MemoryStore, Writers},
    *,
};
use crate::crypto::sha256;

const SIZES: [GroupSize; 2] = [GroupSize::One, GroupSize::Many];

/// Runs a test over each store, with a vault in it.
fn over_each(test: impl Fn(&dyn Store, GroupSize)) {
    for size in SIZES {
        let folder = TempDir::new().expect("a folder");
        let stores: [Arc<dyn Store>; 3] = [
            Arc::new(LocalStore::new(folder.path().join("vault"))),
            Arc::new(MemoryStore::new(Writers::Locked)),
            Arc::new(MemoryStore::new(Writers::Racing)),
        ];
        for store in stores {
            assert!(!store.exists().expect("can be told"));
            store.initialize(b"marker").expect("made");
            store.initialize(b"another").expect("another writer was first");
            assert_eq!((store.exists().expect("can be told"), store.marker().expect("readable")), (true, b"marker".to_vec()));
            test(&*store, size);
        }
    }
}

fn region(name: &str) -> Region {
    Region::new(name).expect("known")
}

fn secret(primary: &str) -> SecretKey {
    SecretKey { name: NameKey::of("Db"), primary: region(primary) }
}

fn blob(secret: &SecretKey, message: &[u8]) -> BlobKey {
    let file = bundle_file(region("us-east-1"), &sha256(message));
    BlobKey { secret: secret.clone(), version: encode("V1"), file }
}

fn read(store: &dyn Store) -> Records {
    let mut records = Records::default();
    store.read(&NameKey::of("Db"), &store.regions(), &mut records).expect("readable");
    records
}

/// `None` where the blob is not there.
fn message(store: &dyn Store, blob: &BlobKey) -> Option<Vec<u8>> {
    let opened = store.open(blob).expect("can be told")?;
    assert_eq!(opened.place, store.place(Item::Blob(blob)));
    Some(opened.read(1024).expect("readable"))
}

/// One record with one blob in place of what is there.
fn change(read: &Records, secret: &SecretKey, before: &[&[u8]], after: Option<&[u8]>) -> RecordChange {
    RecordChange {
        primary: secret.primary,
        before: read.get(secret.primary).map(<[u8]>::to_vec),
        named_before: before.iter().map(|message| blob(secret, message)).collect(),
        after: after.map(|message| [b"names ", message].concat()),
        named_after: after.iter().map(|message| blob(secret, message)).collect(),
        blobs: after.iter().map(|message| (blob(secret, message), message.to_vec())).collect(),
    }
}

fn of_name(read: &Records, records: Vec<RecordChange>) -> NameChange {
    NameChange { name: NameKey::of("Db"), stamp: read.stamp(), records }
}

fn commit(store: &dyn Store, size: GroupSize, change: NameChange) {
    let writer = store.writer().expect("begun");
    let group = writer.group(size);
    let mut staged = group.stage(change).expect("staged");
    group.barrier().expect("durable");
    assert_eq!(staged.commit().expect("committed"), Commit::Done);
    group.barrier().expect("durable");
    staged.finish();
}

#[test]
fn what_is_committed_is_read_and_what_was_named_before_is_gone() {
    over_each(|store, size| {
        let west = secret("us-west-2");
        assert!(read(store).iter().next().is_none() && store.secrets().expect("listed").entries.is_empty());
        let nothing = read(store);
        commit(store, size, of_name(&nothing, vec![change(&nothing, &west, &[], Some(b"one"))]));
        let one = read(store);
        assert_eq!(one.get(west.primary), Some(&b"names one"[..]));
        assert_eq!(message(store, &blob(&west, b"one")).expect("there"), b"one");
        assert_eq!(store.secrets().expect("listed").entries, std::slice::from_ref(&west));
        commit(store, size, of_name(&one, vec![change(&one, &west, &[b"one"], Some(b"two"))]));
        assert_eq!(read(store).get(west.primary), Some(&b"names two"[..]));
        assert!(store.has(&blob(&west, b"two")) && !store.has(&blob(&west, b"one")));
        assert_eq!(message(store, &blob(&west, b"one")), None, "gone");
        assert!(store.leftovers(&west, Some(&[blob(&west, b"two")])).expect("listed").is_empty());
        assert_eq!(store.leftovers(&west, Some(&[])).expect("listed").len(), 1);
    });
}

#[test]
fn what_is_not_committed_is_not_there_and_what_is_abandoned_is_gone() {
    over_each(|store, size| {
        let (west, east) = (secret("us-west-2"), secret("us-east-1"));
        let nothing = read(store);
        commit(store, size, of_name(&nothing, vec![change(&nothing, &west, &[], Some(b"one"))]));
        let before = read(store);
        let writer = store.writer().expect("begun");
        let group = writer.group(size);
        let both = vec![change(&before, &west, &[b"one"], Some(b"two")), change(&before, &east, &[], Some(b"three"))];
        let staged = group.stage(of_name(&before, both)).expect("staged");
        group.barrier().expect("durable");
        assert_eq!(read(store), before);
        staged.abandon();
        drop(group);
        assert_eq!(read(store), before);
        assert!(store.has(&blob(&west, b"one")) && !store.has(&blob(&west, b"two")) && !store.has(&blob(&east, b"three")));
        assert_eq!(store.survey().expect("surveyed").secrets, std::slice::from_ref(&west));
    });
}

#[test]
fn records_of_a_name_change_together_and_are_removed() {
    over_each(|store, size| {
        let (west, east) = (secret("us-west-2"), secret("us-east-1"));
        let nothing = read(store);
        let both = vec![change(&nothing, &west, &[], Some(b"one")), change(&nothing, &east, &[], Some(b"two"))];
        commit(store, size, of_name(&nothing, both));
        let read_now = read(store);
        assert_eq!(read_now.iter().count(), 2);
        let removal = vec![change(&read_now, &west, &[b"one"], None), change(&read_now, &east, &[b"two"], Some(b"three"))];
        commit(store, size, of_name(&read_now, removal));
        let records = read(store);
        assert_eq!((records.get(west.primary), records.get(east.primary)), (None, Some(&b"names three"[..])));
        assert_eq!((store.has_record(&west).expect("told"), store.has_record(&east).expect("told")), (false, true));
        assert!(!store.has(&blob(&west, b"one")) && !store.has(&blob(&east, b"two")) && store.has(&blob(&east, b"three")));
        assert_eq!(store.survey().expect("surveyed").secrets, std::slice::from_ref(&east));
    });
}

#[test]
fn a_blob_is_put_again_and_never_changed() {
    over_each(|store, size| {
        let west = secret("us-west-2");
        let nothing = read(store);
        commit(store, size, of_name(&nothing, vec![change(&nothing, &west, &[], Some(b"one"))]));
        let before = read(store);
        commit(store, size, of_name(&before, vec![change(&before, &west, &[b"one"], Some(b"one"))]));
        let before = read(store);
        let mut forged = change(&before, &west, &[b"one"], Some(b"one"));
        forged.blobs = vec![(blob(&west, b"one"), b"two".to_vec())];
        let writer = store.writer().expect("begun");
        let refused = writer.group(size).stage(of_name(&before, vec![forged])).map(drop).expect_err("other content");
        assert!(matches!(refused, Error::Damaged { .. }), "{refused}");
        assert_eq!((read(store), message(store, &blob(&west, b"one")).expect("there")), (before, b"one".to_vec()));
    });
}

#[test]
fn whoever_commits_first_wins() {
    let store = MemoryStore::new(Writers::Racing);
    store.initialize(b"marker").expect("made");
    let (west, nothing) = (secret("us-west-2"), read(&store));
    let writer = store.writer().expect("begun");
    let group = writer.group(GroupSize::One);
    let mut late = group.stage(of_name(&nothing, vec![change(&nothing, &west, &[], Some(b"late"))])).expect("staged");
    commit(&store, GroupSize::One, of_name(&nothing, vec![change(&nothing, &west, &[], Some(b"first"))]));
    assert_eq!(late.commit().expect("answered"), Commit::Lost);
    late.abandon();
    assert_eq!(read(&store).get(west.primary), Some(&b"names first"[..]));
    assert!(store.has(&blob(&west, b"first")) && !store.has(&blob(&west, b"late")));
}

#[test]
fn a_manifest_is_put_once_and_a_page_under_its_contents_name() {
    over_each(|store, _| {
        let writer = store.writer().expect("begun");
        let root = ManifestFile::Root { counter: 1 };
        let signature = ManifestFile::Signature { counter: 1, key: "0123456789abcdef".to_owned() };
        let page = ManifestFile::Page { sha256: sha256(b"page") };
        assert_eq!(store.manifests().expect("listed"), []);
        let read = |file: &ManifestFile| store.open_manifest(file).expect("can be told").map(|blob| blob.read(1024).expect("readable"));
        assert_eq!(read(&root), None);
        assert_eq!(writer.put_manifest(&root, b"one").expect("put"), PutManifest::Done);
        assert_eq!(writer.put_manifest(&root, b"two").expect("told"), PutManifest::Taken);
        assert_eq!(writer.put_manifest(&signature, b"signed").expect("put"), PutManifest::Done);
        assert_eq!((read(&root), store.manifests().expect("listed")), (Some(b"one".to_vec()), vec![root.clone(), signature.clone()]));
        let pages = [(page.clone(), b"page".to_vec())];
        writer.put_pages(&pages).expect("put");
        writer.put_pages(&pages).expect("the same again");
        let forged = writer.put_pages(&[(page.clone(), b"else".to_vec())]).expect_err("other content");
        assert!(matches!(forged, Error::Damaged { .. }), "{forged}");
        assert_eq!((read(&page), store.pages().expect("listed")), (Some(b"page".to_vec()), vec![page.clone()]));
        for file in [&root, &signature, &page] {
            writer.remove_manifest(file).expect("removed");
            writer.remove_manifest(file).expect("gone already");
            assert_eq!(read(file), None);
        }
        writer.replace_marker(b"other").expect("replaced");
        assert_eq!(store.marker().expect("readable"), b"other");
        assert!(store.survey().expect("surveyed").strays.is_empty());
    });
}
