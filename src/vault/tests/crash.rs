//! A command that ends after any of its file operations leaves the secret as before, or as after.

use super::{
    seal_version::{SealedVersion, VersionSource},
    *,
};
use crate::{
    durable,
    kms::key_choice::{ChosenKey, Named, key_of_region},
    store::{
        BlobKey,
        local::secret_writer::{SecretWriter, abandon},
    },
    vault::family::Located,
};

/// The steps of a replication of `db` to eu-west-1, up to the commit.
struct Cut<'a> {
    place: &'a Place,
    record: SecretRecord,
}

impl<'a> Cut<'a> {
    fn after_bundles(place: &'a Place) -> Self {
        let record = place.record("us-west-2", "db");
        let mut after = record.clone();
        let target = target(place, "eu-west-1");
        let sealed = SealedVersion::seal(
            &record,
            &record.versions[0].version_id,
            &text("top"),
            std::slice::from_ref(&target),
            &KeysDurable::unchanged(&place.kms()).expect("as it was read"),
            &KeyOptions::default(),
            VersionSource::default(),
        )
        .expect("sealed");
        let mut writer = SecretWriter::begin(&place.dir("us-west-2", "db")).expect("begun");
        for (bundle, blob, message) in sealed.0.into_bundles(&key("us-west-2", "db")) {
            writer.write_blob(&blob, &message).expect("written");
            after.versions[0].bundles.push(bundle);
        }
        after.replication_status.push(replica_state::in_sync(&target));
        Self { place, record: after }
    }

    /// The record of after, under a temporary name.
    fn write_temporary(&self) {
        let json = serde_json::to_vec(&self.record).expect("JSON");
        fs::write(self.place.dir("us-west-2", "db").join(".coldseal-tmp-abc123"), json).expect("written");
    }
}

impl Place {
    /// What `secret.json` of `db` holds.
    fn record_bytes(&self) -> Vec<u8> {
        fs::read(self.dir("us-west-2", "db").join("secret.json")).expect("readable")
    }

    /// The bundles that it names.
    fn blobs(&self) -> Vec<BlobKey> {
        Located::of(self.record("us-west-2", "db")).blobs()
    }
}

fn target(place: &Place, region: &str) -> ChosenKey {
    let mut session = place.session();
    let target = key_of_region(session.kms_mut(), &KeyOptions::default(), self::region(region), Named::ByCaller(None)).expect("a key");
    let _ = session.commit().expect("commits");
    target
}

/// The secret is as it was, what lies about is noted, and the next change removes it.
fn assert_before(place: &Place, leftovers: usize) {
    assert_eq!(place.value_in("us-west-2"), "top");
    assert_refused(place.get("db", Some("eu-west-1")), ErrorCode::ResourceNotFoundException, &[]);
    let report = place.verify();
    assert!(report.is_sound() && report.notes.len() == leftovers, "{report:?}");
    assert!(report.notes.iter().all(|note| note.message.contains("leftover")), "{report:?}");
    place.replicate(&replication(&["us-east-1"])).expect("replicated");
    place.assert_clean();
}

#[test]
fn after_the_bundles() {
    let place = Place::with_secret(&[]);
    Cut::after_bundles(&place);
    assert_before(&place, 1);
}

#[test]
fn after_the_temporary_record() {
    let place = Place::with_secret(&[]);
    Cut::after_bundles(&place).write_temporary();
    assert_before(&place, 2);
}

#[test]
fn after_the_commit() {
    let place = Place::with_secret(&[]);
    let cut = Cut::after_bundles(&place);
    cut.write_temporary();
    let mut record = cut.record.clone();
    record.put_tag(place.kms().comparison_key()).expect("tagged");
    let json = serde_json::to_vec(&record).expect("JSON");
    durable::replace(&place.dir("us-west-2", "db").join("secret.json"), &json).expect("committed");
    assert_eq!(place.value_in("eu-west-1"), "top");
    let report = place.verify();
    assert!(report.is_sound() && report.notes.len() == 1, "{report:?}");
    place.replicate(&replication(&["us-east-1"])).expect("replicated");
    place.assert_clean();
}

#[test]
fn a_new_secret_is_not_there_before_its_commit() {
    let place = Place::with_secret(&[]);
    let dir = place.dir("us-west-2", "db");
    // As a kill leaves it between the bundles and the record.
    fs::remove_file(dir.join("secret.json")).expect("removed");
    assert_refused(place.get("db", None), ErrorCode::ResourceNotFoundException, &[]);
    assert!(place.vault.list_secrets(None).expect("listed").entries.is_empty());
    let report = place.verify();
    assert!(report.is_sound() && report.notes.len() == 1 && report.secrets == 0, "{report:?}");
    place.create(&request("db", &[])).expect("created");
    place.assert_clean();

    // And between the folders.
    let version_dir = dir.join(encode(&place.record("us-west-2", "db").versions[0].version_id));
    fs::remove_file(dir.join("secret.json")).expect("removed");
    fs::remove_dir_all(&version_dir).expect("removed");
    assert!(place.verify().is_sound());
    place.create(&request("db", &[])).expect("created");
    place.assert_clean();
}

#[test]
fn an_error_before_the_commit_leaves_nothing() {
    let place = Place::with_secret(&[]);
    let before = place.snapshot();
    let (record, named) = (place.record_bytes(), place.blobs());
    Cut::after_bundles(&place).write_temporary();
    abandon(&place.dir("us-west-2", "db"), Some(&record), &named);
    let keys = |snapshot: &Snapshot| snapshot.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&place.snapshot()), keys(&before));
    assert_eq!(place.value_in("us-west-2"), "top");
}

#[test]
fn an_error_after_the_rename_removes_nothing() {
    let place = Place::with_secret(&["eu-west-1"]);
    let old = place.record("us-west-2", "db");
    let (record, named, dir) = (place.record_bytes(), place.blobs(), place.dir("us-west-2", "db"));
    let cut = Cut::after_bundles(&place);
    let mut new = old.clone();
    new.versions[0].bundles =
        cut.record.versions[0].bundles.iter().filter(|bundle| !old.versions[0].bundles.contains(bundle)).cloned().collect();
    place.write_record(&new);
    let before = place.snapshot();
    // The rename may not be durable: after a power cut the old record could be back, and needs its bundles.
    abandon(&dir, Some(&record), &named);
    assert_eq!(place.snapshot(), before);
    // Nor is anything removed where the record cannot be read.
    fs::write(dir.join("secret.json"), b"{").expect("written");
    let before = place.snapshot();
    abandon(&dir, None, &[]);
    abandon(&dir, Some(&record), &named);
    assert_eq!(place.snapshot(), before);
}

#[test]
fn a_bundle_name_with_other_content_is_an_error() {
    let place = Place::with_secret(&[]);
    let target = target(&place, "eu-west-1");
    let dir = place.dir("us-west-2", "db");
    let message = b"a message";
    let file = bundle_file(target.region(), &crate::crypto::sha256(message));
    let path = dir.join("version").join(&file);
    let blob = BlobKey { secret: key("us-west-2", "db"), version: "version".to_owned(), file };
    let mut writer = SecretWriter::begin(&dir).expect("begun");
    writer.write_blob(&blob, message).expect("written");
    writer.write_blob(&blob, message).expect("there already, the same");
    fs::write(&path, b"another").expect("written");
    let error = writer.write_blob(&blob, message).expect_err("refused");
    assert!(matches!(&error, Error::Damaged { path: named, .. } if *named == path), "{error}");
    assert_eq!(fs::read(&path).expect("reads"), b"another", "nothing is overwritten in place");
}

#[test]
fn what_cannot_be_removed_does_not_keep_the_rest() {
    let place = Place::with_secret(&[]);
    let dir = place.dir("us-west-2", "db");
    fs::create_dir_all(dir.join("!/folder")).expect("made");
    fs::write(dir.join("!/folder/file"), b"").expect("written");
    fs::write(dir.join(".coldseal-tmp-x"), b"").expect("written");
    assert_eq!(place.verify().notes.len(), 2);
    place.replicate(&replication(&["eu-west-1"])).expect("replicated");
    let report = place.verify();
    assert!(report.is_sound() && report.notes.len() == 1 && report.notes[0].path.ends_with("!/folder"), "{report:?}");
}

/// Runs `read` again and again while a writer moves the replica in eu-west-1 from key to key.
fn beside_a_writer(place: &Place, read: impl Fn()) {
    let keys = [place.make_key("eu-west-1"), place.make_key("eu-west-1")];
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for key in keys.iter().cycle().take(40) {
                let replicas = vec![replica_under("eu-west-1", key)];
                let request = ReplicateSecret { replicas, name_clash: NameClash::Overwrite, ..replication(&[]) };
                place.replicate(&request).expect("replicated");
            }
        });
        while !writer.is_finished() {
            read();
        }
    });
    place.assert_clean();
}

#[test]
fn a_reader_whom_a_writer_overtakes_reads_again() {
    let place = Place::with_secret(&["eu-west-1"]);
    beside_a_writer(&place, || assert_eq!(place.value_in("eu-west-1"), "top"));
}

#[test]
fn verify_is_not_misled_by_a_writer() {
    let place = Place::with_secret(&["eu-west-1"]);
    beside_a_writer(&place, || {
        let report = place.verify();
        assert!(report.is_sound(), "{report:?}");
    });
}
