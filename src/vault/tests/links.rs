//! Nothing below a vault's folder leads out of it, and nothing there makes a reader wait.

use std::{os::unix::fs::symlink, sync::mpsc, thread, time::Duration};

use super::*;
use crate::{
    error::{Damage, Error, Result},
    store::{BlobKey, local::secret_writer::SecretWriter},
};

/// A folder outside of the vault with files in it, which look like leftovers even to a writer.
fn victim(place: &Place) -> PathBuf {
    let victim = place.folder.path().join("victim");
    fs::create_dir_all(victim.join("sub")).expect("made");
    for file in ["thesis.txt", "sub/photo.jpg", "sub/us-west-2.0123456789abcdef.bundle", ".coldseal-tmp-a1B2c3"] {
        fs::write(victim.join(file), b"dear").expect("written");
    }
    victim
}

/// Asserts a refusal that names the link.
fn assert_link<T>(result: Result<T>, link: &Path) {
    match result.map(drop) {
        Err(Error::Damaged { path, what }) => assert_eq!((path.as_path(), what), (link, Damage::Link)),
        other => panic!("not refused: {other:?}"),
    }
}

fn assert_link_is_a_fault(place: &Place, link: &Path) {
    let faults = place.verify().faults;
    assert!(faults.iter().any(|fault| fault.path == link && fault.message == Damage::Link.to_string()), "{faults:?}");
}

/// Moves a folder of the vault out of it, and puts a link in its place.
fn move_out(place: &Place, folder: &Path) {
    let outside = place.folder.path().join("outside");
    fs::rename(folder, &outside).expect("moved");
    symlink(outside, folder).expect("linked");
}

#[test]
fn a_linked_folder_is_not_written_to() {
    let place = Place::with_secret(&[]);
    let victim = victim(&place);
    let link = place.dir("us-west-2", "newname");
    symlink(&victim, &link).expect("linked");
    let region_link = place.vault.root().join("secrets/eu-west-1");
    symlink(place.folder.path(), &region_link).expect("linked");
    let outside = |place: &Place| place.snapshot().into_iter().filter(|(path, _)| path.starts_with(&victim)).collect::<Snapshot>();
    let before = outside(&place);
    assert_eq!(before.len(), 6, "{before:?}");
    assert_link(place.create(&request("newname", &[])), &link);
    // A folder behind the link has the name of the secret.
    assert_link(place.create(&CreateSecret { region: region("eu-west-1"), ..request("victim", &[]) }), &region_link);
    assert_eq!(outside(&place), before);
    assert_link_is_a_fault(&place, &link);
    assert_link_is_a_fault(&place, &region_link);
    fs::remove_file(link).and_then(|()| fs::remove_file(region_link)).expect("removed");
    place.create(&request("newname", &[])).expect("created");
    place.assert_clean();
}

#[test]
fn a_linked_folder_is_not_read() {
    for level in 0..3 {
        let place = Place::with_secret(&[]);
        let dir = place.dir("us-west-2", "db");
        let folder = dir.ancestors().nth(level).expect("below the root").to_owned();
        move_out(&place, &folder);
        let before = place.snapshot();
        assert_link(place.get("db", None), &folder);
        assert_link(place.vault.list_secrets(None).and_then(Listed::whole), &folder);
        assert_link(place.replicate(&replication(&["us-east-1"])), &folder);
        assert_link(place.create(&request("db", &[])), &folder);
        assert_eq!(place.snapshot(), before);
        assert_link_is_a_fault(&place, &folder);
    }
}

#[test]
fn a_linked_version_is_neither_read_nor_written_to() {
    let place = Place::with_secret(&[]);
    let folder = place.bundle("us-west-2").parent().expect("a folder").to_owned();
    move_out(&place, &folder);
    let before = place.snapshot();
    assert_link(place.get("db", None), &folder);
    assert_link(place.replicate(&replication(&["us-east-1"])), &folder);
    let version = encode(&place.record("us-west-2", "db").versions[0].version_id);
    let file = bundle_file(region("us-west-2"), &crate::crypto::sha256(b"a message"));
    let blob = BlobKey { secret: key("us-west-2", "db"), version, file };
    let mut writer = SecretWriter::begin(&place.dir("us-west-2", "db")).expect("begun");
    assert_link(writer.write_blob(&blob, b"a message"), &folder);
    assert_eq!(place.snapshot(), before);
    assert!(!place.verify().is_sound());
}

#[test]
fn linked_files_are_refused() {
    let place = Place::with_secret(&[]);
    let (record, bundle) = (place.dir("us-west-2", "db").join("secret.json"), place.bundle("us-west-2"));
    for file in [&bundle, &record] {
        let outside = place.folder.path().join("outside");
        fs::rename(file, &outside).expect("moved");
        symlink(&outside, file).expect("linked");
        assert_link(place.get("db", None), file);
        assert!(!place.verify().is_sound());
        fs::rename(outside, file).expect("moved back");
        place.assert_clean();
    }
    let lock = place.vault.root().join(layout::LOCK);
    fs::remove_file(&lock).expect("removed");
    symlink(place.folder.path().join("outside"), &lock).expect("linked");
    assert_link(place.create(&request("other", &[])), &lock);
    assert!(!place.folder.path().join("outside").exists());
    assert_link_is_a_fault(&place, &lock);
}

#[test]
fn the_vaults_own_folder_may_be_a_link() {
    let place = Place::with_secret(&["eu-west-1"]);
    let root = place.vault.root().to_owned();
    move_out(&place, &root);
    assert_eq!(place.value_in("eu-west-1"), "top");
    place.replicate(&replication(&["us-east-1"])).expect("replicated");
    place.create(&request("other", &[])).expect("created");
    place.assert_clean();
    let link = place.folder.path().join("a.bundle");
    symlink(place.bundle("us-east-1"), &link).expect("linked");
    assert!(verify_paths(&[link], VerifyOptions::default()).expect("verifies").is_sound(), "the user named it");
}

#[test]
fn only_what_a_writer_wrote_is_a_leftover() {
    let place = Place::with_secret(&[]);
    let (dir, bundle) = (place.dir("us-west-2", "db"), place.bundle("us-west-2"));
    let strangers = [dir.join("notes.txt"), bundle.with_file_name("notes.txt")];
    let leftovers = [dir.join(".coldseal-tmp-a1B2c3"), bundle.with_file_name("us-west-2.0123456789abcdef.bundle")];
    for path in strangers.iter().chain(&leftovers) {
        fs::write(path, b"x").expect("written");
    }
    let notes = |place: &Place| place.verify().notes.into_iter().map(|note| (note.path, note.message)).collect::<BTreeMap<_, _>>();
    let found = notes(&place);
    assert!(strangers.iter().all(|path| found[path].contains("does not belong to the vault")), "{found:?}");
    assert!(leftovers.iter().all(|path| found[path].contains("the next change of the secret removes it")), "{found:?}");
    place.replicate(&replication(&["us-east-1"])).expect("replicated");
    assert_eq!(notes(&place).into_keys().collect::<Vec<_>>().len(), strangers.len());
    assert!(strangers.iter().all(|path| path.exists()));
}

#[test]
fn a_fifo_is_refused_without_waiting() {
    for file in ["bundle", "record"] {
        let place = Place::with_secret(&[]);
        let path = if file == "bundle" { place.bundle("us-west-2") } else { place.dir("us-west-2", "db").join("secret.json") };
        fs::remove_file(&path).expect("removed");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).expect("made");
        let (done, ended) = mpsc::channel();
        thread::spawn(move || {
            let error = place.get("db", None).map(drop).expect_err("refused").to_string();
            done.send((error, place.verify().faults.len(), place.verify_open().faults.len()))
        });
        let (error, faults, faults_open) = ended.recv_timeout(Duration::from_secs(30)).expect("does not wait");
        assert!(error.contains("is not a regular file"), "{error}");
        assert_eq!((faults, faults_open), (1, 1), "{file}");
    }
}
