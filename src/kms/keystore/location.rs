//! Where a keystore is, and the names of the files beside it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::key_file;
use crate::{
    durable::{SecretFileAccess, Temporaries},
    error::{Error, Result, SetupError},
    secret::SecretBytes,
};

/// Where a keystore and its key file are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeystoreLocation {
    /// The keystore file.
    pub keystore: PathBuf,
    /// The key file; not looked at while a passphrase protects the keystore.
    pub key_file: PathBuf,
    /// Whether the key file is read where others can have it too.
    pub key_file_access: SecretFileAccess,
}

impl KeystoreLocation {
    /// A keystore with its key file `keystore.key` beside it.
    #[must_use]
    pub fn new(keystore: impl Into<PathBuf>) -> Self {
        let keystore = keystore.into();
        let key_file = keystore.with_file_name("keystore.key");
        Self { keystore, key_file, key_file_access: SecretFileAccess::Private }
    }

    /// Every file that a keystore has, always or for some time: itself, its key file, its lock, and a new key file.
    #[must_use]
    pub fn files(&self) -> [PathBuf; 4] {
        [self.keystore.clone(), self.key_file.clone(), self.lock_file(), self.new_key_file()]
    }

    /// A key file's bytes, this one's or another's; `None` when there is no file.
    pub(super) fn read_key_file(&self, path: &Path) -> Result<Option<SecretBytes>> {
        key_file::read(path, self.key_file_access)
    }

    /// The refusal where there is none.
    pub(super) fn none(&self) -> Error {
        SetupError::NoKeystore(self.keystore.clone()).into()
    }

    /// The files that are written under the lock.
    pub(super) fn temporaries(&self) -> Temporaries {
        Temporaries::of(&self.keystore)
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        with_suffix(&self.keystore, ".lock")
    }

    /// The name of a new key file until the old one is gone.
    pub(super) fn new_key_file(&self) -> PathBuf {
        with_suffix(&self.key_file, ".new")
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Whether there is anything at a path.
pub(super) fn exists(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io_at("look for", path, error)),
    }
}
