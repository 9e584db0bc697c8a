use std::{
    fs,
    io::Write as _,
    sync::{Arc, Mutex},
};

use super::*;
use crate::durable::{Existing, NewFile};

/// Notes what is asked for, and refuses the calls that it is told to.
#[derive(Clone, Default)]
struct Script {
    is_synced_whole: bool,
    /// The call that fails, counted from 1.
    fails_at: usize,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn call(&self, what: String) -> io::Result<()> {
        let mut calls = self.calls.lock().expect("one thread");
        calls.push(what);
        if calls.len() == self.fails_at { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().expect("one thread").clone()
    }
}

impl Barrier for Script {
    fn can_sync_whole(&self, _: &File) -> bool {
        self.is_synced_whole
    }

    fn sync_whole(&self, _: &File) -> io::Result<()> {
        self.call("whole".to_owned())
    }

    fn sync_names(&self, directory: &Path) -> Result<()> {
        let name = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        self.call(name).map_err(|error| Error::io_at("syncing the directory", directory, error))
    }
}

/// Makes `a` and `a/b` with a file each below a folder.
fn write(group: &Group, folder: &Path) {
    for directory in [folder.join("a"), folder.join("a/b"), folder.join("a/b")] {
        group.create_dir(&directory).expect("made");
        let mut file = NewFile::create_in(&directory).expect("a file");
        file.write_all(b"content").expect("written");
        file.set_aside(&directory.join("file"), group.sync_in(&directory).expect("there")).expect("aside").put().expect("put");
        group.add_names(&directory).expect("there");
    }
}

#[test]
fn a_file_system_that_can_is_synced_once_for_each_barrier() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Script { is_synced_whole: true, ..Script::default() };
    let group = Group::with(Box::new(script.clone()));
    write(&group, folder.path());
    assert_eq!(group.sync_in(folder.path()).expect("there"), Sync::Nothing);
    assert!(script.calls().is_empty());
    for barriers in 1..3 {
        group.make_durable().expect("durable");
        assert_eq!(script.calls(), vec!["whole"; barriers]);
    }
}

#[test]
fn elsewhere_each_directory_is_synced_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Script::default();
    let group = Group::with(Box::new(script.clone()));
    write(&group, folder.path());
    assert_eq!(group.sync_in(folder.path()).expect("there"), Sync::File);
    group.make_durable().expect("durable");
    let top = folder.path().file_name().and_then(|name| name.to_str()).expect("text");
    assert_eq!(script.calls(), [top, "a", "b"]);
    group.make_durable().expect("nothing to do");
    assert_eq!(script.calls().len(), 3);
}

#[test]
fn missing_parents_are_made_and_a_file_in_the_way_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Script::default();
    let group = Group::with(Box::new(script.clone()));
    group.create_dir(&folder.path().join("x/y/z")).expect("made");
    // One that is there may be what a stopped process left: its name is made durable too.
    group.create_dir(&folder.path().join("x")).expect("there");
    group.make_durable().expect("durable");
    let top = folder.path().file_name().and_then(|name| name.to_str()).expect("text");
    assert_eq!(script.calls(), [top, "y"]);
    fs::write(folder.path().join("file"), "").expect("written");
    for path in ["file", "file/x"] {
        assert!(group.create_dir(&folder.path().join(path)).is_err(), "{path}");
    }
}

#[test]
fn a_failed_sync_is_an_error_and_not_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    for is_synced_whole in [false, true] {
        let script = Script { is_synced_whole, fails_at: 1, ..Script::default() };
        let group = Group::with(Box::new(script.clone()));
        write(&group, &folder.path().join(is_synced_whole.to_string()));
        assert!(matches!(group.make_durable(), Err(Error::Io { .. })));
        assert_eq!(script.calls().len(), 1);
    }
}

#[test]
fn what_is_aside_replaces_or_vanishes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    let aside = |content: &[u8]| {
        let mut file = NewFile::create_in(folder.path()).expect("a file");
        file.write_all(content).expect("written");
        file.set_aside(&path, Sync::File).expect("aside")
    };
    drop(aside(b"abandoned"));
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
    let (first, second) = (aside(b"first"), aside(b"second"));
    assert!(!path.exists());
    first.put().expect("put");
    second.put().expect("put");
    assert_eq!(fs::read(&path).expect("read"), b"second");
    let mut file = NewFile::create_in(folder.path()).expect("a file");
    file.write_all(b"third").expect("written");
    assert!(file.publish(&path, Existing::Refuse, Sync::Nothing).is_err());
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
}

#[test]
fn the_operating_system_makes_it_durable() {
    let folder = tempfile::tempdir().expect("a folder");
    let group = Group::new();
    write(&group, folder.path());
    group.make_durable().expect("durable");
    assert!(group.sync_in(&folder.path().join("missing")).is_err());
}
