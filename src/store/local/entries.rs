//! What is in a folder, and at a path.

use std::{ffi::OsString, fs, io, path::Path};

use crate::error::{Error, Result};

/// In the order of the names; nothing when the folder is not there.
pub(super) fn entries(dir: &Path) -> Result<Vec<fs::DirEntry>> {
    let mut entries = each_entry(dir, |entry| entry)?;
    entries.sort_by_cached_key(fs::DirEntry::file_name);
    Ok(entries)
}

/// The names, in any order; none when the folder is not there.
pub(super) fn names(dir: &Path) -> Result<Vec<OsString>> {
    each_entry(dir, |entry| entry.file_name())
}

fn each_entry<T>(dir: &Path, take: impl Fn(fs::DirEntry) -> T) -> Result<Vec<T>> {
    let reading = |error| Error::io_at("reading the directory", dir, error);
    let listing = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(reading)?,
    };
    listing.map(|entry| entry.map(&take)).collect::<io::Result<_>>().map_err(reading)
}

/// What is at `path`; `None` when nothing is.
pub(super) fn looked_at(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match fs::metadata(path) {
        Err(error) if is_absence(&error) => Ok(None),
        looked => looked.map(Some),
    }
}

/// Whether something has this name, be it a link that leads nowhere.
pub(super) fn is_occupied(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Err(error) if is_absence(&error) => Ok(false),
        looked => looked.map(|_| true),
    }
}

pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
