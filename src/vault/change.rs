//! A change of one secret: a function of the records that were read. It is prepared in memory, then written in one commit.

use std::time::Instant;

use super::{family::Located, reading::Reading, record::SecretRecord, record_tag::Author, seal_version::SealedVersion};
use crate::{
    error::Result,
    store::{BlobKey, Commit, GroupSize, NameChange, RecordChange, SecretKey, Staged, WriteGroup, Writer},
};

/// A record and the bundles that it is to name. Nothing of it is written yet.
pub(super) struct PreparedChange {
    pub(super) key: SecretKey,
    /// The record to commit, without the new bundles.
    pub(super) after: SecretRecord,
    /// The new bundles of versions of `after`.
    pub(super) sealed: Vec<SealedVersion>,
}

impl PreparedChange {
    /// Writes the bundles, then commits the record in place of the one that was read; `None` where another writer was first. An error before
    /// the commit leaves the secret as it was.
    pub(super) fn write(self, writer: &dyn Writer, read: &Reading, author: Author<'_>) -> Result<Option<Located>> {
        let began = Instant::now();
        let (change, located) = self.made_from(read, author)?;
        let written = write(writer, change);
        tracing::debug!(arn = %located.record.arn, ?written, elapsed = ?began.elapsed(), "change of a secret");
        Ok((written? == Commit::Done).then_some(located))
    }

    /// Writes everything but the commit, to be made durable with the rest of the group. An error leaves the secret as it was.
    pub(super) fn stage<'g>(self, group: &'g dyn WriteGroup, read: &Reading, author: Author<'_>) -> Result<StagedChange<'g>> {
        let (change, located) = self.made_from(read, author)?;
        Ok(StagedChange { staged: group.stage(change)?, located })
    }

    /// What the store is to do, and the secret as it is then.
    fn made_from(self, read: &Reading, author: Author<'_>) -> Result<(NameChange, Located)> {
        let Self { key, after, sealed } = self;
        let mut located = Located { key, record: after };
        let mut blobs: Vec<(BlobKey, Vec<u8>)> = Vec::new();
        for sealed in sealed {
            let version = located.record.versions.iter_mut().find(|version| sealed.is_of(&version.version_id));
            let version = version.expect("what was sealed is on record");
            for (bundle, blob, message) in sealed.into_bundles(&located.key) {
                version.bundles.retain(|old| old.region != bundle.region);
                version.bundles.push(bundle);
                blobs.push((blob, message));
            }
        }
        let primary = located.key.primary;
        let before = read.family.members().find(|member| member.key.primary == primary);
        author.finish(before.map(|before| &before.record), &mut located.record)?;
        let change = RecordChange {
            primary,
            before: read.records.get(primary).map(<[u8]>::to_vec),
            named_before: before.map_or_else(Vec::new, Located::blobs),
            after: Some(located.record.to_json()?),
            named_after: located.blobs(),
            blobs,
        };
        Ok((NameChange { name: read.name.clone(), stamp: read.records.stamp(), records: vec![change] }, located))
    }
}

/// Puts what is new, and makes it durable; commits, and makes that durable; then removes what is old. In this order for every change of one
/// name.
pub(super) fn write(writer: &dyn Writer, change: NameChange) -> Result<Commit> {
    let group = writer.group(GroupSize::One);
    let mut staged = group.stage(change)?;
    if let Err(error) = group.barrier() {
        staged.abandon();
        return Err(error);
    }
    if staged.commit()? == Commit::Lost {
        staged.abandon();
        return Ok(Commit::Lost);
    }
    group.barrier()?;
    staged.finish();
    Ok(Commit::Done)
}

/// A change that lacks its commit and two barriers: one before the commit, one after.
pub(super) struct StagedChange<'g> {
    staged: Box<dyn Staged + 'g>,
    located: Located,
}

impl<'g> StagedChange<'g> {
    /// The commit, once a barrier has come after [`PreparedChange::stage`]. It is durable after the next one. `None` where another writer was
    /// first.
    pub(super) fn commit(self) -> Result<Option<CommittedChange<'g>>> {
        let Self { mut staged, located } = self;
        match staged.commit()? {
            Commit::Done => Ok(Some(CommittedChange { staged, located })),
            Commit::Lost => {
                staged.abandon();
                Ok(None)
            }
        }
    }

    /// Removes what was written, where the barrier before the commit failed.
    pub(super) fn abandon(self) {
        self.staged.abandon();
    }
}

/// A change that is made and may not be durable yet.
pub(super) struct CommittedChange<'g> {
    staged: Box<dyn Staged + 'g>,
    located: Located,
}

impl CommittedChange<'_> {
    /// Removes what is old, once the commit is durable.
    pub(super) fn finish(self) -> Located {
        self.staged.finish();
        self.located
    }
}
