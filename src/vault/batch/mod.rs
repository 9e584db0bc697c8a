//! Many secrets in one run: all of them checked first, then made or updated in groups, each group durable at once.
//!
//! ```text
//! check each            names, Regions and keys; nothing is written
//! gone                  what an earlier run made from the same source, and this one has not
//! begin                 vault made, locked; new keys durable
//! write, group by group what is there compared | sealed and written in parallel | barrier | renames: the commits | barrier
//! ```

mod batch_entry;
mod batch_rules;
mod compare;
mod gone;
mod group_commit;
mod preview;
mod said;
mod secret_update;
mod task;
mod write;

use std::{collections::HashMap, num::NonZeroUsize};

pub use batch_entry::{BatchEntry, BatchStatus};
pub use batch_rules::{BatchRules, OnDifference};
pub use gone::{GoneSecret, PruneEntry, PruneStatus};
pub use preview::BatchPreview;
pub use write::BatchWriter;

use super::{
    Listed, Vault,
    create::{CreateSecret, plan_create},
};
use crate::{
    error::{Result, SecretRefusal},
    kms::{EmbeddedKms, KeystoreSession, key_choice::KeyOptions},
    region::Region,
    store::Writer,
};

/// Secrets that are to be made in one run, while they are checked. The keystore is locked by the session, then the vault; once for all of them.
pub struct Batch<'a> {
    vault: &'a Vault,
    session: &'a mut KeystoreSession,
    keys: &'a KeyOptions,
    rules: BatchRules,
    /// `None` where there is no vault yet.
    writer: Option<Box<dyn Writer + 'a>>,
    checks: NameChecks,
}

/// What requests are checked against besides the keys.
struct NameChecks {
    /// Which Regions have secrets; while the lock is held, no one else adds one.
    regions: Vec<Region>,
    /// The entry, counted from 1, that has a name in a primary Region.
    names: HashMap<(Region, String), u64>,
    checked: u64,
}

impl NameChecks {
    fn new(vault: &Vault) -> Self {
        Self { regions: vault.store.regions(), names: HashMap::new(), checked: 0 }
    }

    fn check(&mut self, vault: &Vault, kms: &mut EmbeddedKms, keys: &KeyOptions, request: &CreateSecret) -> Result<()> {
        self.checked += 1;
        request.validate()?;
        if let Some(first) = self.names.get(&(request.region, request.name.clone())) {
            return Err(SecretRefusal::NameTwice { name: request.name.clone(), first: Some(*first) }.into());
        }
        self.names.insert((request.region, request.name.clone()), self.checked);
        let family = vault.read_name_in(&self.regions, &request.name)?.family;
        if let Some(holder) = family.holder(request.region) {
            return holder.record.require_name_given_up();
        }
        plan_create(kms, keys, request, &family).map(drop)
    }
}

impl Vault {
    /// Begins a batch of [CreateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html) requests. `keys`
    /// are those of all of them. What is there and differs is refused, unless [rules](Batch::with_rules) say otherwise.
    ///
    /// # Errors
    /// The vault cannot be read or locked.
    pub fn create_secrets<'a>(&'a self, session: &'a mut KeystoreSession, keys: &'a KeyOptions) -> Result<Batch<'a>> {
        let writer = if self.is_there()? {
            self.require()?;
            Some(self.writer()?)
        } else {
            None
        };
        Ok(Batch { vault: self, session, keys, rules: BatchRules::default(), writer, checks: NameChecks::new(self) })
    }
}

impl<'a> Batch<'a> {
    /// The same under these rules.
    #[must_use]
    pub fn with_rules(self, rules: BatchRules) -> Self {
        Self { rules, ..self }
    }

    /// The secrets that earlier batches made from the source of the rules in a primary Region, and whose names `is_there` does not know: what is gone
    /// from the source. None that is marked for deletion, and none that anything else made.
    ///
    /// # Errors
    /// The vault cannot be listed. A record that cannot be read is a fault beside the others.
    pub fn gone(&self, region: Region, is_there: impl Fn(&str) -> bool + Sync) -> Result<Listed<GoneSecret>> {
        self.vault.gone_secrets(self.session.kms(), self.rules.source.as_ref(), region, is_there)
    }

    /// Checks a request against the ones before it, and its Regions and keys. Nothing is written; the value is not looked at.
    ///
    /// A secret that is there is no fault, unless it is marked for deletion: whether it is the same, and can become what is asked for, is found out at
    /// writing.
    ///
    /// # Errors
    /// As for [`Vault::create_secret`]. The request is not to be handed to [`BatchWriter::write`].
    pub fn check(&mut self, request: &CreateSecret) -> Result<()> {
        self.checks.check(self.vault, self.session.kms_mut(), self.keys, request)
    }

    /// Makes the vault where there is none, and the keys that are needed for the first time durable.
    /// `threads` is how many secrets are sealed and written at once.
    ///
    /// # Errors
    /// The vault or the keystore cannot be written.
    pub fn begin(self, threads: NonZeroUsize) -> Result<BatchWriter<'a>> {
        let Self { vault, session, keys, rules, writer, .. } = self;
        let writer = match writer {
            Some(writer) => writer,
            None => {
                vault.initialize()?;
                vault.require()?;
                vault.writer()?
            }
        };
        drop(session.commit()?);
        Ok(BatchWriter::new(vault, session, (keys, rules), writer, threads))
    }
}
