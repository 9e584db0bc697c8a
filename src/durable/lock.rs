//! One writer at a time, through an advisory lock on a file that stays.

use std::{fs, path::Path};

use crate::error::{Error, Result};

/// Held until dropped; the operating system drops it when the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: fs::File,
}

impl Lock {
    /// Waits until no one else holds the lock at `path`, making the file when it is missing.
    pub(crate) fn exclusive(path: &Path) -> Result<Self> {
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        tracing::debug!(path = %path.display(), "locking");
        let locked = options.open(path).and_then(|file| file.lock().map(|()| Self { _file: file }));
        locked.map_err(|error| Error::io_at("locking", path, error))
    }
}
