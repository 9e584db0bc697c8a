//! Many files made durable at once.
//!
//! Writing a secret needs two points at which what came before is durable: before the rename that commits it, and after. For many secrets the
//! two are shared: everything of the group is written, then one barrier, then all renames, then another barrier. Where the file system can, a
//! barrier is one `syncfs` for all of it; elsewhere each file is synced as it is written and a barrier syncs the directories, each once.

use std::{
    collections::BTreeSet,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard},
};

use super::{
    Sync,
    directory::{create_dir, create_dir_all, parent_of, sync_dir},
    whole,
};
use crate::{
    error::{Error, Result},
    parallel::lock,
};

/// What a barrier asks of the operating system.
pub(crate) trait Barrier: Send + std::marker::Sync {
    /// True where [`Barrier::sync_whole`] makes everything on the file system of this open directory durable, and tells of every write that
    /// failed since it was opened.
    fn can_sync_whole(&self, directory: &File) -> bool;

    /// Makes everything on the file system durable.
    fn sync_whole(&self, directory: &File) -> io::Result<()>;

    /// Makes the names in a directory durable.
    fn sync_names(&self, directory: &Path) -> Result<()>;
}

/// What is written and not yet durable. Several threads may write at once.
pub(crate) struct Group {
    barrier: Box<dyn Barrier>,
    pending: Mutex<Pending>,
}

#[derive(Default)]
struct Pending {
    /// A directory of each file system, open since before the first write there: a failed write is told to those only who were there.
    systems: Vec<System>,
    /// Directories with new names, on file systems that are not synced whole.
    directories: BTreeSet<PathBuf>,
}

struct System {
    device: u64,
    directory: File,
    is_synced_whole: bool,
}

impl Group {
    pub(crate) fn new() -> Self {
        Self::with(Box::new(OperatingSystem))
    }

    pub(crate) fn with(barrier: Box<dyn Barrier>) -> Self {
        Self { barrier, pending: Mutex::default() }
    }

    /// How a file is to be published in this directory, which is there: with its own sync only where no barrier syncs the whole file system.
    pub(crate) fn sync_in(&self, directory: &Path) -> Result<Sync> {
        Ok(if self.is_synced_whole(directory)? { Sync::Nothing } else { Sync::File })
    }

    /// The next barrier makes the names in this directory durable.
    pub(crate) fn add_names(&self, directory: &Path) -> Result<()> {
        if !self.is_synced_whole(directory)? {
            self.pending().directories.insert(directory.to_owned());
        }
        Ok(())
    }

    /// Makes a directory, mode 0700, where it is not there. Its name is durable with the next barrier, also where a process that ended before
    /// its own had made it; missing parents, in which other processes may come to write, are durable at once.
    pub(crate) fn create_dir(&self, path: &Path) -> Result<()> {
        let parent = parent_of(path);
        let made = match create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create_dir_all(parent)?;
                create_dir(path)
            }
            made => made,
        };
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !path.is_dir() => {
                Err(Error::io_at("making the directory", path, error))
            }
            _ => self.add_names(parent),
        }
    }

    /// A barrier: what was written before is durable when it returns.
    ///
    /// # Errors
    /// Something may not be durable. It is never tried again: the kernel may have dropped the data.
    pub(crate) fn make_durable(&self) -> Result<()> {
        let mut pending = self.pending();
        for system in pending.systems.iter().filter(|system| system.is_synced_whole) {
            tracing::debug!(device = system.device, "syncing the file system");
            self.barrier.sync_whole(&system.directory).map_err(|error| Error::io("syncing the file system", error))?;
        }
        for directory in std::mem::take(&mut pending.directories) {
            self.barrier.sync_names(&directory)?;
        }
        Ok(())
    }

    fn is_synced_whole(&self, directory: &Path) -> Result<bool> {
        let failed = |error| Error::io_at("reading the directory", directory, error);
        let device = device_of(directory).map_err(failed)?;
        let mut pending = self.pending();
        if let Some(system) = pending.systems.iter().find(|system| system.device == device) {
            return Ok(system.is_synced_whole);
        }
        let directory = File::open(directory).map_err(failed)?;
        let is_synced_whole = self.barrier.can_sync_whole(&directory);
        pending.systems.push(System { device, directory, is_synced_whole });
        Ok(is_synced_whole)
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        lock(&self.pending)
    }
}

#[cfg(unix)]
fn device_of(path: &Path) -> io::Result<u64> {
    std::fs::metadata(path).map(|metadata| std::os::unix::fs::MetadataExt::dev(&metadata))
}

/// Elsewhere nothing is synced whole, and one file system is like another.
#[cfg(not(unix))]
fn device_of(_: &Path) -> io::Result<u64> {
    Ok(0)
}

/// The real one.
struct OperatingSystem;

impl Barrier for OperatingSystem {
    fn can_sync_whole(&self, directory: &File) -> bool {
        whole::can_sync(directory)
    }

    fn sync_whole(&self, directory: &File) -> io::Result<()> {
        whole::sync(directory)
    }

    fn sync_names(&self, directory: &Path) -> Result<()> {
        sync_dir(directory)
    }
}

#[cfg(test)]
mod tests;
