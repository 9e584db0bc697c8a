//! A change of one secret: prepared in memory, then written in one commit.

use std::{path::PathBuf, time::Instant};

use super::{
    commit::{self, SecretWriter},
    family::Located,
    record::SecretRecord,
    seal_version::SealedVersion,
};
use crate::{
    durable::{Aside, Group},
    error::Result,
};

/// A record and the bundles that it is to name. Nothing of it is written yet.
pub(super) struct PreparedChange {
    pub(super) dir: PathBuf,
    /// The record that is committed now, if the secret exists.
    pub(super) before: Option<SecretRecord>,
    /// The record to commit, without the new bundles.
    pub(super) after: SecretRecord,
    /// For each version of `after` its new bundles, in the same order; fewer where the later versions get none.
    pub(super) sealed: Vec<SealedVersion>,
}

impl PreparedChange {
    /// Writes the bundles, then commits the record. An error before the commit leaves the folder as it was.
    pub(super) fn write(mut self) -> Result<Located> {
        let (primary, began) = (self.after.primary_region(), Instant::now());
        let mut writer = SecretWriter::begin(&self.dir)?;
        let written = self.write_with(&mut writer);
        if written.is_err() {
            writer.abandon(self.before.as_ref(), primary);
        }
        tracing::debug!(arn = %self.after.arn, is_written = written.is_ok(), elapsed = ?began.elapsed(), "change of a secret");
        written.map(|()| Located { dir: self.dir, record: self.after })
    }

    fn write_with(&mut self, writer: &mut SecretWriter<'static>) -> Result<()> {
        self.write_bundles(writer)?;
        writer.commit(&self.after)
    }

    fn write_bundles(&mut self, writer: &mut SecretWriter<'_>) -> Result<()> {
        for (version, sealed) in self.after.versions.iter_mut().zip(&self.sealed) {
            let bundles = sealed.write(writer)?;
            version.bundles.retain(|old| !bundles.iter().any(|new| new.region == old.region));
            version.bundles.extend(bundles);
        }
        Ok(())
    }

    /// Writes everything but the commit, to be made durable with the rest of the group. An error leaves the folder as it was.
    pub(super) fn stage(mut self, group: &Group) -> Result<StagedChange> {
        let mut writer = SecretWriter::begin_in(group, &self.dir)?;
        let staged = self.write_bundles(&mut writer).and_then(|()| writer.stage(&self.after));
        match staged {
            Ok(record) => {
                let may_have_leftovers = writer.may_have_leftovers;
                Ok(StagedChange { dir: self.dir, before: self.before, after: self.after, record, may_have_leftovers })
            }
            Err(error) => {
                writer.abandon(self.before.as_ref(), self.after.primary_region());
                Err(error)
            }
        }
    }
}

/// A change that lacks its commit and two barriers: one before the commit, one after.
pub(super) struct StagedChange {
    dir: PathBuf,
    before: Option<SecretRecord>,
    after: SecretRecord,
    record: Aside,
    may_have_leftovers: bool,
}

impl StagedChange {
    /// The commit, once a barrier has come after [`PreparedChange::stage`]. It is durable after the next one.
    pub(super) fn commit(self, group: &Group) -> Result<CommittedChange> {
        let Self { dir, before, after, record, may_have_leftovers } = self;
        if let Err(error) = group.add_names(&dir).and_then(|()| record.put()) {
            commit::abandon(&dir, before.as_ref(), after.primary_region());
            return Err(error);
        }
        Ok(CommittedChange { located: Located { dir, record: after }, may_have_leftovers })
    }

    /// Removes what was written, where the barrier before the commit failed.
    pub(super) fn abandon(self) {
        let Self { dir, before, after, record, .. } = self;
        drop(record);
        commit::abandon(&dir, before.as_ref(), after.primary_region());
    }
}

/// A change that is made and may not be durable yet.
pub(super) struct CommittedChange {
    located: Located,
    may_have_leftovers: bool,
}

impl CommittedChange {
    /// Sweeps leftovers, once the commit is durable.
    pub(super) fn finish(self) -> Located {
        if self.may_have_leftovers {
            commit::sweep(&self.located.dir, Some(&self.located.record));
        }
        self.located
    }
}
