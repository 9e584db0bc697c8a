use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink, net::UnixListener},
    path::Path,
};

use tempfile::TempDir;

use super::*;
use crate::cli::files_in_use::{FilesInUse, KeptFile};

fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("below")).expect("made");
        fs::write(path, file).expect("written");
    }
    folder
}

fn names(found: &Folder) -> Vec<&str> {
    found.files.iter().map(|file| file.name.as_deref().expect("UTF-8")).collect()
}

fn walked(top: &Path, hidden: HiddenFiles) -> Folder {
    walk(top, hidden, &FilesInUse::default()).expect("read")
}

#[test]
fn files_are_found_in_order_and_the_rest_is_told_by_name() {
    let folder = folder(&["prod/db/password", "prod/a", "z", ".env", ".git/config", "prod/.hidden"]);
    let top = folder.path();
    let _socket = UnixListener::bind(top.join("socket")).expect("bound");
    let found = walked(top, HiddenFiles::LeftOut);
    assert_eq!(names(&found), ["prod/a", "prod/db/password", "z"]);
    assert_eq!(
        found.left_out.notes(),
        [
            "left out: 3 names with a dot in front: .env, .git, prod/.hidden; --include-hidden takes them",
            "left out: 1 special file: socket"
        ]
    );
    assert_eq!(names(&walked(top, HiddenFiles::Taken)), [".env", ".git/config", "prod/.hidden", "prod/a", "prod/db/password", "z"]);
    // What is named is taken.
    assert_eq!(names(&walked(&top.join(".git"), HiddenFiles::LeftOut)), ["config"]);
}

#[test]
fn names_that_are_no_text_or_hostile_are_told_as_such() {
    let files: Vec<String> = (10..22).map(|number| format!(".{number}")).collect();
    let folder = folder(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let top = folder.path();
    fs::write(top.join(OsStr::from_bytes(b"\xff")), "x").expect("written");
    fs::write(top.join(".0\u{1b}[31m\n"), "x").expect("written");
    let found = walked(top, HiddenFiles::LeftOut);
    assert!(found.files.first().is_some_and(|file| file.name.is_none()));
    let notes = found.left_out.notes().concat();
    assert!(notes.contains(": .0\\u{1b}[31m\\n, .10, ") && notes.contains(".18 and 3 more; "), "{notes}");
}

#[test]
fn links_are_followed_inside_the_folder() {
    // As a volume of Kubernetes has it.
    let folder = folder(&["..2026_x/password", "..2026_x/dir/inner", "plain"]);
    let top = folder.path();
    for (target, link) in [
        ("..2026_x", "..data"),
        ("..data/password", "password"),
        ("..data/dir", "dir"),
        ("..data/dir", "zdir"),
        ("/etc/hostname", "outside"),
        ("..", "above"),
        ("none", "dangling"),
        ("loop", "loop"),
        (".", "self"),
    ] {
        symlink(target, top.join(link)).expect("linked");
    }
    symlink("..", top.join("..2026_x/dir/up")).expect("linked");
    let found = walked(top, HiddenFiles::LeftOut);
    assert_eq!(names(&found), ["dir/inner", "password", "plain"]);
    let real = fs::canonicalize(top.join("..2026_x")).expect("there");
    assert!(found.files.iter().any(|file| file.path == top.join("password") && file.real == real.join("password")));
    assert_eq!(
        found.left_out.notes(),
        [
            "left out: 2 names with a dot in front: ..2026_x, ..data; --include-hidden takes them",
            "left out: 2 symbolic links to what is not in the directory: above, outside",
            "left out: 2 symbolic links to what is not there: dangling, loop",
            "left out: 3 symbolic links to a directory that it is in, or that another link leads to: self, zdir, dir/up"
        ]
    );
    // The folder itself may be one.
    symlink(top, top.join("plain.d")).expect("linked");
    assert_eq!(names(&walked(&top.join("plain.d"), HiddenFiles::LeftOut)), ["dir/inner", "password", "plain"]);
}

#[test]
fn links_back_and_forth_are_walked_once() {
    let folder = folder(&["a/x", "b/y"]);
    for number in 0..20 {
        symlink("../b", folder.path().join(format!("a/{number}"))).expect("linked");
        symlink("../a", folder.path().join(format!("b/{number}"))).expect("linked");
    }
    let found = walked(folder.path(), HiddenFiles::LeftOut);
    assert_eq!(names(&found), ["a/0/y", "a/x", "b/0/x", "b/y"]);
}

#[test]
fn what_is_coldseals_own_is_left_out() {
    let folder = folder(&[
        "secret",
        "mine.json",
        "mine.key",
        "read",
        "other/coldseal.json",
        "other/secrets/x",
        "k/keystore.key",
        "k/copy.json.lock",
    ]);
    let top = folder.path();
    let keystore = "{\"header\":{\"format\":1,\"keystoreId\":";
    for file in ["k/copy.json", "export.json"] {
        fs::write(top.join(file), keystore).expect("written");
    }
    fs::write(top.join("export.key"), [7; 32]).expect("written");
    symlink("other/secrets/x", top.join("into")).expect("linked");
    fs::hard_link(top.join("read"), top.join("read.too")).expect("linked");
    let in_use = FilesInUse::default();
    in_use.keep(&top.join("mine.json"), KeptFile::Keystore).expect("kept");
    in_use.keep(&top.join("mine.key"), KeptFile::KeyFile).expect("kept");
    in_use.to_be_read(&top.join("read"));
    let found = walk(top, HiddenFiles::LeftOut, &in_use).expect("read");
    assert_eq!(names(&found), ["secret"], "{:?}", found.left_out);
    let notes = found.left_out.notes().concat();
    for part in [
        "11 files or directories of coldseal's own or in use: ",
        "mine.json (the keystore)",
        "mine.key (the keystore's key file)",
        "read (read by this command)",
        "read.too (read by this command)",
        "export.json (a keystore)",
        "into (leads into a vault)",
        "other (a vault)",
        "k/copy.json (a keystore)",
        "export.key (a keystore's)",
        "k/copy.json.lock (a keystore's)",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    assert!(walked(&top.join("other"), HiddenFiles::LeftOut).files.is_empty());
}

#[test]
fn what_is_left_out_or_not_seen_may_be_any_name_below() {
    let folder = folder(&["a/b", ".git/config", "a/.env", "other/coldseal.json", "other/secrets/x"]);
    symlink("/etc/hostname", folder.path().join("out")).expect("linked");
    let found = walked(folder.path(), HiddenFiles::LeftOut);
    for (name, may_be_there) in [
        (".git", true),
        (".git/config", true),
        (".git/none/x", true),
        ("a/.env", true),
        ("a/.env2", false),
        ("a/b", false),
        ("a/c", false),
        (".gitignore", false),
        ("other/x", true),
        ("out", true),
        ("outer", false),
    ] {
        assert_eq!(found.may_hide(name), may_be_there, "{name}");
    }
    assert!(!walked(folder.path(), HiddenFiles::Taken).may_hide(".git/config"));
}
