//! What `pack` tells: a line for each secret on stdout, a summary on stderr.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use serde::Serialize;

use crate::{
    arn::SecretArn,
    cli::{
        command_operation::CommandOperation,
        commands::pack::failure_code::{FailureCode, message},
        failure::{Hint, Outcome, hints},
        plan::{EntryFault, EntryPlace},
        printer::Printer,
        progress::ItemProgress,
        terminal::{counted, note, print_text, warn},
    },
    error::Error,
    vault::{BatchEntry, BatchStatus, SecretChange},
};

/// Failures that stderr repeats; stdout has all of them.
const TOLD: usize = 10;

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
    fn failed(name: Option<&'a str>, code: FailureCode, message: String, hints: &[Hint]) -> Self {
        let hint = (!hints.is_empty()).then(|| hints.join("; "));
        Self { name, arn: None, version_id: None, status: "Failed", error_code: Some(code.to_string()), message: Some(message), hint }
    }

    fn of(entry: &'a BatchEntry) -> Self {
        let (name, secret) = (Some(entry.name.as_str()), entry.secret.as_ref());
        let status = match &entry.status {
            BatchStatus::Created => "Created",
            BatchStatus::Unchanged => "Unchanged",
            BatchStatus::WouldCreate => "WouldCreate",
            BatchStatus::Failed(error) => {
                return Self::failed(name, FailureCode::of(error), message(error), &hints(error, CommandOperation::CreateSecret));
            }
        };
        let version_id = secret.and_then(|secret| secret.version_id.as_deref());
        Self { name, arn: secret.map(|secret| &secret.arn), version_id, status, error_code: None, message: None, hint: None }
    }

    /// For people, where it failed.
    fn failure(&self) -> Option<String> {
        let message = self.message.as_ref()?;
        let code = self.error_code.as_ref().map_or(String::new(), |code| format!("{code}: "));
        Some(format!("{}{code}{message}", self.name.map_or(String::new(), |name| format!("{}: ", name.escape_debug()))))
    }
}

/// Prints each line as soon as it is true, and counts.
pub(super) struct Report<'a> {
    printer: &'a Printer,
    steps: ItemProgress,
    created: u64,
    unchanged: u64,
    would_create: u64,
    failed: u64,
    bundles: usize,
    /// The first failures.
    told: Vec<String>,
    /// What helps with them, each once.
    hints: Vec<Hint>,
    /// What was made, as if it were one secret, with one bundle for each key.
    merged: Option<SecretChange>,
    keys: BTreeSet<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(printer: &'a Printer, count: u64) -> Self {
        let steps = ItemProgress::new(count, "secrets");
        let (told, hints, merged, keys) = (Vec::new(), Vec::new(), None, BTreeSet::new());
        Self { printer, steps, created: 0, unchanged: 0, would_create: 0, failed: 0, bundles: 0, told, hints, merged, keys }
    }

    /// What was made, for warnings about its keys.
    pub(super) const fn merged(&self) -> Option<&SecretChange> {
        self.merged.as_ref()
    }

    /// An entry that is not carried out.
    pub(super) fn refused(&mut self, refusal: &EntryRefusal) -> Outcome {
        self.help(&refusal.hints);
        self.lines(&[Line::failed(refusal.name.as_deref(), refusal.code, refusal.message.clone(), &refusal.hints)])
    }

    /// What was written and is durable, or failed.
    pub(super) fn done(&mut self, entries: Vec<BatchEntry>) -> Outcome {
        for entry in &entries {
            if let BatchStatus::Failed(error) = &entry.status {
                self.help(&hints(error, CommandOperation::CreateSecret));
            }
        }
        let lines: Vec<_> = entries.iter().map(Line::of).collect();
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

    /// Keeps what helps with the failures that are told.
    fn help(&mut self, hints: &[Hint]) {
        if self.told.len() < TOLD {
            extend(&mut self.hints, hints.to_vec());
        }
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

    /// JSON Lines; with `--output` or `--query` each as these say.
    fn lines(&mut self, lines: &[Line<'_>]) -> Outcome {
        for failure in lines.iter().filter_map(Line::failure) {
            self.failed += 1;
            if self.told.len() < TOLD {
                self.told.push(failure);
            }
        }
        self.steps.add(u64::try_from(lines.len()).unwrap_or_default());
        if self.printer.wants_document() {
            return lines.iter().try_for_each(|line| self.printer.print(line));
        }
        let mut text = String::new();
        for line in lines {
            let json = serde_json::to_string(line).map_err(|_| Error::Misuse("a result is always JSON"))?;
            // Writing to a String does not fail.
            let _ = writeln!(text, "{json}");
        }
        print_text(&text)
    }

    /// Tells the summary; true where anything failed.
    pub(super) fn finish(self, ending: Ending<'_>) -> bool {
        let Self { steps, created, unchanged, would_create, failed, bundles, told, hints, .. } = self;
        drop(steps);
        told.iter().for_each(|failure| warn(failure));
        let more = failed.saturating_sub(u64::try_from(told.len()).unwrap_or_default());
        if more > 0 {
            warn(&format!("{more} more failed; the result on stdout has the reasons"));
        }
        hints.iter().for_each(|hint| note(&format!("hint: {hint}")));
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
        failed > 0
    }
}

fn extend<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}
