//! One change at a time: each of its records is durable before the next one, so that nothing waits for a barrier.

use std::{fs, path::PathBuf};

use super::{
    folders::Folders,
    secret_writer::{SecretWriter, abandon, remove_secret},
};
use crate::{
    durable::{self, Lock},
    error::Result,
    store::{Commit, NameChange, RecordChange, SecretKey, Staged, Stamp, WriteGroup},
};

pub(super) struct Single<'s> {
    folders: &'s Folders,
    lock: &'s Lock,
}

impl<'s> Single<'s> {
    pub(super) const fn new(folders: &'s Folders, lock: &'s Lock) -> Self {
        Self { folders, lock }
    }
}

impl WriteGroup for Single<'_> {
    fn stage(&self, change: NameChange) -> Result<Box<dyn Staged + '_>> {
        debug_assert_eq!(change.stamp, Stamp::LOCKED, "what was read under the lock stays until it is dropped");
        self.lock.touch();
        let mut staged = StagedRecords(Vec::new());
        for record in change.records {
            let secret = SecretKey { name: change.name.clone(), primary: record.primary };
            if let Err(error) = staged.add(self.folders.secret_dir(&secret), record) {
                staged.abandon_all();
                return Err(error);
            }
        }
        Ok(Box::new(staged))
    }

    fn barrier(&self) -> Result<()> {
        Ok(())
    }
}

/// Records whose bundles are written.
struct StagedRecords(Vec<StagedRecord>);

struct StagedRecord {
    dir: PathBuf,
    change: RecordChange,
    /// `None` for one that is to be removed.
    writer: Option<SecretWriter<'static>>,
}

impl StagedRecords {
    fn add(&mut self, dir: PathBuf, mut change: RecordChange) -> Result<()> {
        let mut writer = change.after.as_ref().map(|_| SecretWriter::begin(&dir)).transpose()?;
        let blobs = std::mem::take(&mut change.blobs);
        let write = |writer: &mut SecretWriter<'_>| blobs.iter().try_for_each(|(blob, message)| writer.write_blob(blob, message));
        let written = writer.as_mut().map_or(Ok(()), write);
        self.0.push(StagedRecord { dir, change, writer });
        written
    }

    fn abandon_all(&self) {
        self.0.iter().for_each(StagedRecord::abandon);
    }
}

impl Staged for StagedRecords {
    fn commit(&mut self) -> Result<Commit> {
        let committed = self.0.iter().try_for_each(StagedRecord::commit);
        if committed.is_err() {
            // What was committed is another record than before, and stays.
            self.abandon_all();
        }
        committed.map(|()| Commit::Done)
    }

    fn abandon(self: Box<Self>) {
        self.abandon_all();
    }

    /// Each commit has swept.
    fn finish(self: Box<Self>) {}
}

impl StagedRecord {
    fn commit(&self) -> Result<()> {
        match (&self.writer, &self.change.after) {
            (Some(writer), Some(record)) => writer.commit(record, &self.change.named_after),
            _ => remove_secret(&self.dir, &self.change.named_after),
        }
    }

    fn abandon(&self) {
        let before = self.change.before.as_deref();
        if self.writer.is_none() {
            return;
        }
        abandon(&self.dir, before, &self.change.named_before);
        if before.is_none() {
            // The Region's folder goes too when this was its first secret.
            let _ = fs::remove_dir(durable::parent_of(&self.dir));
        }
    }
}
