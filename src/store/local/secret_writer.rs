//! Durable writes of a secret: bundles first, under their content's names; then the rename of `secret.json`, the only commit.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    entries::entries,
    layout::{self, RECORD},
    read::{read_bounded, read_record_to},
};
use crate::{
    durable::{self, Aside, Event, Existing, Group, NewFile, Sync},
    error::{Error, Result},
    store::BlobKey,
};

/// A secret's folder while it is written to.
pub(crate) struct SecretWriter<'g> {
    dir: PathBuf,
    /// Folders whose names have to be made durable before the commit.
    version_dirs: Vec<PathBuf>,
    /// What makes it durable together with other secrets.
    group: Option<&'g Group>,
    /// How each file is published.
    sync: Sync,
    /// The folder was there before: what a stopped writer left may lie in it.
    pub(super) may_have_leftovers: bool,
}

impl SecretWriter<'static> {
    /// Makes the folder when it is missing.
    ///
    /// # Errors
    /// A symbolic link leads there: what is behind it is not the vault's, and no leftover.
    pub(crate) fn begin(dir: &Path) -> Result<Self> {
        layout::refuse_links(dir)?;
        // The name of one without a record is durable only if its maker came to that.
        let is_left_over = dir.exists() && !dir.join(RECORD).exists();
        durable::create_dir_all(dir)?;
        if is_left_over {
            durable::sync_dir(durable::parent_of(dir))?;
        }
        Ok(Self { dir: dir.to_owned(), version_dirs: Vec::new(), group: None, sync: Sync::File, may_have_leftovers: true })
    }

    /// The commit. Until it returns, the secret is as it was before; leftovers are swept after it.
    pub(super) fn commit(&self, record: &[u8], named: &[BlobKey]) -> Result<()> {
        for dir in &self.version_dirs {
            durable::sync_dir(dir)?;
        }
        let path = self.dir.join(RECORD);
        durable::replace(&path, record)?;
        tracing::debug!(path = %path.display(), "record committed");
        sweep(&self.dir, Some(named));
        Ok(())
    }
}

impl<'g> SecretWriter<'g> {
    /// The same for one of many secrets: nothing of it is durable before the group's barriers.
    pub(super) fn begin_in(group: &'g Group, dir: &Path) -> Result<Self> {
        layout::refuse_links(dir)?;
        let may_have_leftovers = dir.exists();
        group.create_dir(dir)?;
        let sync = group.sync_in(dir)?;
        Ok(Self { dir: dir.to_owned(), version_dirs: Vec::new(), group: Some(group), sync, may_have_leftovers })
    }

    /// Writes the record under a temporary name. With a barrier behind it and the bundles, [`Aside::put`] is the commit, and durable after
    /// another barrier.
    pub(super) fn set_aside(&self, record: &[u8]) -> Result<Aside> {
        let path = self.dir.join(RECORD);
        let mut new = NewFile::create_in(&self.dir)?;
        io::Write::write_all(&mut new, record).map_err(|error| Error::io_at("writing", &path, error))?;
        for dir in self.version_dirs.iter().chain([&self.dir]) {
            self.group.map_or(Ok(()), |group| group.add_names(dir))?;
        }
        new.set_aside(&path, self.sync)
    }

    /// Writes a bundle whose name the group's next barrier makes durable, without a record that names it.
    pub(super) fn put_blob(mut self, blob: &BlobKey, message: &[u8]) -> Result<()> {
        self.write_blob(blob, message)?;
        for dir in self.version_dirs.iter().chain([&self.dir]) {
            self.group.map_or(Ok(()), |group| group.add_names(dir))?;
        }
        Ok(())
    }

    /// Writes a bundle and, outside of a group, syncs its content; its name becomes durable before the commit.
    pub(crate) fn write_blob(&mut self, blob: &BlobKey, message: &[u8]) -> Result<()> {
        let version_dir = self.dir.join(&blob.version);
        durable::regular::refuse_link(&version_dir)?;
        if !self.version_dirs.contains(&version_dir) {
            self.group.map_or_else(|| durable::create_dir_in_durable(&version_dir), |group| group.create_dir(&version_dir))?;
            self.version_dirs.push(version_dir.clone());
        }
        let path = version_dir.join(&blob.file);
        let mut new = NewFile::create_in(&version_dir)?;
        io::Write::write_all(&mut new, message).map_err(|error| Error::io_at("writing", &path, error))?;
        match new.publish(&path, Existing::Refuse, self.sync) {
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
                if read_bounded(&path, u64::try_from(message.len()).unwrap_or(u64::MAX))? != message {
                    return Err(Error::damaged(path, "exists with other content than its name says"));
                }
            }
            result => result?,
        }
        tracing::debug!(path = %path.display(), size = message.len(), "bundle written");
        Ok(())
    }
}

/// Removes what an error before the commit left. `before` is the record that was there when the writer began, if there was one.
///
/// Where another record is there by now, the rename of the commit was done, and may or may not be durable: then nothing is removed, as
/// either record may be the one that a power cut leaves. The same holds where the record cannot be read.
pub(crate) fn abandon(dir: &Path, before: Option<&[u8]>, named: &[BlobKey]) {
    let mut now = Vec::new();
    match read_record_to(&mut now, &dir.join(RECORD)) {
        // Without a record too, what was named stays: a root may name it.
        Ok(is_there) if is_there.then_some(&*now) == before => sweep(dir, Some(named)),
        _ => return,
    }
    if before.is_none() {
        let _ = fs::remove_dir(dir);
    }
}

/// Files of a secret's folder that its record does not name; without a record, all.
pub(super) fn leftovers(dir: &Path, named: Option<&[BlobKey]>) -> Result<Vec<PathBuf>> {
    layout::refuse_links(dir)?;
    let names: HashSet<(&OsStr, &OsStr)> =
        named.into_iter().flatten().map(|blob| (OsStr::new(&blob.version), OsStr::new(&blob.file))).collect();
    let mut found = Vec::new();
    for entry in entries(dir)? {
        let (path, version) = (entry.path(), entry.file_name());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let files = entries(&path)?.into_iter().filter(|file| !names.contains(&(&*version, &*file.file_name())));
            found.extend(files.map(|file| file.path()));
        } else if named.is_none() || version != RECORD {
            found.push(path);
        }
    }
    Ok(found)
}

/// Removes leftovers and the folders that they leave empty; no file that has not a writer's name. What cannot be removed is the next writer's.
pub(super) fn sweep(dir: &Path, named: Option<&[BlobKey]>) {
    for path in leftovers(dir, named).unwrap_or_default().into_iter().filter(|path| layout::is_writers(path)) {
        match fs::remove_file(&path) {
            Ok(()) => tracing::debug!(path = %path.display(), "leftover removed"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // Maybe a bundle under a key that is to open the secret no more.
            Err(error) => durable::tell(&Event::NotRemoved(&path, &error)),
        }
    }
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // Fails for one that still holds bundles, as it should.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// Removes a secret: its record first, which is what makes it one. Where that is gone already, what was left of it. Blobs that are `named` stay.
pub(super) fn remove_secret(dir: &Path, named: &[BlobKey]) -> Result<()> {
    let path = dir.join(RECORD);
    match durable::remove(&path) {
        // Whoever removed it may have been stopped before that was durable.
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => durable::sync_dir(dir)?,
        removed => removed?,
    }
    tracing::debug!(path = %path.display(), "record removed");
    sweep(dir, Some(named));
    let _ = fs::remove_dir(dir);
    Ok(())
}
