use std::{
    fs,
    io::{self, Write as _},
};

use super::*;
use crate::error::{Error, Result};

fn kind(result: Result<()>) -> Option<io::ErrorKind> {
    match result {
        Err(Error::Io { source, .. }) => Some(source.kind()),
        _ => None,
    }
}

#[test]
fn new_files_never_replace_and_replacing_does() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a");
    write_new(&path, b"first").expect("writes");
    assert_eq!(kind(write_new(&path, b"second")), Some(io::ErrorKind::AlreadyExists));
    assert_eq!(fs::read(&path).expect("reads"), b"first");
    replace(&path, b"third").expect("replaces");
    assert_eq!(fs::read(&path).expect("reads"), b"third");
    assert_eq!(fs::read_dir(directory.path()).expect("lists").count(), 1, "nothing temporary stays");
    remove(&path).expect("removes");
    assert_eq!(kind(remove(&path)), Some(io::ErrorKind::NotFound));
}

#[test]
fn a_dropped_file_leaves_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut file = NewFile::create_in(directory.path()).expect("makes a file");
    file.write_all(b"unfinished").expect("writes");
    drop(file);
    assert_eq!(fs::read_dir(directory.path()).expect("lists").count(), 0);
}

#[test]
fn directories_are_made_with_their_parents() {
    let directory = tempfile::tempdir().expect("a directory");
    let deep = directory.path().join("a/b/c");
    create_dir_all(&deep).expect("makes");
    create_dir_all(&deep).expect("is there already");
    for _ in 0..2 {
        create_dir_in_durable(&deep.join("child")).expect("makes, or is there already");
        assert!(deep.join("child").is_dir());
    }
    assert!(create_dir_in_durable(&deep.join("missing/child")).is_err());
    let file = directory.path().join("file");
    write_new(&file, b"").expect("writes");
    assert!(create_dir_all(&file.join("x")).is_err());
}

#[cfg(unix)]
#[test]
fn modes_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().expect("a directory");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    create_dir_all(&directory.path().join("d")).expect("makes");
    write_new(&directory.path().join("d/f"), b"x").expect("writes");
    replace(&directory.path().join("d/f"), b"y").expect("replaces");
    assert_eq!((mode(&directory.path().join("d")), mode(&directory.path().join("d/f"))), (0o700, 0o600));
}
