//! Writes the secrets of a batch, a group at a time.

use std::{collections::HashSet, num::NonZeroUsize};

use super::super::{
    Vault,
    change::{CommittedChange, StagedChange},
    create::{CreateSecret, CreationPlan, Drawn, plan_create, seal_create},
    family::Located,
    reading::Reading,
    record_tag::Author,
    secret_change::SecretChange,
};
use crate::{
    error::{Error, Result, SecretRefusal},
    kms::{Committed, EmbeddedKms, KeysDurable, KeystoreSession, key_choice::KeyOptions},
    parallel::in_parallel,
    region::Region,
    store::{GroupSize, WriteGroup, Writer},
};

/// How a secret of a batch ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchStatus {
    /// It was made.
    Created,
    /// It was there, the same; nothing was written.
    Unchanged,
    /// It would be made: a [preview](super::BatchPreview) says so, and nothing else.
    WouldCreate,
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
    writer: Box<dyn Writer + 'a>,
}

/// What there is to do for a request, as far as that needs the keystore for itself.
enum Task {
    Create(Box<Planned>),
    Compare(Box<(CreateSecret, Located)>),
    Refused(String, Error),
    /// Another secret of the name is made in this group, and may leave no room for it.
    Later(Box<CreateSecret>),
}

/// A secret that is to be made, by what was read.
struct Planned {
    request: CreateSecret,
    drawn: Drawn,
    plan: CreationPlan,
    read: Reading,
}

/// What was done for it before the first barrier.
enum Worked<'g> {
    /// With the request, in case another writer is first.
    Staged(Box<(StagedChange<'g>, CreateSecret)>),
    Unchanged(Box<Located>),
    Failed(Error),
    Later(Box<CreateSecret>),
}

/// The same after the commit.
enum EntryEnd<'g> {
    Committed(Box<CommittedChange<'g>>),
    Unchanged(Box<Located>),
    Failed(Error),
    /// To be made anew from what is there then.
    Lost(Box<CreateSecret>),
}

impl<'a> BatchWriter<'a> {
    pub(super) fn new(
        vault: &'a Vault,
        session: &'a mut KeystoreSession,
        keys: &'a KeyOptions,
        writer: Box<dyn Writer + 'a>,
        threads: NonZeroUsize,
    ) -> Self {
        Self { vault, session, keys, threads, writer }
    }

    /// As [`KeystoreSession::take_made`]: the beginning may have made the keystore, and a group that needs another key.
    pub const fn take_made(&mut self) -> Option<Committed> {
        self.session.take_made()
    }

    /// The state of the keys.
    #[must_use]
    pub const fn kms(&self) -> &EmbeddedKms {
        self.session.kms()
    }

    /// Makes a group of secrets; all of them are in memory at once, each value (at most 64 KiB) and its bundles until the group's commits are
    /// known: where another writer was first, its secret is made anew. When this returns, what is `Created` is durable. The entries come in the
    /// order of the requests.
    ///
    /// # Errors
    /// A barrier failed: nothing more may be written. The entries say what is known of each; before it, nothing was committed, and after
    /// it, each change may have happened. Or the keystore cannot be written.
    pub fn write(&mut self, requests: Vec<CreateSecret>) -> Result<Vec<BatchEntry>, (Vec<BatchEntry>, Error)> {
        let names: Vec<String> = requests.iter().map(|request| request.name.clone()).collect();
        let tasks = self.plan(requests);
        // What another writer left no room for since the check may need a key of its own.
        let durable = match self.session.commit() {
            Ok(durable) => durable,
            Err(error) => return Err((Vec::new(), error)),
        };
        let telling = Telling { vault: self.vault, kms: durable.kms(), keys: self.keys, writer: &*self.writer };
        let group = self.writer.group(GroupSize::Many);
        let worked = in_parallel(self.threads, tasks, |task| telling.stage(&durable, &*group, task));
        let (ended, fault) = commit_all(&*group, worked);
        let (mut lost, mut entries) = (Vec::new(), Vec::new());
        for (name, ended) in names.into_iter().zip(ended) {
            match (telling.entry(name, ended), &fault) {
                (Ok(entry), _) => entries.push(Some(entry)),
                (Err(request), None) => {
                    lost.push(*request);
                    entries.push(None);
                }
                (Err(request), Some(error)) => entries.push(Some(BatchEntry::failed(request.name, same_fault(error, NOT_WRITTEN)))),
            }
        }
        drop(group);
        if let Some(error) = fault {
            return Err((entries.into_iter().flatten().collect(), error));
        }
        if lost.is_empty() {
            return Ok(entries.into_iter().flatten().collect());
        }
        let names: Vec<String> = lost.iter().map(|request| request.name.clone()).collect();
        match self.write(lost) {
            Ok(again) => Ok(in_place(entries, again)),
            Err((again, error)) => {
                // Where the keystore could not be written, nothing was begun.
                let not_begun = names.into_iter().skip(again.len()).map(|name| BatchEntry::failed(name, same_fault(&error, NOT_WRITTEN)));
                let again = again.into_iter().chain(not_begun).collect();
                Err((in_place(entries, again), error))
            }
        }
    }

    /// Finds out what there is to do for each; keys that are needed for the first time are made, in memory.
    fn plan(&mut self, requests: Vec<CreateSecret>) -> Vec<Task> {
        let regions = self.vault.store.regions();
        // Two of a name would each find the name free.
        let (mut names, mut planned) = (HashSet::new(), HashSet::new());
        let plan = |request: CreateSecret| {
            let name = request.name.clone();
            let planned = if names.insert((request.region, name.clone())) {
                if !planned.insert(name.clone()) {
                    return Task::Later(Box::new(request));
                }
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
        let mut read = self.vault.read_name_in(regions, &request.name)?;
        if read.family.members().any(|member| !member.record.replaces.is_empty()) {
            self.vault.finish_replacements(&*self.writer, &request.name, Author::with(self.session.kms().comparison_key()))?;
            read = self.vault.read_name_in(regions, &request.name)?;
        }
        if let Some(holder) = read.family.holder(request.region) {
            let holder = holder.clone();
            return Ok(Task::Compare(Box::new((request, holder))));
        }
        let plan = plan_create(self.session.kms_mut(), self.keys, &request, &read.family)?;
        let drawn = Drawn::for_request(&request)?;
        Ok(Task::Create(Box::new(Planned { request, drawn, plan, read })))
    }
}

/// What the work on a group needs besides the group.
struct Telling<'w> {
    vault: &'w Vault,
    kms: &'w EmbeddedKms,
    keys: &'w KeyOptions,
    writer: &'w dyn Writer,
}

impl Telling<'_> {
    fn author(&self) -> Author<'_> {
        Author::with(self.kms.comparison_key())
    }

    /// Seals and writes what is to be made.
    fn stage<'g>(&self, durable: &KeysDurable<'_>, group: &'g dyn WriteGroup, task: Task) -> Worked<'g> {
        match task {
            Task::Refused(name, error) => {
                tracing::debug!(%name, %error, "entry refused");
                Worked::Failed(error)
            }
            Task::Later(request) => Worked::Later(request),
            Task::Compare(compared) => {
                let (request, holder) = *compared;
                let compared = self.vault.unchanged(durable.kms(), self.keys, &request, &holder);
                compared.map_or_else(Worked::Failed, |()| Worked::Unchanged(Box::new(holder)))
            }
            Task::Create(planned) => {
                let Planned { request, drawn, plan, read } = *planned;
                let sealed = seal_create(durable, self.keys, &request, &drawn, plan);
                let staged = sealed.and_then(|change| change.stage(group, &read, self.author()));
                staged.map_or_else(Worked::Failed, |staged| Worked::Staged(Box::new((staged, request))))
            }
        }
    }

    /// Gives the request back where another writer was first.
    fn entry(&self, name: String, ended: EntryEnd<'_>) -> Result<BatchEntry, Box<CreateSecret>> {
        let (status, located) = match ended {
            EntryEnd::Committed(change) => {
                let located = change.finish();
                if !located.record.replaces.is_empty() {
                    // The change is made. What it leaves to do is the next writer's if this fails.
                    let _ = self.vault.finish_replacements(self.writer, &name, self.author());
                }
                (BatchStatus::Created, located)
            }
            EntryEnd::Unchanged(located) => (BatchStatus::Unchanged, *located),
            EntryEnd::Failed(error) => return Ok(BatchEntry::failed(name, error)),
            EntryEnd::Lost(request) => return Err(request),
        };
        let secret = SecretChange::of(self.vault, self.kms, self.keys, &located);
        Ok(BatchEntry { name, secret: Some(secret), status })
    }
}

impl BatchEntry {
    const fn failed(name: String, error: Error) -> Self {
        Self { name, secret: None, status: BatchStatus::Failed(error) }
    }
}

/// Puts what was done again where there is nothing yet.
fn in_place(entries: Vec<Option<BatchEntry>>, again: Vec<BatchEntry>) -> Vec<BatchEntry> {
    let mut again = again.into_iter();
    entries.into_iter().filter_map(|entry| entry.or_else(|| again.next())).collect()
}

const NOT_WRITTEN: &str = "nothing of this secret was written";

/// Barrier, renames, barrier. Gives besides the error of a barrier that failed.
fn commit_all<'g>(group: &dyn WriteGroup, worked: Vec<Worked<'g>>) -> (Vec<EntryEnd<'g>>, Option<Error>) {
    let has_staged = worked.iter().any(|worked| matches!(worked, Worked::Staged(_)));
    let before = if has_staged { group.barrier().err() } else { None };
    let commit = |worked| match (worked, &before) {
        (Worked::Unchanged(located), _) => EntryEnd::Unchanged(located),
        (Worked::Failed(error), _) => EntryEnd::Failed(error),
        (Worked::Later(request), _) => EntryEnd::Lost(request),
        (Worked::Staged(staged), None) => {
            let (staged, request) = *staged;
            match staged.commit() {
                Ok(Some(committed)) => EntryEnd::Committed(Box::new(committed)),
                Ok(None) => EntryEnd::Lost(Box::new(request)),
                Err(error) => EntryEnd::Failed(error),
            }
        }
        (Worked::Staged(staged), Some(error)) => {
            staged.0.abandon();
            EntryEnd::Failed(same_fault(error, NOT_WRITTEN))
        }
    };
    let ended: Vec<EntryEnd> = worked.into_iter().map(commit).collect();
    if before.is_some() || !ended.iter().any(|ended| matches!(ended, EntryEnd::Committed(_))) {
        return (ended, before);
    }
    let Err(after) = group.barrier() else { return (ended, None) };
    let uncertain = |ended| match ended {
        EntryEnd::Committed(_) => EntryEnd::Failed(same_fault(&after, "the change may have happened")),
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
