//! Several files of which all appear, or none.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    durable::{self, Aside, Existing, NewFile, Sync, parent_of},
    error::{Error, Result},
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
    let written = write_new_files(directory, names, writing, write);
    if written.is_err() && is_new {
        // It stays where something else is in it by now.
        let _ = fs::remove_dir(directory);
    }
    written
}

fn write_new_files<T>(
    directory: &Path,
    names: &[impl AsRef<Path>],
    writing: Writing,
    write: impl FnOnce(Vec<&mut NewFile>) -> Result<T>,
) -> Result<T> {
    // Behind a link its file is replaced, and not the link.
    let followed = |path: PathBuf| durable::followed(&path).map_err(|error| Error::io_at("creating", &path, error));
    let paths: Vec<_> = names.iter().map(|name| followed(directory.join(name))).collect::<Result<_>>()?;
    let mut files: Vec<NewFile> = paths.iter().map(|path| NewFile::create_in(parent_of(path))).collect::<Result<_>>()?;
    let written = write(files.iter_mut().collect())?;
    let mut named = Vec::new();
    let published = publish(files, &paths, writing, &mut named).and_then(|()| sync(&paths, writing));
    if published.as_ref().is_err_and(|error| !is_complete(error)) {
        for path in named {
            // The first error is the one to tell.
            let _ = fs::remove_file(path);
        }
    }
    published.map(|()| written)
}

/// Files in a directory that nobody may read, and that can for this reason not be synced, have come to no harm.
fn is_complete(error: &Error) -> bool {
    matches!(error, Error::NotSynced { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
}

/// Gives the files their names when all are durable. `named` are those that took nothing's place.
fn publish(mut files: Vec<NewFile>, paths: &[PathBuf], writing: Writing, named: &mut Vec<PathBuf>) -> Result<()> {
    for (file, path) in files.iter_mut().zip(paths) {
        file.sync_content(path, writing.sync)?;
    }
    if writing.is_replacing() {
        let asides = files.into_iter().zip(paths).map(|(file, path)| file.set_aside(path, Sync::Nothing));
        return replace(asides.collect::<Result<_>>()?, paths, named);
    }
    for (file, path) in files.into_iter().zip(paths) {
        file.publish(path, Existing::Refuse, Sync::Nothing)?;
        named.push(path.clone());
    }
    Ok(())
}

/// What has taken an older file's place stays after an error: it is complete, and the older one is gone.
fn replace(asides: Vec<Aside>, paths: &[PathBuf], named: &mut Vec<PathBuf>) -> Result<()> {
    let mut replaced = Vec::new();
    for (aside, path) in asides.into_iter().zip(paths) {
        let is_new = path.symlink_metadata().is_err();
        match aside.put() {
            Ok(()) if is_new => named.push(path.clone()),
            Ok(()) => replaced.push(path.clone()),
            Err(error) if replaced.is_empty() => return Err(error),
            Err(error) => {
                let is_kept = |path: &&PathBuf| !replaced.contains(path) && !named.contains(path);
                let kept = paths.iter().filter(is_kept).cloned().collect();
                return Err(Error::PartlyReplaced { replaced, kept, source: Box::new(error) });
            }
        }
    }
    Ok(())
}

/// Each directory once.
fn sync(paths: &[PathBuf], writing: Writing) -> Result<()> {
    let directories: BTreeSet<_> = paths.iter().map(|path| parent_of(path)).collect();
    for directory in directories.into_iter().filter(|_| writing.sync != Sync::Nothing) {
        let files: Vec<_> = paths.iter().filter(|path| parent_of(path) == directory).collect();
        durable::sync_names(directory, &files)?;
    }
    Ok(())
}
