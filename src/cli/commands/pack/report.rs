//! What `pack` tells: a line for each secret on stdout, a summary on stderr.

use std::{collections::BTreeSet, path::Path};

use crate::{
    cli::{
        commands::{
            failed_secrets::FailedSecrets,
            failure_code::FailureCode,
            pack::report_line::{GoneStatus, ReportLine},
        },
        failure::{Hint, Outcome},
        line_printer::LinePrinter,
        plan::{EntryFault, EntryPlace},
        printer::Printer,
        progress::ItemProgress,
        terminal::{counted, note},
    },
    error::SecretDifference,
    vault::{BatchEntry, BatchStatus, GoneSecret, PruneEntry, PruneStatus, SecretChange},
};

/// An entry that is not carried out.
pub(super) struct EntryRefusal {
    pub(super) name: Option<String>,
    pub(super) code: FailureCode,
    pub(super) message: String,
    /// What helps.
    pub(super) hints: Vec<Hint>,
}

impl EntryRefusal {
    /// Of an entry that is no request.
    pub(super) fn of(name: Option<String>, place: &EntryPlace, fault: &EntryFault) -> Self {
        Self::with_words(name, format!("{place}: {}", fault.error()), fault)
    }

    /// The same of one that was in order when it was checked.
    pub(super) fn changed(name: Option<String>, place: &EntryPlace, fault: &EntryFault) -> Self {
        Self::with_words(name, format!("{place}: it changed since it was checked: {}", fault.error()), fault)
    }

    fn with_words(name: Option<String>, message: String, fault: &EntryFault) -> Self {
        let hints = fault.error().hint.iter().cloned().map(Hint::Owned).collect();
        Self { name, code: FailureCode::of_fault(fault), message, hints }
    }
}

/// How a run ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending<'a> {
    /// In the vault at this place.
    Written(&'a Path),
    DryRun,
}

/// How many ended how.
#[derive(Default)]
struct Counts {
    created: u64,
    updated: u64,
    unchanged: u64,
    gone: u64,
    pruned: u64,
    bundles: usize,
}

/// Prints each line as soon as it is true, and counts.
pub(super) struct Report<'a> {
    printer: &'a Printer,
    stdout: LinePrinter,
    /// `None` once all entries are through.
    steps: Option<ItemProgress>,
    counts: Counts,
    failures: FailedSecrets,
    /// What was made, as if it were one secret, with one bundle for each key.
    merged: Option<SecretChange>,
    keys: BTreeSet<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(printer: &'a Printer, count: u64) -> Self {
        let (steps, counts, failures) = (Some(ItemProgress::new(count, "secrets")), Counts::default(), FailedSecrets::default());
        Self { printer, stdout: LinePrinter::start(), steps, counts, failures, merged: None, keys: BTreeSet::new() }
    }

    /// How many failed so far.
    pub(super) const fn failed_count(&self) -> u64 {
        self.failures.count()
    }

    /// What was made, for warnings about its keys.
    pub(super) const fn merged(&self) -> Option<&SecretChange> {
        self.merged.as_ref()
    }

    /// An entry that is not carried out.
    pub(super) fn refused(&mut self, refusal: &EntryRefusal) -> Outcome {
        let what = (refusal.code, refusal.message.clone());
        let line = ReportLine::failed(refusal.name.as_deref(), what, &refusal.hints, &mut self.failures);
        self.lines(&[line])
    }

    /// What was written and is durable, would be, or failed.
    pub(super) fn done(&mut self, entries: Vec<BatchEntry>) -> Outcome {
        let lines: Vec<_> = entries.iter().map(|entry| ReportLine::of(entry, &mut self.failures)).collect();
        let printed = self.lines(&lines);
        drop(lines);
        for BatchEntry { status, secret, .. } in entries {
            match status {
                BatchStatus::Created => {
                    self.counts.created += 1;
                    secret.into_iter().for_each(|change| self.sealed(change));
                }
                BatchStatus::Updated(differences) => {
                    self.counts.updated += 1;
                    let sealed = secret.filter(|_| differences.contains(&SecretDifference::Value));
                    sealed.into_iter().for_each(|change| self.sealed(change));
                }
                BatchStatus::Unchanged => self.counts.unchanged += 1,
                BatchStatus::WouldCreate => self.counts.created += 1,
                BatchStatus::WouldUpdate(_) => self.counts.updated += 1,
                BatchStatus::Failed(_) => {}
            }
        }
        printed
    }

    fn sealed(&mut self, mut change: SecretChange) {
        self.counts.bundles += change.bundles.len();
        change.bundles.retain(|bundle| self.keys.insert(bundle.kms_key_id.clone()));
        match &mut self.merged {
            None => self.merged = Some(change),
            Some(merged) => {
                merged.bundles.append(&mut change.bundles);
                extend(&mut merged.public_only, change.public_only);
                extend(&mut merged.recovery_only, change.recovery_only);
                extend(&mut merged.unsaid_accounts, change.unsaid_accounts);
            }
        }
    }

    /// What is gone and stays, or would be pruned.
    pub(super) fn gone(&mut self, secrets: &[GoneSecret], status: GoneStatus) -> Outcome {
        let count = u64::try_from(secrets.len()).unwrap_or(u64::MAX);
        match status {
            GoneStatus::Gone => self.counts.gone += count,
            GoneStatus::WouldPrune => self.counts.pruned += count,
        }
        let lines: Vec<_> = secrets.iter().map(|secret| ReportLine::of_gone(secret, status)).collect();
        self.lines(&lines)
    }

    /// What is gone and was to be pruned.
    pub(super) fn pruned(&mut self, entries: &[PruneEntry]) -> Outcome {
        let lines: Vec<_> = entries.iter().map(|entry| ReportLine::of_pruned(entry, &mut self.failures)).collect();
        let printed = self.lines(&lines);
        for entry in entries {
            match entry.status {
                PruneStatus::Pruned { .. } => self.counts.pruned += 1,
                PruneStatus::Changed => self.counts.gone += 1,
                PruneStatus::Failed(_) => {}
            }
        }
        printed
    }

    fn lines(&mut self, lines: &[ReportLine<'_>]) -> Outcome {
        if let Some(steps) = &mut self.steps {
            steps.add(u64::try_from(lines.len()).unwrap_or_default());
        }
        if lines.is_empty() { Ok(()) } else { self.stdout.print(self.printer.lines_text(lines)?) }
    }

    /// Waits until all lines so far are printed, for a question on the terminal. Nobody holds a lock meanwhile.
    ///
    /// # Errors
    /// Stdout failed.
    pub(super) fn settle(&mut self) -> Outcome {
        self.steps = None;
        let printed = self.stdout.finish();
        self.stdout = LinePrinter::start();
        printed
    }

    /// Waits until all lines are printed, then tells the summary; true where anything failed. Nobody holds a lock meanwhile.
    ///
    /// # Errors
    /// Stdout failed; the summary is told all the same.
    pub(super) fn finish(mut self, ending: Ending<'_>) -> Outcome<bool> {
        let printed = self.stdout.finish();
        let Self { steps, counts: Counts { created, updated, unchanged, gone, pruned, bundles }, failures, .. } = self;
        drop(steps);
        failures.tell();
        let failed = failures.count();
        let others = |done: &str| {
            let told = [(gone, "gone"), (pruned, done)].into_iter().filter(|(count, _)| *count > 0);
            told.map(|(count, what)| format!(", {count} {what}")).collect::<String>()
        };
        match ending {
            Ending::Written(vault) => {
                let root = std::path::absolute(vault).unwrap_or_else(|_| vault.to_owned());
                let (bundles, others, root) = (counted(bundles, "new bundle"), others("pruned"), root.display());
                note(&format!("{created} created, {updated} updated, {unchanged} unchanged, {failed} failed{others}; {bundles} in {root}"));
            }
            Ending::DryRun => {
                let others = others("would be pruned");
                note(&format!(
                    "{created} would be created, {updated} would be updated, {unchanged} unchanged, {failed} failed{others}; nothing was written"
                ));
            }
        }
        printed.map(|()| failed > 0)
    }
}

fn extend<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}
