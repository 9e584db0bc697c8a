//! Temporary names that say whose they are, so that their owner can remove what a killed process left.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::Path,
};

use super::directory::{parent_of, remove};

/// Temporary names start with this, so that a leftover is known for what it is.
const TEMPORARY_PREFIX: &str = ".coldseal-tmp-";
/// Letters and digits that a temporary name ends in.
pub(super) const RANDOM_LENGTH: usize = 6;
/// Longest name that temporary names repeat, in bytes: file systems allow 255 for a whole name.
const LONGEST: usize = 200;

/// The files that are written under one lock: their temporary names begin alike, and no other file's do.
#[derive(Debug)]
pub(crate) struct Temporaries(OsString);

impl Temporaries {
    /// Files that no lock guards: nobody knows whether a temporary one is still being written.
    pub(super) const ANY: Self = Self(OsString::new());

    /// Of what is written under the lock for this file.
    pub(crate) fn of(path: &Path) -> Self {
        Self(path.file_name().filter(|name| name.len() <= LONGEST).map(OsStr::to_owned).unwrap_or_default())
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
    fn a_name_that_leaves_no_room_is_not_repeated() {
        let long = Path::new("/x").join("n".repeat(LONGEST + 1));
        assert_eq!(Temporaries::of(&long).prefix(), TEMPORARY_PREFIX);
    }
}
