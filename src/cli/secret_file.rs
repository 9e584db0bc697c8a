//! A file with a key or a passphrase that a flag or a variable names.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::files_in_use::FilesInUse;
use crate::{
    durable::read_to,
    error::{Result, SetupError},
    secret::SecretBytes,
};

/// The content of such a file, and whether others can have it too: what turns out to be public is no secret.
pub(crate) struct SecretFile {
    path: PathBuf,
    bytes: SecretBytes,
    private: Result<(), SetupError>,
}

impl SecretFile {
    /// Reads the file whole; of a longer one `limit` bytes and one. Says when it waits for the writer of a pipe.
    pub(crate) fn read(files: &FilesInUse, path: &Path, limit: usize) -> io::Result<Self> {
        let (file, private) = files.open_secret(path)?;
        Ok(Self { path: path.to_owned(), bytes: read_to(limit, file)?, private })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The content, which may be secret or not.
    pub(crate) const fn bytes(&self) -> &SecretBytes {
        &self.bytes
    }

    /// Demands that the file is the user's alone.
    ///
    /// # Errors
    /// [`SetupError::SecretFileMode`], [`SetupError::SecretFileOwner`].
    pub(crate) fn require_private(&self) -> Result<(), SetupError> {
        self.private.clone()
    }

    /// The content, which is secret.
    ///
    /// # Errors
    /// As for [`SecretFile::require_private`].
    pub(crate) fn into_secret(self) -> Result<SecretBytes, SetupError> {
        self.private.map(|()| self.bytes)
    }
}
