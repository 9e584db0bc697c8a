//! What `pack` tells: a line for each secret on stdout, a summary on stderr.

use std::{collections::BTreeSet, path::Path};

use serde::Serialize;

use crate::{
    arn::SecretArn,
    cli::{
        command_operation::CommandOperation,
        commands::{
            failed_secrets::FailedSecrets,
            failure_code::{FailureCode, message},
        },
        failure::{Hint, Outcome, hints},
        line_printer::LinePrinter,
        plan::{EntryFault, EntryPlace},
        printer::Printer,
        progress::ItemProgress,
        terminal::{counted, note},
    },
    vault::{BatchEntry, BatchStatus, SecretChange},
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

/// A line of the result.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    /// Absent where the entry has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(rename = "ARN", skip_serializing_if = "Option::is_none")]
    arn: Option<&'a SecretArn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Where something helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl<'a> Line<'a> {
    /// Of an entry that failed, which is counted.
    fn failed(name: Option<&'a str>, (code, message): (FailureCode, String), hints: &[Hint], failures: &mut FailedSecrets) -> Self {
        failures.add(name, Some(code), &message, hints);
        let hint = (!hints.is_empty()).then(|| hints.join("; "));
        Self { name, arn: None, version_id: None, status: "Failed", error_code: Some(code.to_string()), message: Some(message), hint }
    }

    fn of(entry: &'a BatchEntry, failures: &mut FailedSecrets) -> Self {
        let (name, secret) = (Some(entry.name.as_str()), entry.secret.as_ref());
        let status = match &entry.status {
            BatchStatus::Created => "Created",
            BatchStatus::Unchanged => "Unchanged",
            BatchStatus::WouldCreate => "WouldCreate",
            BatchStatus::Failed(error) => {
                let hints = hints(error, CommandOperation::CreateSecret);
                return Self::failed(name, (FailureCode::of(error), message(error)), &hints, failures);
            }
        };
        let version_id = secret.and_then(|secret| secret.version_id.as_deref());
        Self { name, arn: secret.map(|secret| &secret.arn), version_id, status, error_code: None, message: None, hint: None }
    }
}

/// Prints each line as soon as it is true, and counts.
pub(super) struct Report<'a> {
    printer: &'a Printer,
    stdout: LinePrinter,
    steps: ItemProgress,
    created: u64,
    unchanged: u64,
    would_create: u64,
    failures: FailedSecrets,
    bundles: usize,
    /// What was made, as if it were one secret, with one bundle for each key.
    merged: Option<SecretChange>,
    keys: BTreeSet<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(printer: &'a Printer, count: u64) -> Self {
        let steps = ItemProgress::new(count, "secrets");
        let (failures, merged, keys) = (FailedSecrets::default(), None, BTreeSet::new());
        Self { printer, stdout: LinePrinter::start(), steps, created: 0, unchanged: 0, would_create: 0, failures, bundles: 0, merged, keys }
    }

    /// What was made, for warnings about its keys.
    pub(super) const fn merged(&self) -> Option<&SecretChange> {
        self.merged.as_ref()
    }

    /// An entry that is not carried out.
    pub(super) fn refused(&mut self, refusal: &EntryRefusal) -> Outcome {
        let what = (refusal.code, refusal.message.clone());
        let line = Line::failed(refusal.name.as_deref(), what, &refusal.hints, &mut self.failures);
        self.lines(&[line])
    }

    /// What was written and is durable, or failed.
    pub(super) fn done(&mut self, entries: Vec<BatchEntry>) -> Outcome {
        let lines: Vec<_> = entries.iter().map(|entry| Line::of(entry, &mut self.failures)).collect();
        let printed = self.lines(&lines);
        drop(lines);
        for BatchEntry { status, secret, .. } in entries {
            match (status, secret) {
                (BatchStatus::Created, Some(change)) => self.created(change),
                (BatchStatus::Unchanged, _) => self.unchanged += 1,
                (BatchStatus::WouldCreate, _) => self.would_create += 1,
                _ => {}
            }
        }
        printed
    }

    fn created(&mut self, mut change: SecretChange) {
        self.created += 1;
        self.bundles += change.bundles.len();
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

    fn lines(&mut self, lines: &[Line<'_>]) -> Outcome {
        self.steps.add(u64::try_from(lines.len()).unwrap_or_default());
        self.stdout.print(self.printer.lines_text(lines)?)
    }

    /// Waits until all lines are printed, then tells the summary; true where anything failed. Nobody holds a lock meanwhile.
    ///
    /// # Errors
    /// Stdout failed; the summary is told all the same.
    pub(super) fn finish(mut self, ending: Ending<'_>) -> Outcome<bool> {
        let printed = self.stdout.finish();
        let Self { steps, created, unchanged, would_create, failures, bundles, .. } = self;
        drop(steps);
        failures.tell();
        let failed = failures.count();
        match ending {
            Ending::Written(vault) => {
                let root = std::path::absolute(vault).unwrap_or_else(|_| vault.to_owned());
                let bundles = counted(bundles, "new bundle");
                note(&format!("{created} created, {unchanged} unchanged, {failed} failed; {bundles} in {}", root.display()));
            }
            Ending::DryRun => {
                note(&format!("{would_create} would be created, {unchanged} unchanged, {failed} failed; nothing was written"));
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
