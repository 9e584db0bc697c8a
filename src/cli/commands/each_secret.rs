//! A change of each of many secrets: `--all` and `--filters`.
//!
//! Each is a change of its own, told in a line of JSON as soon as it is made. One that fails, or whose record cannot be read, does not keep the
//! others, and a command that is repeated does what is left.

use serde::Serialize;

use crate::{
    arn::SecretArn,
    cli::{
        args::EachSecretArgs,
        command_operation::CommandOperation,
        commands::{
            failed_secrets::FailedSecrets,
            failure_code::{FailureCode, message},
            given_keys::GivenKeys,
            key_warnings::{add_new, of_change, tell},
            secret_change::failed_replicas,
        },
        failure::{Failure, Outcome, hints},
        inputs::Inputs,
        invocation::Invocation,
        line_printer::LinePrinter,
        members::Arguments,
        printer::Printer,
        progress::ItemProgress,
        terminal::note,
    },
    error::{Error, Result, SetupError},
    kms::KeystoreSession,
    protocol::{
        self,
        operation::Service,
        secrets::{LIST_SECRETS, filters},
    },
    vault::{KeyOptions, ListSecrets, Listed, ReplicaRegion, SecretChange, SecretFilter, SecretListEntry},
};

/// What became of a secret.
pub(super) enum SecretOutcome {
    Changed,
    /// There was nothing to do.
    Unchanged,
    /// Something of what was asked for was not done; that is on record.
    ChangedInPart(String),
}

impl SecretOutcome {
    /// Of a change that was to be one for these replicas too.
    pub(super) fn of(change: &SecretChange, asked: &[ReplicaRegion]) -> Self {
        let failed = failed_replicas(&change.replication_status, asked);
        if !failed.is_empty() {
            let told: Vec<_> = failed.iter().map(|replica| format!("{}: {}", replica.region, replica.status_message)).collect();
            return Self::ChangedInPart(told.join("; "));
        }
        if change.is_unchanged { Self::Unchanged } else { Self::Changed }
    }
}

/// The flags under AWS's name.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Filters<'a> {
    filters: Option<&'a [String]>,
}

/// The secrets that are asked for, each in its primary Region: with `--region` those of that primary Region alone.
pub(super) fn selected(invocation: &Invocation, which: &EachSecretArgs) -> Outcome<Listed<SecretListEntry>> {
    let filters = parse_filters(&invocation.inputs, which.filters.as_deref())?;
    let asked = ListSecrets { filters, ..ListSecrets::default() };
    let mut listed = invocation.vault.list_secrets_matching(&asked)?;
    if let Some(region) = invocation.regions.explicit() {
        listed.entries.retain(|secret| secret.arn.region() == region);
    }
    Ok(listed)
}

/// The value of `--filters`, as in `list-secrets`.
pub(super) fn parse_filters(inputs: &Inputs, words: Option<&[String]>) -> Outcome<Vec<SecretFilter>> {
    let operation = protocol::find(Service::SecretsManager, LIST_SECRETS).ok_or(Error::Misuse("lists stand in the table"))?;
    let request = Arguments::of(&Filters { filters: words })?.request(inputs, operation)?;
    Ok(filters(&request)?)
}

/// Has `change` change each of these secrets, and tells what became of it.
///
/// # Errors
/// [`Failure::Partial`] where one failed; what no other secret would fare better with.
pub(super) fn each_secret(
    printer: &Printer,
    operation: CommandOperation,
    secrets: &Listed<SecretListEntry>,
    change: impl FnMut(&SecretListEntry) -> Result<SecretOutcome>,
) -> Outcome {
    let mut report = EachReport::new(printer, operation, secrets);
    report.all(secrets, change)?;
    report.finish()
}

/// A change of a secret that seals, and the replicas that were to have it.
pub(super) struct MadeChange {
    pub(super) change: SecretChange,
    pub(super) asked: Vec<ReplicaRegion>,
}

/// The same for changes that seal, with the keys that were given. The keystore is held from the first to the last, and given up before what was printed
/// is waited for. `change` puts the keys back that it takes.
///
/// # Errors
/// As for [`each_secret`].
pub(super) fn each_change(
    invocation: &Invocation,
    operation: CommandOperation,
    secrets: &Listed<SecretListEntry>,
    given: &GivenKeys<'_>,
    mut change: impl FnMut(&mut KeystoreSession, &SecretArn, &mut KeyOptions) -> Result<MadeChange>,
) -> Outcome {
    let mut session = invocation.keystore.session_for_secrets()?;
    let mut keys = given.to_seal(invocation.key_names(), session.kms_mut())?;
    let mut warnings = Vec::new();
    let mut report = EachReport::new(&invocation.printer, operation, secrets);
    let done = report.all(secrets, |secret| {
        let made = change(&mut session, &secret.arn, &mut keys);
        invocation.keystore.note_made_by(&mut session);
        let MadeChange { change, asked } = made?;
        add_new(&mut warnings, of_change(session.kms(), &change, &keys));
        Ok(SecretOutcome::of(&change, &asked))
    });
    drop(session);
    let done = done.and_then(|()| report.finish());
    tell(&warnings);
    done
}

/// A line of the result.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecretLine<'a> {
    /// Like the ARN, absent where the secret's record cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(rename = "ARN", skip_serializing_if = "Option::is_none")]
    arn: Option<&'a SecretArn>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    /// Where something helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl<'a> SecretLine<'a> {
    fn of(secret: Option<&'a SecretListEntry>, status: &'static str) -> Self {
        let (name, arn) = (secret.map(|secret| secret.name.as_str()), secret.map(|secret| &secret.arn));
        Self { name, arn, status, error_code: None, message: None, hint: None }
    }
}

/// Prints each line as soon as it is true, and counts.
struct EachReport<'a> {
    printer: &'a Printer,
    stdout: LinePrinter,
    operation: CommandOperation,
    steps: ItemProgress,
    changed: usize,
    unchanged: usize,
    failures: FailedSecrets,
}

impl<'a> EachReport<'a> {
    fn new(printer: &'a Printer, operation: CommandOperation, secrets: &Listed<SecretListEntry>) -> Self {
        let count = secrets.entries.len() + secrets.faults.len();
        let steps = ItemProgress::new(u64::try_from(count).unwrap_or(u64::MAX), "secrets");
        Self { printer, stdout: LinePrinter::start(), operation, steps, changed: 0, unchanged: 0, failures: FailedSecrets::default() }
    }

    fn all(&mut self, secrets: &Listed<SecretListEntry>, mut change: impl FnMut(&SecretListEntry) -> Result<SecretOutcome>) -> Outcome {
        for fault in &secrets.faults {
            self.failed(None, fault)?;
        }
        for secret in &secrets.entries {
            match change(secret) {
                Ok(outcome) => self.done(secret, &outcome)?,
                Err(error @ Error::Setup(SetupError::NoCredentials(_))) => return Err(error.into()),
                Err(error) => self.failed(Some(secret), &error)?,
            }
        }
        Ok(())
    }

    fn done(&mut self, secret: &SecretListEntry, outcome: &SecretOutcome) -> Outcome {
        let line = match outcome {
            SecretOutcome::Changed => {
                self.changed += 1;
                SecretLine::of(Some(secret), "Changed")
            }
            SecretOutcome::Unchanged => {
                self.unchanged += 1;
                SecretLine::of(Some(secret), "Unchanged")
            }
            SecretOutcome::ChangedInPart(message) => {
                self.failures.add(Some(&secret.name), None, message, &[]);
                SecretLine { message: Some(message), ..SecretLine::of(Some(secret), "ChangedInPart") }
            }
        };
        self.print(&line)
    }

    fn failed(&mut self, secret: Option<&SecretListEntry>, error: &Error) -> Outcome {
        let (code, message, hints) = (FailureCode::of(error), message(error), hints(error, self.operation));
        self.failures.add(secret.map(|secret| secret.name.as_str()), Some(code), &message, &hints);
        let hint = (!hints.is_empty()).then(|| hints.join("; "));
        let (error_code, message) = (Some(code.to_string()), Some(message.as_str()));
        self.print(&SecretLine { error_code, message, hint, ..SecretLine::of(secret, "Failed") })
    }

    fn print(&mut self, line: &SecretLine<'_>) -> Outcome {
        self.steps.add(1);
        self.stdout.print(self.printer.lines_text(std::slice::from_ref(line))?)
    }

    /// Waits until all lines are printed, then tells the summary. Nobody holds a lock meanwhile.
    fn finish(mut self) -> Outcome {
        let printed = self.stdout.finish();
        let Self { steps, changed, unchanged, failures, .. } = self;
        drop(steps);
        failures.tell();
        note(&format!("{changed} changed, {unchanged} unchanged, {} failed", failures.count()));
        printed?;
        if failures.count() > 0 { Err(Failure::Partial) } else { Ok(()) }
    }
}
