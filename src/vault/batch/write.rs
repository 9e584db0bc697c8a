//! Writes the secrets of a batch, a group at a time.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    num::NonZeroUsize,
};

use super::super::{
    Vault,
    change::{CommittedChange, StagedChange},
    create::{CreateSecret, Plan, plan_create},
    describe::SecretChange,
    family::{Family, Located, regions_with_secrets},
    keys::KeyOptions,
    layout,
};
use crate::{
    durable::{Group, Lock},
    error::{Error, Result, SecretRefusal},
    kms::{Committed, EmbeddedKms, KeysDurable, KeystoreSession},
    parallel::in_parallel,
    region::Region,
};

/// How a secret of a batch ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchStatus {
    /// It was made.
    Created,
    /// It was there, the same; nothing was written.
    Unchanged,
    /// It was not made, for this reason. The others are not touched by that.
    Failed(Error),
}

/// A secret of a batch.
#[derive(Debug)]
pub struct BatchEntry {
    /// As the request has it.
    pub name: String,
    /// As the answer of `CreateSecret` has it; `None` where it failed.
    pub secret: Option<SecretChange>,
    /// How it ended.
    pub status: BatchStatus,
}

/// Makes the secrets that were checked. Keystore and vault stay locked until it is dropped.
pub struct BatchWriter<'a> {
    vault: &'a Vault,
    session: &'a mut KeystoreSession,
    keys: &'a KeyOptions,
    threads: NonZeroUsize,
    keystore: Committed,
    make_group: fn() -> Group,
    _lock: Lock,
}

/// What there is to do for a request, as far as that needs the keystore for itself.
enum Task {
    Create(Box<(CreateSecret, Plan)>),
    Compare(Box<(CreateSecret, Located)>),
    Refused(String, Error),
}

/// What was done for it before the first barrier.
enum Worked {
    Staged(Box<StagedChange>),
    Unchanged(Box<Located>),
    Failed(Error),
}

/// The same after the commit.
enum Ended {
    Committed(Box<CommittedChange>),
    Unchanged(Box<Located>),
    Failed(Error),
}

impl<'a> BatchWriter<'a> {
    pub(super) fn new(
        vault: &'a Vault,
        session: &'a mut KeystoreSession,
        keys: &'a KeyOptions,
        lock: Lock,
        threads: NonZeroUsize,
        keystore: Committed,
    ) -> Self {
        Self { vault, session, keys, threads, keystore, make_group: Group::new, _lock: lock }
    }

    /// Has the barriers of groups fail, or tell of themselves.
    #[cfg(test)]
    pub(in crate::vault) fn with_groups(self, make_group: fn() -> Group) -> Self {
        Self { make_group, ..self }
    }

    /// What the beginning did to the keystore.
    pub const fn keystore(&self) -> Committed {
        self.keystore
    }

    /// The state of the keys.
    #[must_use]
    pub const fn kms(&self) -> &EmbeddedKms {
        self.session.kms()
    }

    /// Makes a group of secrets; all of them are in memory at once. When this returns, what is `Created` is durable. The entries come in the
    /// order of the requests.
    ///
    /// # Errors
    /// A barrier failed: nothing more may be written. The entries say what is known of each; before it, nothing was committed, and after
    /// it, each change may have happened. Or the keystore cannot be written.
    pub fn write(&mut self, requests: Vec<CreateSecret>) -> Result<Vec<BatchEntry>, (Vec<BatchEntry>, Error)> {
        let names: Vec<String> = requests.iter().map(|request| request.name.clone()).collect();
        let primaries: Vec<Region> = requests.iter().map(|request| request.region).collect();
        let tasks = self.plan(requests);
        let group = (self.make_group)();
        let (vault, keys) = (self.vault, self.keys);
        // What another writer left no room for since the check may need a key of its own.
        let worked = match self.session.commit() {
            Ok(durable) => in_parallel(self.threads, tasks, |task| vault.stage_task(&durable, keys, &group, task)),
            Err(error) => return Err((Vec::new(), error)),
        };
        let (ended, fault) = commit_all(&group, worked);
        let ended: Vec<BatchEntry> = names.into_iter().zip(ended).map(|(name, ended)| self.entry(name, ended)).collect();
        if ended.iter().any(|entry| matches!(entry.status, BatchStatus::Failed(_))) {
            // A Region's folder goes when it was made for nothing.
            for region in primaries.into_iter().collect::<BTreeSet<_>>() {
                let _ = fs::remove_dir(layout::region_dir(&vault.root, region));
            }
        }
        match fault {
            None => Ok(ended),
            Some(error) => Err((ended, error)),
        }
    }

    /// Finds out what there is to do for each; keys that are needed for the first time are made, in memory.
    fn plan(&mut self, requests: Vec<CreateSecret>) -> Vec<Task> {
        let regions = regions_with_secrets(&self.vault.root);
        // Two of a name would each find the name free.
        let mut names = HashSet::new();
        let plan = |request: CreateSecret| {
            let name = request.name.clone();
            let planned = if names.insert((request.region, name.clone())) {
                self.plan_one(request, &regions)
            } else {
                Err(SecretRefusal::NameTwice { name: name.clone(), first: None }.into())
            };
            planned.unwrap_or_else(|error| Task::Refused(name, error))
        };
        requests.into_iter().map(plan).collect()
    }

    fn plan_one(&mut self, request: CreateSecret, regions: &[Region]) -> Result<Task> {
        request.validate()?;
        let load = || Family::load_in(&self.vault.root, regions.iter().copied(), &request.name);
        let mut family = load()?;
        if family.members().any(|member| !member.record.replaces.is_empty()) {
            self.vault.settle(&request.name)?;
            family = load()?;
        }
        if let Some(holder) = family.holder(request.region) {
            let holder = holder.clone();
            return Ok(Task::Compare(Box::new((request, holder))));
        }
        let plan = plan_create(self.session.kms_mut(), self.keys, &request, &family)?;
        Ok(Task::Create(Box::new((request, plan))))
    }

    fn entry(&self, name: String, ended: Ended) -> BatchEntry {
        let (status, located) = match ended {
            Ended::Committed(change) => {
                let located = change.finish();
                if !located.record.replaces.is_empty() {
                    // The change is made. What it leaves to do is the next writer's if this fails.
                    let _ = self.vault.settle(&name);
                }
                (BatchStatus::Created, Some(located))
            }
            Ended::Unchanged(located) => (BatchStatus::Unchanged, Some(*located)),
            Ended::Failed(error) => (BatchStatus::Failed(error), None),
        };
        let change = |located: Located| SecretChange::of(self.vault, self.session.kms(), self.keys, &located, self.keystore);
        BatchEntry { name, secret: located.map(change), status }
    }
}

impl Vault {
    /// Seals and writes what is to be made; the value is gone when this returns.
    fn stage_task(&self, durable: &KeysDurable<'_>, keys: &KeyOptions, group: &Group, task: Task) -> Worked {
        match task {
            Task::Refused(name, error) => {
                tracing::debug!(%name, %error, "entry refused");
                Worked::Failed(error)
            }
            Task::Compare(compared) => {
                let (request, holder) = *compared;
                self.unchanged(durable.kms(), keys, &request, &holder).map_or_else(Worked::Failed, |()| Worked::Unchanged(Box::new(holder)))
            }
            Task::Create(planned) => {
                let (request, plan) = *planned;
                let sealed = self.seal_create(durable, keys, &request, plan);
                drop(request);
                let staged = sealed.and_then(|change| change.stage(group));
                staged.map_or_else(Worked::Failed, |staged| Worked::Staged(Box::new(staged)))
            }
        }
    }
}

/// Barrier, renames, barrier. Gives besides the error of a barrier that failed.
fn commit_all(group: &Group, worked: Vec<Worked>) -> (Vec<Ended>, Option<Error>) {
    let has_staged = worked.iter().any(|worked| matches!(worked, Worked::Staged(_)));
    let before = if has_staged { group.make_durable().err() } else { None };
    let commit = |worked| match (worked, &before) {
        (Worked::Unchanged(located), _) => Ended::Unchanged(located),
        (Worked::Failed(error), _) => Ended::Failed(error),
        (Worked::Staged(staged), None) => staged.commit(group).map_or_else(Ended::Failed, |done| Ended::Committed(Box::new(done))),
        (Worked::Staged(staged), Some(error)) => {
            staged.abandon();
            Ended::Failed(same_fault(error, "nothing of this secret was written"))
        }
    };
    let ended: Vec<Ended> = worked.into_iter().map(commit).collect();
    if before.is_some() || !ended.iter().any(|ended| matches!(ended, Ended::Committed(_))) {
        return (ended, before);
    }
    let Err(after) = group.make_durable() else { return (ended, None) };
    let uncertain = |ended| match ended {
        Ended::Committed(_) => Ended::Failed(same_fault(&after, "the change may have happened")),
        other => other,
    };
    (ended.into_iter().map(uncertain).collect(), Some(after))
}

/// A barrier's error, for each secret that it was to make durable.
fn same_fault(error: &Error, what: &str) -> Error {
    match error {
        Error::Io { doing, source } => Error::Io { doing: format!("{doing} ({what})"), source: source.kind().into() },
        _ => Error::io(what, std::io::ErrorKind::Other.into()),
    }
}
