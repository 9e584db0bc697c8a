//! Secrets that a batch made from somewhere, and that are gone from there: found, and deleted where that is asked for.

use super::{
    super::{
        Listed, Vault,
        change::{PreparedChange, StagedChange},
        delete::planned_deletion,
        family::{Family, Located},
        pack_source::PackSource,
        walk::each_family,
    },
    group_commit::{EntryEnd, NOT_WRITTEN, Worked, commit_all, same_fault},
};
use crate::{
    arn::SecretArn,
    error::{Error, Result},
    kms::EmbeddedKms,
    region::Region,
    store::{GroupSize, WriteGroup, Writer},
    timestamp::Timestamp,
};

/// Most secrets that are deleted in one group.
const GROUP_COUNT: usize = 256;

/// A secret that an earlier batch made, and that is gone from where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoneSecret {
    /// Its ARN in its primary Region.
    pub arn: SecretArn,
    /// Its name.
    pub name: String,
    /// The Regions of its replicas.
    pub replicas: Vec<Region>,
    last_changed_date: Timestamp,
}

/// What became of it.
#[derive(Debug)]
pub struct PruneEntry {
    /// As it was found.
    pub secret: GoneSecret,
    /// How it ended.
    pub status: PruneStatus,
}

/// How the deletion of a secret that is gone ended.
#[derive(Debug)]
pub enum PruneStatus {
    /// It is marked for deletion, and has no replicas any more.
    Pruned {
        /// Until then it can be restored.
        deletion_date: Timestamp,
    },
    /// It stays: somebody else changed or removed it since it was found.
    Changed,
    /// It stays, for this reason. The others are not touched by that.
    Failed(Error),
}

impl GoneSecret {
    fn of(secret: &Located) -> Self {
        let record = &secret.record;
        let replicas = record.replication_status.iter().map(|replica| replica.region).collect();
        Self { arn: record.arn.clone(), name: record.name.clone(), replicas, last_changed_date: record.last_changed_date }
    }
}

impl Vault {
    /// As for [`Batch::gone`](super::Batch::gone).
    pub(super) fn gone_secrets(
        &self,
        kms: &EmbeddedKms,
        source: Option<&PackSource>,
        region: Region,
        is_there: impl Fn(&str) -> bool + Sync,
    ) -> Result<Listed<GoneSecret>> {
        let Some(source) = source else { return Ok(Listed::default()) };
        if !self.is_there()? {
            return Ok(Listed::default());
        }
        let is_gone = |secret: &&Located| {
            let record = &secret.record;
            record.primary_region() == region
                && record.planned_deletion.is_none()
                && !is_there(&record.name)
                && source.has_made(kms.comparison_key(), record)
        };
        let take = |family: Family| family.primaries().filter(is_gone).map(GoneSecret::of).collect::<Vec<_>>();
        let mut gone = each_family(self, take)?;
        gone.entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(gone)
    }

    /// Marks secrets for deletion, as [`Vault::delete_secret`] does with the window that it takes by default, each with its replicas removed in the same
    /// commit; in groups, of which each is durable at once. One that is not as it was found stays.
    ///
    /// # Errors
    /// No vault, or it cannot be locked; a barrier failed: nothing more may be written then. The entries say what is known of each.
    pub fn prune(&self, kms: &EmbeddedKms, gone: Vec<GoneSecret>) -> Result<Vec<PruneEntry>, (Vec<PruneEntry>, Error)> {
        let mut entries = Vec::new();
        let writer = match self.require().and_then(|()| self.writer()) {
            Ok(writer) => writer,
            Err(error) => return Err((entries, error)),
        };
        let mut waiting = gone;
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(GROUP_COUNT));
            let (again, fault) = self.prune_group(kms, &*writer, waiting, &mut entries);
            if let Some(error) = fault {
                return Err((entries, error));
            }
            waiting = again.into_iter().chain(rest).collect();
        }
        Ok(entries)
    }

    /// Gives those that another writer was at first.
    fn prune_group(
        &self,
        kms: &EmbeddedKms,
        writer: &dyn Writer,
        gone: Vec<GoneSecret>,
        entries: &mut Vec<PruneEntry>,
    ) -> (Vec<GoneSecret>, Option<Error>) {
        let (group, mut lost, mut staged) = (writer.group(GroupSize::Many), Vec::new(), Vec::new());
        for secret in gone {
            let worked = match self.stage_prune(kms, writer, &*group, &secret) {
                Ok(Some(change)) => Worked::staged(Ok(change), ()),
                Ok(None) => {
                    entries.push(PruneEntry { secret, status: PruneStatus::Changed });
                    continue;
                }
                Err(error) => Worked::Failed(error),
            };
            staged.push((secret, worked));
        }
        let (secrets, worked): (Vec<_>, Vec<_>) = staged.into_iter().unzip();
        let (ended, fault) = commit_all(&*group, worked);
        for (secret, ended) in secrets.into_iter().zip(ended) {
            let status = match (ended, &fault) {
                (EntryEnd::Committed(committed), _) => pruned(&committed.0.finish()),
                (EntryEnd::Failed(error), _) => PruneStatus::Failed(error),
                (_, Some(error)) => PruneStatus::Failed(same_fault(error, NOT_WRITTEN)),
                (_, None) => {
                    lost.push(secret);
                    continue;
                }
            };
            entries.push(PruneEntry { secret, status });
        }
        (lost, fault)
    }

    /// `None` where it is not as it was found.
    fn stage_prune<'g>(
        &self,
        kms: &EmbeddedKms,
        writer: &dyn Writer,
        group: &'g dyn WriteGroup,
        gone: &GoneSecret,
    ) -> Result<Option<StagedChange<'g>>> {
        let author = self.author(kms.comparison_key());
        let read = self.read_finished_in(writer, &self.store.regions(), &gone.name, author)?;
        let is_it = |secret: &&Located| secret.record.planned_deletion.is_none() && GoneSecret::of(secret) == *gone;
        let Some(secret) = read.family.primaries().find(is_it) else { return Ok(None) };
        let mut after = secret.record.clone();
        after.leave(&gone.replicas);
        let planned = planned_deletion(kms)?;
        (after.planned_deletion, after.last_changed_date) = (Some(planned), planned.deleted_date);
        let change = PreparedChange { key: secret.key.clone(), after, sealed: Vec::new() };
        change.stage(group, &read, author).map(Some)
    }
}

fn pruned(secret: &Located) -> PruneStatus {
    secret.record.planned_deletion.map_or(PruneStatus::Changed, |planned| PruneStatus::Pruned { deletion_date: planned.deletion_date })
}
