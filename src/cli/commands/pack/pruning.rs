//! What is gone from a plan or a directory: told, or deleted where that is asked for.

use crate::{
    cli::{
        commands::pack::{check::Checked, report::Report, report_line::GoneStatus},
        failure::{Failure, Outcome},
        invocation::Invocation,
        plan::PlanSource,
        prompt::Prompter,
        shown::cell,
        terminal::{counted, note, warn},
        usage::UsageError,
    },
    error::Result,
    kms::EmbeddedKms,
    vault::{GoneSecret, Listed},
};

/// Names that stderr tells.
const NAMED: usize = 10;

/// What becomes of a secret that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pruning {
    /// It stays, and is told.
    Never,
    Asked,
    /// Without a question.
    Confirmed,
}

impl Pruning {
    /// Refuses one that would come to nothing, before anything is written.
    pub(super) fn require_possible(self, prompter: &Prompter, has_source: bool) -> Result<(), UsageError> {
        if self == Self::Never {
            return Ok(());
        }
        if !has_source {
            return Err(UsageError::new("nobody knows what an earlier run made from here: what comes through a pipe has no path")
                .with_hint("--pack-name gives it a name by which later runs know it"));
        }
        if self == Self::Asked && !prompter.can_ask() {
            return Err(UsageError::new("--prune asks before it deletes, and there is no terminal to ask on; nothing was written")
                .with_hint("repeat the command with --yes"));
        }
        Ok(())
    }
}

/// What is gone, as it was before anything was written.
#[derive(Default)]
pub(super) struct Gone {
    secrets: Vec<GoneSecret>,
    /// Records that cannot be read, of which nobody knows.
    unread: usize,
}

impl Gone {
    /// Finds it; `find` takes which names are there, or may be.
    pub(super) fn find(
        checked: &Checked,
        source: &PlanSource,
        find: impl FnOnce(&(dyn Fn(&str) -> bool + Sync)) -> Result<Listed<GoneSecret>>,
    ) -> Result<Self> {
        let found = find(&|name| checked.names.contains(name) || source.may_hide(name))?;
        let unread = found.faults.len();
        if unread > 0 {
            let records = counted(unread, "record");
            warn(&format!(
                "{records} of the vault cannot be read, so that nobody knows whether these secrets are gone; 'coldseal verify' names them"
            ));
        }
        if found.entries.is_empty() || !checked.has_nameless || source.is_directory() {
            return Ok(Self { secrets: found.entries, unread });
        }
        note("an entry of the plan has no name, and may be any: what is gone from the plan is not told");
        Ok(Self { secrets: Vec::new(), unread })
    }

    /// For a dry run.
    pub(super) fn preview(&self, pruning: Pruning, report: &mut Report<'_>) -> Outcome {
        let will_prune = pruning != Pruning::Never && report.failed_count() == 0;
        report.gone(&self.secrets, if will_prune { GoneStatus::WouldPrune } else { GoneStatus::Gone })?;
        self.tell(pruning);
        self.require_whole(pruning)
    }

    /// Tells it, or asks and deletes it, once everything else is made. Nobody holds a lock while it asks.
    ///
    /// # Errors
    /// The answer is no; a barrier failed; stdout failed; it was to be deleted, and nobody knows all of it.
    pub(super) fn finish(self, pruning: Pruning, (invocation, kms): (&Invocation, &EmbeddedKms), report: &mut Report<'_>) -> Outcome {
        if pruning == Pruning::Never || report.failed_count() > 0 {
            report.gone(&self.secrets, GoneStatus::Gone)?;
            self.tell(pruning);
            return Ok(());
        }
        let whole = self.require_whole(pruning);
        if self.secrets.is_empty() {
            return whole;
        }
        if pruning == Pruning::Asked {
            report.settle()?;
            self.tell_each();
            let asked = match self.secrets.len() {
                1 => "coldseal: delete 1 secret that is gone?".to_owned(),
                count => format!("coldseal: delete {count} secrets that are gone?"),
            };
            if invocation.inputs.prompter.confirms(&asked) != Some(true) {
                report.gone(&self.secrets, GoneStatus::Gone)?;
                note("nothing was pruned");
                return Err(Failure::Partial);
            }
        }
        let (entries, fault) = match invocation.vault.prune(kms, self.secrets) {
            Ok(entries) => (entries, None),
            Err((entries, fault)) => (entries, Some(fault)),
        };
        report.pruned(&entries)?;
        fault.map_or(whole, |fault| Err(fault.into()))
    }

    const fn require_whole(&self, pruning: Pruning) -> Outcome {
        if self.unread > 0 && !matches!(pruning, Pruning::Never) { Err(Failure::Partial) } else { Ok(()) }
    }

    fn tell(&self, pruning: Pruning) {
        if self.secrets.is_empty() {
            return;
        }
        let names: Vec<_> = self.secrets.iter().take(NAMED).map(|secret| cell(&secret.name).into_owned()).collect();
        let more = self.secrets.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let why = if pruning == Pruning::Never { "--prune deletes what is gone" } else { "nothing is pruned where an entry failed" };
        note(&format!("gone: {}{more}; {why}", names.join(", ")));
    }

    fn tell_each(&self) {
        for GoneSecret { arn, replicas, .. } in &self.secrets {
            let replicas: Vec<_> = replicas.iter().map(|region| region.name()).collect();
            let with = if replicas.is_empty() { String::new() } else { format!(", with replicas in {}", replicas.join(", ")) };
            note(&format!("{arn}: gone{with}"));
        }
    }
}
