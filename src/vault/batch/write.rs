//! Writes the secrets of a batch, a group at a time.

use std::num::NonZeroUsize;

use super::{
    super::{
        Vault,
        create::{CreateSecret, seal_create},
        record_tag::Author,
        secret_change::SecretChange,
    },
    batch_entry::{BatchEntry, BatchStatus},
    batch_rules::BatchRules,
    group_commit::{EntryEnd, NOT_WRITTEN, Worked, commit_all, same_fault},
    secret_update::Updated,
    task::{PlannedCreation, Planner, Task},
};
use crate::{
    error::{Error, Result},
    kms::{Committed, EmbeddedKms, KeysDurable, KeystoreSession, key_choice::KeyOptions},
    parallel::in_parallel,
    store::{GroupSize, WriteGroup, Writer},
};

/// Makes and updates the secrets that were checked. Keystore and vault stay locked until it is dropped.
pub struct BatchWriter<'a> {
    vault: &'a Vault,
    session: &'a mut KeystoreSession,
    keys: &'a KeyOptions,
    rules: BatchRules,
    threads: NonZeroUsize,
    writer: Box<dyn Writer + 'a>,
}

/// A request whose secret is made or updated, in case another writer is first.
struct Wanted {
    request: CreateSecret,
    /// `None` where it is made.
    updated: Option<Updated>,
}

impl<'a> BatchWriter<'a> {
    pub(super) fn new(
        vault: &'a Vault,
        session: &'a mut KeystoreSession,
        (keys, rules): (&'a KeyOptions, BatchRules),
        writer: Box<dyn Writer + 'a>,
        threads: NonZeroUsize,
    ) -> Self {
        Self { vault, session, keys, rules, threads, writer }
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

    /// Makes and updates a group of secrets; all of them are in memory at once, each value (at most 64 KiB) and its bundles until the group's
    /// commits are known: where another writer was first, its secret is made anew. When this returns, what is `Created` or `Updated` is durable.
    /// The entries come in the order of the requests.
    ///
    /// # Errors
    /// A barrier failed: nothing more may be written. The entries say what is known of each; before it, nothing was committed, and after
    /// it, each change may have happened. Or the keystore cannot be written.
    pub fn write(&mut self, requests: Vec<CreateSecret>) -> Result<Vec<BatchEntry>, (Vec<BatchEntry>, Error)> {
        let names: Vec<String> = requests.iter().map(|request| request.name.clone()).collect();
        let tasks = self.tasks(requests);
        // What another writer left no room for since the check may need a key of its own.
        let durable = match self.session.commit() {
            Ok(durable) => durable,
            Err(error) => return Err((Vec::new(), error)),
        };
        let telling = Telling { vault: self.vault, kms: durable.kms(), keys: self.keys, rules: &self.rules, writer: &*self.writer };
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

    fn tasks(&mut self, requests: Vec<CreateSecret>) -> Vec<Task> {
        let (vault, keys, on_difference, writer) = (self.vault, self.keys, self.rules.on_difference, &*self.writer);
        Planner { vault, kms: self.session.kms_mut(), keys, on_difference, writer }.tasks(requests, self.threads)
    }
}

/// What the work on a group needs besides the group.
struct Telling<'w> {
    vault: &'w Vault,
    kms: &'w EmbeddedKms,
    keys: &'w KeyOptions,
    rules: &'w BatchRules,
    writer: &'w dyn Writer,
}

impl Telling<'_> {
    fn author(&self) -> Author<'_> {
        self.vault.author(self.kms.comparison_key())
    }

    /// Seals and writes what is to be made or updated.
    fn stage<'g>(&self, durable: &KeysDurable<'_>, group: &'g dyn WriteGroup, task: Task) -> Worked<'g, Wanted> {
        let (keys, source) = (self.keys, self.rules.source.as_ref());
        match task {
            Task::Refused(name, error) => {
                tracing::debug!(%name, %error, "entry refused");
                Worked::Failed(error)
            }
            Task::Later(request) => Worked::Later(Box::new(Wanted { request: *request, updated: None })),
            Task::Unchanged(secret) => Worked::Unchanged(secret),
            Task::Create(planned) => {
                let PlannedCreation { request, drawn, plan, read } = *planned;
                let sealed = seal_create(durable, keys, &request, &drawn, plan).map(|mut change| {
                    source.inspect(|source| source.put_on(self.kms.comparison_key(), &mut change.after));
                    change
                });
                let staged = sealed.and_then(|change| change.stage(group, &read, self.author()));
                Worked::staged(staged, Wanted { request, updated: None })
            }
            Task::Update(planned) => {
                let (found, update) = *planned;
                let staged = update
                    .seal(durable, keys, &found, source)
                    .and_then(|(change, updated)| change.stage(group, &found.read, self.author()).map(|staged| (staged, updated)));
                match staged {
                    Ok((staged, updated)) => Worked::staged(Ok(staged), Wanted { request: found.request, updated: Some(updated) }),
                    Err(error) => Worked::Failed(error),
                }
            }
        }
    }

    /// Gives the request back where another writer was first.
    fn entry(&self, name: String, ended: EntryEnd<'_, Wanted>) -> Result<BatchEntry, Box<CreateSecret>> {
        let change = |located: &_| SecretChange::of(self.vault, self.kms, self.keys, located);
        let (status, secret) = match ended {
            EntryEnd::Committed(committed) => {
                let (committed, wanted) = *committed;
                let located = committed.finish();
                if !located.record.replaces.is_empty() {
                    // The change is made. What it leaves to do is the next writer's if this fails.
                    let _ = self.vault.finish_replacements(self.writer, &name, self.author());
                }
                match wanted.updated {
                    None => (BatchStatus::Created, change(&located)),
                    Some(Updated { differences, version_id: None }) => (BatchStatus::Updated(differences), change(&located)),
                    Some(Updated { differences, version_id: Some(id) }) => {
                        let made = SecretChange::of_version(self.vault, self.kms, self.keys, &located, &id);
                        (BatchStatus::Updated(differences), made)
                    }
                }
            }
            EntryEnd::Unchanged(located) => (BatchStatus::Unchanged, change(&located)),
            EntryEnd::Failed(error) => return Ok(BatchEntry::failed(name, error)),
            EntryEnd::Lost(wanted) => return Err(Box::new(wanted.request)),
        };
        Ok(BatchEntry { name, secret: Some(secret), status })
    }
}

/// Puts what was done again where there is nothing yet.
fn in_place(entries: Vec<Option<BatchEntry>>, again: Vec<BatchEntry>) -> Vec<BatchEntry> {
    let mut again = again.into_iter();
    entries.into_iter().filter_map(|entry| entry.or_else(|| again.next())).collect()
}
