use std::{
    os::unix::fs::{PermissionsExt as _, symlink},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).expect("listed").flatten().map(|entry| entry.file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o7777
}

fn place() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

#[test]
fn it_appears_whole_with_its_parents_for_its_owner_alone() {
    let place = place();
    let path = place.path().join("a/b/c");
    let mut folder = NewFolder::create(&path).expect("made");
    folder.write(Path::new("x"), b"1").expect("written");
    folder.write(Path::new("d/e/y"), b"2").expect("written");
    folder.write(Path::new("d/z"), b"3").expect("written");
    assert!(!place.path().join("a").exists());
    folder.publish().expect("published");
    assert_eq!(names(place.path()), ["a"], "nothing temporary stays");
    assert_eq!((names(&path), names(&path.join("d"))), (vec!["d".to_owned(), "x".to_owned()], vec!["e".to_owned(), "z".to_owned()]));
    assert_eq!(fs::read(path.join("d/e/y")).expect("read"), b"2");
    for folder in ["a", "a/b", "a/b/c", "a/b/c/d", "a/b/c/d/e"] {
        assert_eq!(mode(&place.path().join(folder)), 0o700, "{folder}");
    }
    assert_eq!(mode(&path.join("d/z")), 0o600);
}

#[test]
fn an_empty_folder_gives_way_and_nothing_else_does() {
    let place = place();
    let (empty, full, link) = (place.path().join("empty"), place.path().join("full"), place.path().join("link"));
    for folder in [&empty, &full] {
        fs::create_dir(folder).expect("made");
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("set");
    }
    fs::write(full.join("x"), "mine").expect("written");
    fs::write(place.path().join("file"), "mine").expect("written");
    symlink("empty", &link).expect("linked");
    for taken in ["full", "file", "file/x", "none/../x"] {
        assert!(NewFolder::create(&place.path().join(taken)).is_err(), "{taken}");
    }
    let mut folder = NewFolder::create(&link).expect("behind the link");
    folder.write(Path::new("x"), b"1").expect("written");
    folder.publish().expect("published");
    assert_eq!((mode(&empty), fs::read_link(&link).expect("a link")), (0o700, PathBuf::from("empty")));
    assert_eq!(names(place.path()), ["empty", "file", "full", "link"]);
    // What somebody puts there meanwhile stays, and nothing of ours.
    let late = place.path().join("late");
    let folder = NewFolder::create(&late).expect("made");
    fs::create_dir(&late).expect("made");
    fs::write(late.join("x"), "mine").expect("written");
    assert!(folder.publish().is_err());
    assert_eq!((names(&late), names(place.path()).len()), (vec!["x".to_owned()], 5));
}

#[test]
fn dropped_it_leaves_nothing_and_a_name_is_written_once() {
    let place = place();
    let mut folder = NewFolder::create(&place.path().join("a/b")).expect("made");
    folder.write(Path::new("x"), b"1").expect("written");
    for taken in ["x", "x/y"] {
        assert!(folder.write(Path::new(taken), b"2").is_err(), "{taken}");
    }
    drop(folder);
    assert!(names(place.path()).is_empty());
    // After a signal nothing comes back.
    let mut folder = NewFolder::create(&place.path().join("a")).expect("made");
    remove_folder(&folder.staged);
    assert!(folder.write(Path::new("d/x"), b"1").is_err());
    assert!(folder.publish().is_err() && names(place.path()).is_empty());
}

#[test]
fn what_a_killed_process_left_goes_with_the_next_one() {
    let place = place();
    let left = place.path().join(".coldseal-tmp-folder-aB3dE6");
    let make = |path: &Path| {
        fs::create_dir(path).expect("made");
        fs::write(path.join("x"), "left").expect("written");
        let opened = File::open(path).expect("opened");
        opened.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("aged");
        opened
    };
    let writer = make(&left);
    writer.try_lock().expect("locked");
    let other = place.path().join(".coldseal-tmp-aB3dE6");
    drop(make(&other));
    drop(NewFolder::create(&place.path().join("a")).expect("made"));
    assert!(left.exists(), "somebody writes it");
    drop(writer);
    drop(NewFolder::create(&place.path().join("a")).expect("made"));
    assert!(!left.exists() && other.exists());
}
