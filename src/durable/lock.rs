//! One writer at a time, through an advisory lock on a file that stays.

use std::{
    fs, io,
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, SystemTime},
};

use super::{
    events::{Event, teller},
    regular,
};
use crate::error::{Error, Result};

/// Who waits longer than this for a lock is told so.
const PATIENCE: Duration = Duration::from_secs(1);

fn lock(file: &fs::File, path: &Path) -> io::Result<()> {
    match (file.try_lock(), teller()) {
        (Ok(()), _) => Ok(()),
        (Err(fs::TryLockError::WouldBlock), Some(tell)) => thread::scope(|scope| {
            let (is_locked, waits) = mpsc::channel::<()>();
            // Where there is no thread to tell it, this waits without a word.
            let _ = thread::Builder::new().spawn_scoped(scope, move || {
                if waits.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                    tell(&Event::Waiting(path));
                }
            });
            // Dropped once there is nothing to wait for.
            let _is_locked = is_locked;
            file.lock()
        }),
        (Err(fs::TryLockError::WouldBlock), None) => file.lock(),
        (Err(fs::TryLockError::Error(error)), _) => Err(error),
    }
}

/// Whether a lock cannot be had as nothing can be written there: the medium is read-only, or the folder is somebody else's.
pub(crate) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// Held until dropped; the operating system drops it when the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    file: fs::File,
}

impl Lock {
    /// Waits until no one else holds the lock at `path`, making the file when it is missing, and nothing where a symbolic link leads.
    pub(crate) fn exclusive(path: &Path) -> Result<Self> {
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        tracing::debug!(path = %path.display(), "locking");
        let file = regular::open_as(&mut options, "locking", path)?;
        lock(&file, path).map_err(|error| Error::io_at("locking", path, error))?;
        Ok(Self { file })
    }

    /// Whether nobody holds the lock at `path`, and that can be told.
    pub(crate) fn is_free(path: &Path) -> bool {
        match regular::open_regular(path) {
            Ok(file) => file.try_lock_shared().is_ok(),
            Err(Error::Io { source, .. }) => source.kind() == io::ErrorKind::NotFound,
            Err(_) => false,
        }
    }

    /// Leaves the time at the lock, for those who want to know whether anybody was there.
    pub(crate) fn touch(&self) {
        // Who may lock may do this; where the file system keeps no times nobody can rely on them.
        let _ = self.file.set_modified(SystemTime::now());
    }
}
