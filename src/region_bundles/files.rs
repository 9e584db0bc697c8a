//! Several files of which all appear, or none.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    durable::{self, Existing, NewFile, Sync},
    error::Result,
};

/// How files are written: none takes the place of one that is there, and all are synced, unless that is turned off.
#[derive(Debug, Clone, Copy)]
pub struct Writing {
    existing: Existing,
    /// The directory is synced once, after the last file.
    sync: Sync,
}

impl Default for Writing {
    fn default() -> Self {
        Self { existing: Existing::Refuse, sync: Sync::File }
    }
}

impl Writing {
    /// What has a file's name is replaced, by a rename.
    #[must_use]
    pub const fn replacing(self) -> Self {
        Self { existing: Existing::Replace, ..self }
    }

    /// Whether what has a file's name is replaced.
    #[must_use]
    pub fn is_replacing(self) -> bool {
        self.existing == Existing::Replace
    }

    /// Nothing is synced: the files may be lost in a power cut.
    #[must_use]
    pub const fn without_sync(self) -> Self {
        Self { sync: Sync::Nothing, ..self }
    }
}

/// Makes the directory where it is missing, hands one file for each name to `write`, and names them.
pub(super) fn write_files<T>(
    directory: &Path,
    names: &[impl AsRef<Path>],
    writing: Writing,
    write: impl FnOnce(Vec<&mut NewFile>) -> Result<T>,
) -> Result<T> {
    let is_new = !directory.exists();
    durable::create_dir_all(directory)?;
    let paths: Vec<_> = names.iter().map(|name| directory.join(name)).collect();
    let written = write_new_files(directory, &paths, writing, write);
    if written.is_err() && is_new {
        // It stays where something else is in it by now.
        let _ = fs::remove_dir(directory);
    }
    written
}

fn write_new_files<T>(
    directory: &Path,
    paths: &[PathBuf],
    writing: Writing,
    write: impl FnOnce(Vec<&mut NewFile>) -> Result<T>,
) -> Result<T> {
    let mut files: Vec<NewFile> = paths.iter().map(|_| NewFile::create_in(directory)).collect::<Result<_>>()?;
    let written = write(files.iter_mut().collect())?;
    publish(files, paths, directory, writing)?;
    Ok(written)
}

/// Any error removes what was named before it. What has taken an older file's place stays: it is complete, and the older one is gone.
fn publish(files: Vec<NewFile>, paths: &[PathBuf], directory: &Path, writing: Writing) -> Result<()> {
    let mut named = Vec::new();
    let publish = || -> Result<()> {
        for (file, path) in files.into_iter().zip(paths) {
            let is_new = path.symlink_metadata().is_err();
            file.publish(path, writing.existing, writing.sync)?;
            named.extend(is_new.then_some(path));
        }
        if writing.sync == Sync::Nothing { Ok(()) } else { durable::sync_dir(directory) }
    };
    let result = publish();
    if result.is_err() {
        for path in named {
            // The first error is the one to tell.
            let _ = fs::remove_file(path);
        }
    }
    result
}
