//! What there is to do for the requests of a group, found out before anything is sealed.

use std::{collections::HashSet, num::NonZeroUsize};

use super::{
    super::{
        Vault,
        create::{CreateSecret, CreationPlan, Drawn, plan_create},
        family::Located,
        reading::Reading,
    },
    batch_rules::OnDifference,
    secret_update::{FoundSecret, SecretUpdate},
};
use crate::{
    error::{Error, Result, SecretDifference, SecretRefusal},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    parallel::in_parallel,
    region::Region,
    store::Writer,
};

/// What there is to do for a request, as far as that needs the keystore for itself.
pub(super) enum Task {
    Create(Box<PlannedCreation>),
    Update(Box<(FoundSecret, SecretUpdate)>),
    Unchanged(Box<Located>),
    Refused(String, Error),
    /// Another secret of the name is made in this group, and may leave no room for it.
    Later(Box<CreateSecret>),
}

/// A secret that is to be made, by what was read.
pub(super) struct PlannedCreation {
    pub(super) request: CreateSecret,
    pub(super) drawn: Drawn,
    pub(super) plan: CreationPlan,
    pub(super) read: Reading,
}

/// A task, or a secret that is there and takes a comparison to know.
enum Begun {
    Task(Task),
    Found(Box<FoundSecret>),
}

/// The same once it was compared.
enum Compared {
    Task(Task),
    Differs(Box<FoundSecret>, Vec<SecretDifference>),
}

/// What the tasks are found out with.
pub(super) struct Planner<'p> {
    pub(super) vault: &'p Vault,
    pub(super) kms: &'p mut EmbeddedKms,
    pub(super) keys: &'p KeyOptions,
    pub(super) on_difference: OnDifference,
    pub(super) writer: &'p dyn Writer,
}

impl Planner<'_> {
    /// The task of each request, in their order; keys that are needed for the first time are made, in memory.
    pub(super) fn tasks(mut self, requests: Vec<CreateSecret>, threads: NonZeroUsize) -> Vec<Task> {
        let regions = self.vault.store.regions();
        // Two of a name would each find the name free.
        let (mut names, mut planned) = (HashSet::new(), HashSet::new());
        let begin = |request: CreateSecret| {
            let name = request.name.clone();
            let begun = if names.insert((request.region, name.clone())) {
                if !planned.insert(name.clone()) {
                    return Begun::Task(Task::Later(Box::new(request)));
                }
                self.begin(request, &regions)
            } else {
                Err(SecretRefusal::NameTwice { name: name.clone(), first: None }.into())
            };
            begun.unwrap_or_else(|error| Begun::Task(Task::Refused(name, error)))
        };
        let begun: Vec<Begun> = requests.into_iter().map(begin).collect();
        let compared = in_parallel(threads, begun, |begun| self.compare(begun));
        compared.into_iter().map(|compared| self.plan_update(compared)).collect()
    }

    fn begin(&mut self, request: CreateSecret, regions: &[Region]) -> Result<Begun> {
        request.validate()?;
        let read = self.vault.read_finished_in(self.writer, regions, &request.name, self.vault.author(self.kms.comparison_key()))?;
        if let Some(secret) = read.family.holder(request.region).cloned() {
            return Ok(Begun::Found(Box::new(FoundSecret { request, secret, read })));
        }
        let plan = plan_create(self.kms, self.keys, &request, &read.family)?;
        let drawn = Drawn::for_request(&request)?;
        Ok(Begun::Task(Task::Create(Box::new(PlannedCreation { request, drawn, plan, read }))))
    }

    /// May open what another keystore made.
    fn compare(&self, begun: Begun) -> Compared {
        let found = match begun {
            Begun::Task(task) => return Compared::Task(task),
            Begun::Found(found) => found,
        };
        match self.vault.compared(self.kms, self.keys, &found.request, &found.secret, self.on_difference) {
            Ok(differences) if differences.is_empty() => Compared::Task(Task::Unchanged(Box::new(found.secret))),
            Ok(differences) => Compared::Differs(found, differences),
            Err(error) => Compared::Task(Task::Refused(found.request.name, error)),
        }
    }

    fn plan_update(&mut self, compared: Compared) -> Task {
        let (found, differences) = match compared {
            Compared::Task(task) => return task,
            Compared::Differs(found, differences) => (found, differences),
        };
        let name = &found.request.name;
        match SecretUpdate::plan(self.vault, self.kms, self.keys, &found, differences) {
            Ok(update) => Task::Update(Box::new((*found, update))),
            Err(error) => match self.vault.is_overtaken(&found.read, name, &error) {
                Ok(true) => Task::Later(Box::new(found.request)),
                Ok(false) => Task::Refused(found.request.name, error),
                Err(fault) => Task::Refused(found.request.name, fault),
            },
        }
    }
}
