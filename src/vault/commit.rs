//! Durable writes of a secret: bundles first, under their content's names; then the rename of `secret.json`, the only commit.

use std::{
    collections::HashSet,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    family::{entries, read_bounded, read_record},
    layout::{self, RECORD},
    record::{BundleRecord, SecretRecord},
};
use crate::{
    arn::KeyArn,
    crypto::sha256,
    durable::{self, Aside, Existing, Group, NewFile, Sync},
    error::{Error, Result},
    region::Region,
};

/// A secret's folder while one command writes to it.
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
    pub(crate) fn commit(&self, record: &SecretRecord) -> Result<()> {
        for dir in &self.version_dirs {
            durable::sync_dir(dir)?;
        }
        let path = self.dir.join(RECORD);
        durable::replace(&path, &record.to_json()?)?;
        tracing::debug!(path = %path.display(), "record committed");
        sweep(&self.dir, Some(record));
        Ok(())
    }
}

impl<'g> SecretWriter<'g> {
    /// The same for one of many secrets: nothing of it is durable before the group's barriers.
    pub(crate) fn begin_in(group: &'g Group, dir: &Path) -> Result<Self> {
        layout::refuse_links(dir)?;
        let may_have_leftovers = dir.exists();
        group.create_dir(dir)?;
        let sync = group.sync_in(dir)?;
        Ok(Self { dir: dir.to_owned(), version_dirs: Vec::new(), group: Some(group), sync, may_have_leftovers })
    }

    /// Writes the record under a temporary name. With a barrier behind it and the bundles, [`Aside::put`] is the commit, and durable after
    /// another barrier.
    pub(crate) fn stage(&self, record: &SecretRecord) -> Result<Aside> {
        let path = self.dir.join(RECORD);
        let mut new = NewFile::create_in(&self.dir)?;
        io::Write::write_all(&mut new, &record.to_json()?).map_err(|error| Error::io_at("writing", &path, error))?;
        for dir in self.version_dirs.iter().chain([&self.dir]) {
            self.group.map_or(Ok(()), |group| group.add_names(dir))?;
        }
        new.set_aside(&path, self.sync)
    }

    /// Writes a bundle and, outside of a group, syncs its content; its name becomes durable before the commit.
    pub(crate) fn write_bundle(&mut self, version_id: &str, key: &KeyArn, message: &[u8]) -> Result<BundleRecord> {
        let version_dir = self.dir.join(layout::encode(version_id));
        durable::regular::refuse_link(&version_dir)?;
        if !self.version_dirs.contains(&version_dir) {
            self.group.map_or_else(|| durable::create_dir_in_durable(&version_dir), |group| group.create_dir(&version_dir))?;
            self.version_dirs.push(version_dir.clone());
        }
        let sha256 = sha256(message);
        let file = layout::bundle_file(key.region(), &sha256);
        let path = version_dir.join(&file);
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
        let size = u64::try_from(message.len()).unwrap_or(u64::MAX);
        tracing::debug!(path = %path.display(), size, %key, "bundle written");
        Ok(BundleRecord { region: key.region(), file, size, sha256, kms_key_id: key.to_string(), encrypted_data_keys: Vec::new() })
    }

    /// Removes what an error before the commit left. `before` is the record that was committed when the writer began, if there was one.
    ///
    /// Where another record is there by now, the rename of the commit was done, and may or may not be durable: then nothing is removed, as
    /// either record may be the one that a power cut leaves. The same holds where the record cannot be read.
    pub(crate) fn abandon(&self, before: Option<&SecretRecord>, primary: Region) {
        abandon(&self.dir, before, primary);
        if before.is_none() && self.group.is_none() {
            // The Region's folder goes too when this was its first secret. Of a group, others may be about to write there.
            let _ = self.dir.parent().map(fs::remove_dir);
        }
    }
}

/// As [`SecretWriter::abandon`], where the writer is gone; the Region's folder stays.
pub(super) fn abandon(dir: &Path, before: Option<&SecretRecord>, primary: Region) {
    match read_record(dir, primary) {
        Ok(now) if now.as_ref() == before => sweep(dir, before),
        _ => return,
    }
    if before.is_none() {
        let _ = fs::remove_dir(dir);
    }
}

/// Files of a secret's folder that its record does not name.
pub(crate) fn leftovers(dir: &Path, record: Option<&SecretRecord>) -> Result<Vec<PathBuf>> {
    layout::refuse_links(dir)?;
    let mut named: HashSet<(OsString, OsString)> = HashSet::new();
    for version in record.iter().flat_map(|record| &record.versions) {
        let version_dir = layout::encode(&version.version_id);
        named.extend(version.bundles.iter().map(|bundle| (version_dir.clone().into(), bundle.file.clone().into())));
    }
    let mut found = Vec::new();
    for entry in entries(dir)? {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let files = entries(&path)?.into_iter().filter(|file| !named.contains(&(entry.file_name(), file.file_name())));
            found.extend(files.map(|file| file.path()));
        } else if record.is_none() || entry.file_name() != RECORD {
            found.push(path);
        }
    }
    Ok(found)
}

/// Removes leftovers and the folders that they leave empty; no file that has not a writer's name. What cannot be removed is the next writer's.
pub(super) fn sweep(dir: &Path, record: Option<&SecretRecord>) {
    for path in leftovers(dir, record).unwrap_or_default() {
        let is_removed = layout::is_writers(&path) && fs::remove_file(&path).is_ok();
        tracing::debug!(path = %path.display(), is_removed, "leftover");
    }
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // Fails for one that still holds bundles, as it should.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// Removes a whole secret: its record first, which is what makes it one.
pub(crate) fn remove_secret(dir: &Path) -> Result<()> {
    let path = dir.join(RECORD);
    durable::remove(&path)?;
    tracing::debug!(path = %path.display(), "record removed");
    sweep(dir, None);
    let _ = fs::remove_dir(dir);
    Ok(())
}
