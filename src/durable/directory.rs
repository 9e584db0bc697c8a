//! Directories whose names stay.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::whole;
use crate::error::{Error, Result};

/// As many as Linux follows in one path.
const MOST_LINKS: usize = 40;

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
    if path.is_dir() {
        return create_dir_all(path);
    }
    match create_dir(path) {
        Ok(()) => sync_names(parent_of(path), &[path]).inspect_err(|_| {
            // Empty, it is of no use to anybody, and the next command would take it for durable.
            let _ = fs::remove_dir(path);
        }),
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

/// Makes the names of these files in a directory durable. One that cannot be opened to be synced, as it may be written and not read, is synced
/// with all of its file system, where that can be relied on.
///
/// # Errors
/// [`Error::NotSynced`].
pub(crate) fn sync_names<P: AsRef<Path>>(directory: &Path, files: &[P]) -> Result<()> {
    let Err(error) = sync_dir(directory) else { return Ok(()) };
    let Error::Io { source, .. } = error else { return Err(error) };
    let source = match files.first().filter(|_| source.kind() == io::ErrorKind::PermissionDenied).map(|file| sync_around(file.as_ref())) {
        Some(Ok(true)) => return Ok(()),
        Some(Err(source)) => source,
        Some(Ok(false)) | None => source,
    };
    let files = files.iter().map(|file| file.as_ref().to_owned()).collect();
    Err(Error::NotSynced { files, directory: directory.to_owned(), source })
}

/// Syncs the file system of a file; false where that is not known to make names durable.
fn sync_around(path: &Path) -> io::Result<bool> {
    match fs::File::open(path) {
        Ok(inside) if whole::can_sync(&inside) => whole::sync(&inside).map(|()| true),
        _ => Ok(false),
    }
}

/// Where a file at this path is, or will be when it is made: behind the symbolic links, which need not lead to what is there.
///
/// # Errors
/// They go round in a circle.
pub(crate) fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
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
