//! Changes of many names, made durable together.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Mutex};

use super::{
    folders::Folders,
    layout,
    secret_writer::{SecretWriter, abandon, sweep},
};
use crate::{
    durable::{self, Aside, Group, Lock},
    error::{Error, Result},
    parallel::lock,
    store::{BlobKey, Commit, NameChange, RecordChange, SecretKey, Staged, Stamp, WriteGroup},
};

pub(super) struct LocalGroup<'s> {
    folders: &'s Folders,
    group: Group,
    lock: &'s Lock,
    /// Folders of Regions in which something new was abandoned. While the group is written to, others may be about to write there.
    abandoned: Mutex<BTreeSet<PathBuf>>,
}

impl<'s> LocalGroup<'s> {
    pub(super) fn new(folders: &'s Folders, group: Group, lock: &'s Lock) -> Self {
        Self { folders, group, lock, abandoned: Mutex::default() }
    }
}

impl Drop for LocalGroup<'_> {
    fn drop(&mut self) {
        for region_dir in &*lock(&self.abandoned) {
            // A Region's folder goes when it was made for nothing.
            let _ = fs::remove_dir(region_dir);
        }
    }
}

impl WriteGroup for LocalGroup<'_> {
    fn stage(&self, change: NameChange) -> Result<Box<dyn Staged + '_>> {
        debug_assert_eq!(change.stamp, Stamp::LOCKED, "what was read under the lock stays until it is dropped");
        self.lock.touch();
        let mut staged = StagedTogether { owner: self, records: Vec::new() };
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
        self.group.make_durable()
    }
}

struct StagedTogether<'g> {
    owner: &'g LocalGroup<'g>,
    records: Vec<StagedInGroup>,
}

struct StagedInGroup {
    dir: PathBuf,
    before: Option<Vec<u8>>,
    named_before: Vec<BlobKey>,
    named_after: Vec<BlobKey>,
    after: After,
    may_have_leftovers: bool,
}

enum After {
    /// Lies ready under a temporary name.
    Aside(Aside),
    Removed,
    Committed {
        is_there: bool,
    },
}

impl StagedTogether<'_> {
    fn add(&mut self, dir: PathBuf, change: RecordChange) -> Result<()> {
        let RecordChange { before, named_before, named_after, after, blobs, .. } = change;
        let mut staged = StagedInGroup { dir, before, named_before, named_after, after: After::Removed, may_have_leftovers: true };
        let Some(record) = after else {
            layout::refuse_links(&staged.dir)?;
            self.records.push(staged);
            return Ok(());
        };
        let mut writer = SecretWriter::begin_in(&self.owner.group, &staged.dir).inspect_err(|_| self.give_up_region(&staged))?;
        staged.may_have_leftovers = writer.may_have_leftovers;
        let written = blobs.iter().try_for_each(|(blob, message)| writer.write_blob(blob, message));
        match written.and_then(|()| writer.set_aside(&record)) {
            Ok(aside) => {
                staged.after = After::Aside(aside);
                self.records.push(staged);
                Ok(())
            }
            Err(error) => {
                self.abandon_one(&staged);
                Err(error)
            }
        }
    }

    fn abandon_one(&self, staged: &StagedInGroup) {
        abandon(&staged.dir, staged.before.as_deref(), &staged.named_before);
        self.give_up_region(staged);
    }

    /// The Region's folder goes, if this was to be its first secret.
    fn give_up_region(&self, staged: &StagedInGroup) {
        if staged.before.is_none() {
            lock(&self.owner.abandoned).insert(durable::parent_of(&staged.dir).to_owned());
        }
    }

    fn abandon_all(&mut self) {
        for mut staged in std::mem::take(&mut self.records) {
            // A temporary file goes when it is dropped.
            staged.after = After::Removed;
            self.abandon_one(&staged);
        }
    }
}

impl StagedInGroup {
    fn commit(&mut self, group: &Group) -> Result<()> {
        group.add_names(&self.dir)?;
        match std::mem::replace(&mut self.after, After::Committed { is_there: true }) {
            After::Aside(record) => record.put(),
            After::Removed => {
                self.after = After::Committed { is_there: false };
                let path = self.dir.join(layout::RECORD);
                fs::remove_file(&path).map_err(|error| Error::io_at("removing", &path, error))
            }
            After::Committed { .. } => Ok(()),
        }
    }
}

impl Staged for StagedTogether<'_> {
    fn commit(&mut self) -> Result<Commit> {
        let group = &self.owner.group;
        let committed = self.records.iter_mut().try_for_each(|staged| staged.commit(group));
        if committed.is_err() {
            self.abandon_all();
        }
        committed.map(|()| Commit::Done)
    }

    fn abandon(mut self: Box<Self>) {
        self.abandon_all();
    }

    fn finish(self: Box<Self>) {
        for staged in &self.records {
            let is_there = matches!(staged.after, After::Committed { is_there: true });
            if staged.may_have_leftovers || !is_there {
                sweep(&staged.dir, Some(&staged.named_after));
            }
            if !is_there {
                let _ = fs::remove_dir(&staged.dir);
            }
        }
    }
}
