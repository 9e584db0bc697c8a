//! Nothing below a vault's folder leads out of it, and nothing there makes a reader wait.

use std::{os::unix::fs::symlink, sync::mpsc, thread, time::Duration};

use super::*;
use crate::durable::regular::LINK;

/// Asserts a refusal that names the link.
fn assert_link<T>(result: Result<T>, link: &Path) {
    match result.map(drop) {
        Err(Error::Damaged { path, what }) => assert_eq!((path.as_path(), what.as_str()), (link, LINK)),
        other => panic!("not refused: {other:?}"),
    }
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
