//! Directories whose names stay.

use std::{fs, io, path::Path};

use crate::error::{Error, Result};

/// Makes a directory and its missing parents, mode 0700, and syncs the parent of each one that is made.
pub(crate) fn create_dir_all(path: &Path) -> Result<()> {
    let parent = parent_of(path);
    if path.is_dir() {
        // A process may have ended between making it and syncing its parent. What is in a directory came after both.
        let is_empty = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
        return match is_empty.then(|| sync_dir(parent)) {
            // Then it was not made here.
            Some(Err(Error::Io { source, .. })) if source.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            synced => synced.unwrap_or(Ok(())),
        };
    }
    create_dir_all(parent)?;
    create_dir_in_durable(path)
}

/// The same in a directory that [`create_dir_all`] has made or seen: nothing above it is synced again.
pub(crate) fn create_dir_in_durable(path: &Path) -> Result<()> {
    let parent = parent_of(path);
    if path.is_dir() {
        return create_dir_all(path);
    }
    match create_dir(path) {
        Ok(()) => sync_dir(parent),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(Error::io_at("making the directory", path, error)),
    }
}

/// Removes a file and syncs its directory.
pub(crate) fn remove(path: &Path) -> Result<()> {
    tracing::debug!(path = %path.display(), "removing the file");
    fs::remove_file(path).map_err(|error| Error::io_at("removing", path, error))?;
    sync_dir(parent_of(path))
}

/// Makes the names in a directory durable.
pub(crate) fn sync_dir(path: &Path) -> Result<()> {
    #[cfg(unix)]
    fs::File::open(path).and_then(|directory| directory.sync_all()).map_err(|error| Error::io_at("syncing the directory", path, error))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The directory that holds `path`; the current one for a bare name.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
