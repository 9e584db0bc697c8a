//! Temporary names that say whose they are, so that their owner can remove what a killed process left.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    fs::{self, Metadata},
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use super::{
    directory::{parent_of, remove},
    regular::open_regular,
};
use crate::parallel::lock;

/// Temporary names start with this, so that a leftover is known for what it is.
const TEMPORARY_PREFIX: &str = ".coldseal-tmp-";
/// Letters and digits that a temporary name ends in.
pub(super) const RANDOM_LENGTH: usize = 6;
/// Longest name that temporary names repeat, in bytes: file systems allow 255 for a whole name.
const LONGEST: usize = 200;

/// Whose writer is alive is locked. From being made to being locked, and from being complete to having its name, a file takes less than this.
const UNLOCKED_FOR: Duration = Duration::from_secs(60);

/// The temporary names that this process has made and not yet given up.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary name of this process, known until it is dropped.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    pub(super) fn new(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        lock(&UNFINISHED).insert(path.clone());
        Self(path)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        lock(&UNFINISHED).remove(&self.0);
    }
}

/// Removes the files and folders that have a temporary name of this process, before it ends early.
#[cfg(feature = "cli")]
pub(crate) fn remove_unfinished() {
    for path in &*lock(&UNFINISHED) {
        if fs::remove_file(path).is_err() {
            remove_folder(path);
        }
    }
}

/// Removes a folder. Somebody may be writing into it still: what comes while it is removed is removed after.
#[cfg(feature = "cli")]
pub(super) fn remove_folder(folder: &Path) {
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {}
            _ => return,
        }
    }
}

/// The files that are written under one lock: their temporary names begin alike, and no other file's do.
#[derive(Debug, Clone)]
pub(crate) struct Temporaries(OsString);

impl Temporaries {
    /// Files that no lock guards: nobody knows whether a temporary one is still being written.
    pub(super) const ANY: Self = Self(OsString::new());

    /// Of what is written under the lock for this file.
    pub(crate) fn of(path: &Path) -> Self {
        Self(path.file_name().filter(|name| name.len() <= LONGEST).map(OsStr::to_owned).unwrap_or_default())
    }

    /// Folders that appear whole, which no lock guards either.
    #[cfg(feature = "cli")]
    pub(super) fn folders() -> Self {
        Self(OsString::from("folder"))
    }

    /// Whether a file of this name is a temporary one, whosever it is.
    pub(crate) fn has_name(name: &str) -> bool {
        name.starts_with(TEMPORARY_PREFIX)
    }

    /// `.coldseal-tmp-NAME-`; random letters and digits follow, which hold no hyphen.
    pub(super) fn prefix(&self) -> OsString {
        let mut prefix = OsString::from(TEMPORARY_PREFIX);
        if !self.0.is_empty() {
            prefix.push(&self.0);
            prefix.push("-");
        }
        prefix
    }

    /// Removes what was left of these in a directory, if no lock guards them: of others whoever holds the lock takes care.
    pub(super) fn sweep_unguarded(&self, directory: &Path) {
        if self.0.is_empty() {
            self.sweep_abandoned(directory);
        }
    }

    /// Removes those that nobody writes any more: they are not locked, and have not been changed for a while. What stays is in nobody's way.
    fn sweep_abandoned(&self, directory: &Path) {
        let prefix = self.prefix();
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            if is_temporary(&entry.file_name(), &prefix)
                && entry.metadata().is_ok_and(|metadata| metadata.is_file() && is_own(&metadata) && is_old(&metadata))
                && open_regular(&entry.path()).is_ok_and(|file| file.try_lock().is_ok())
            {
                let is_removed = fs::remove_file(entry.path()).is_ok();
                tracing::debug!(path = %entry.path().display(), is_removed, "leftover");
            }
        }
    }

    /// The same for folders, with what is in them.
    #[cfg(feature = "cli")]
    pub(super) fn sweep_abandoned_folders(&self, directory: &Path) {
        let prefix = self.prefix();
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            if is_temporary(&entry.file_name(), &prefix)
                && entry.metadata().is_ok_and(|metadata| metadata.is_dir() && is_own(&metadata) && is_old(&metadata))
                && fs::File::open(entry.path()).is_ok_and(|folder| folder.try_lock().is_ok())
            {
                let is_removed = fs::remove_dir_all(entry.path()).is_ok();
                tracing::debug!(path = %entry.path().display(), is_removed, "leftover");
            }
        }
    }

    /// The same in the directory of `path`, which other locks may guard too.
    pub(crate) fn sweep_abandoned_beside(&self, path: &Path) {
        self.sweep_abandoned(parent_of(path));
    }

    /// Removes these in the directory of `path`, where that can be done: what stays is in nobody's way. The caller holds the lock, so nobody
    /// is writing one.
    pub(crate) fn sweep_beside(&self, path: &Path) {
        if self.0.is_empty() {
            return;
        }
        let prefix = self.prefix();
        for entry in fs::read_dir(parent_of(path)).into_iter().flatten().flatten() {
            if is_temporary(&entry.file_name(), &prefix)
                && entry.file_type().is_ok_and(|kind| kind.is_file())
                && let Err(error) = remove(&entry.path())
            {
                tracing::debug!(%error, "a leftover stays");
            }
        }
    }
}

fn is_old(metadata: &Metadata) -> bool {
    metadata.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age >= UNLOCKED_FOR))
}

#[cfg(unix)]
fn is_own(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_: &Metadata) -> bool {
    true
}

fn is_temporary(name: &OsStr, prefix: &OsStr) -> bool {
    let random = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
    random.is_some_and(|random| random.len() == RANDOM_LENGTH && random.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::durable::NewFile;

    #[test]
    fn only_what_the_owner_left_is_removed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("keystore.json");
        let temporaries = Temporaries::of(&path);
        let names = [
            ".coldseal-tmp-keystore.json-a1B2c3",
            ".coldseal-tmp-a1B2c3",
            ".coldseal-tmp-keystore.json-a1B2c",
            ".coldseal-tmp-keystore.json-a1B2c34",
            ".coldseal-tmp-keystore.json-a1-2c3",
            ".coldseal-tmp-keystore.json-other-a1B2c3",
            ".coldseal-tmp-other.json-a1B2c3",
            "keystore.json-a1B2c3",
            "keystore.json",
            "keystore.key",
        ];
        for name in names {
            fs::write(directory.path().join(name), name).expect("written");
        }
        fs::create_dir(directory.path().join(".coldseal-tmp-keystore.json-folder")).expect("made");
        temporaries.sweep_beside(&path);
        let is_there = |name: &&str| directory.path().join(name).exists();
        assert!(!is_there(&names[0]));
        assert!(names.iter().skip(1).all(is_there) && is_there(&".coldseal-tmp-keystore.json-folder"));
        // Of a file that no lock guards nothing is known.
        Temporaries::ANY.sweep_beside(&path);
        assert!(is_there(&names[1]));
    }

    #[test]
    fn what_a_killed_write_leaves_has_the_owners_name() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("keystore.json");
        let temporaries = Temporaries::of(&path);
        let mut named = tempfile::Builder::new();
        let left = named.prefix(&temporaries.prefix()).rand_bytes(RANDOM_LENGTH).tempfile_in(directory.path()).expect("made");
        left.keep().expect("left behind");
        temporaries.replace(&path, b"new").expect("written");
        temporaries.sweep_beside(&path);
        assert_eq!(fs::read_dir(directory.path()).expect("lists").count(), 1);
        let mut file = NewFile::create_of(&temporaries, directory.path()).expect("made");
        file.write_all(b"unfinished").expect("written");
        drop(file);
        assert_eq!(fs::read(&path).expect("read"), b"new");
    }

    #[test]
    fn without_a_lock_only_what_nobody_writes_is_removed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        let make = |name: &str, age: Duration| {
            let file = fs::File::create(path(name)).expect("made");
            file.set_modified(std::time::SystemTime::now() - age).expect("aged");
            file
        };
        let (old, long) = (UNLOCKED_FOR * 2, UNLOCKED_FOR * 1000);
        drop(make(".coldseal-tmp-aaaaaa", old));
        let writing = make(".coldseal-tmp-bbbbbb", long);
        writing.lock().expect("locked");
        drop(make(".coldseal-tmp-cccccc", Duration::ZERO));
        drop(make(".coldseal-tmp-keystore.json-dddddd", long));
        drop(make("coldseal-tmp-eeeeee", long));
        fs::create_dir(path(".coldseal-tmp-ffffff")).expect("made");
        Temporaries::ANY.sweep_abandoned(directory.path());
        let mut left: Vec<_> = fs::read_dir(directory.path()).expect("lists").map(|entry| entry.expect("one").file_name()).collect();
        left.sort();
        let expected = [
            ".coldseal-tmp-bbbbbb",
            ".coldseal-tmp-cccccc",
            ".coldseal-tmp-ffffff",
            ".coldseal-tmp-keystore.json-dddddd",
            "coldseal-tmp-eeeeee",
        ];
        assert_eq!(left, expected);
        drop(writing);
        // The next file that needs a temporary name is written here.
        crate::durable::replace(&path("new"), b"new").expect("written");
        assert!(!path(".coldseal-tmp-bbbbbb").exists() && path(".coldseal-tmp-cccccc").exists());
    }

    #[test]
    fn a_name_that_leaves_no_room_is_not_repeated() {
        let long = Path::new("/x").join("n".repeat(LONGEST + 1));
        assert_eq!(Temporaries::of(&long).prefix(), TEMPORARY_PREFIX);
    }
}
