//! A line of what `pack` prints.

use serde::Serialize;

use crate::{
    arn::SecretArn,
    cli::{
        command_operation::CommandOperation,
        commands::{
            failed_secrets::FailedSecrets,
            failure_code::{FailureCode, message},
        },
        failure::{Hint, hints},
    },
    error::{Error, SecretDifference},
    timestamp::Timestamp,
    vault::{BatchEntry, BatchStatus, GoneSecret, PruneEntry, PruneStatus},
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReportLine<'a> {
    /// Absent where the entry has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(rename = "ARN", skip_serializing_if = "Option::is_none")]
    arn: Option<&'a SecretArn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<&'a str>,
    status: &'static str,
    /// What an update changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<String>,
    /// Of what was pruned.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Where something helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// What becomes of a secret that is gone from the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoneStatus {
    /// It stays.
    Gone,
    WouldPrune,
}

impl<'a> ReportLine<'a> {
    const fn with_status(name: Option<&'a str>, arn: Option<&'a SecretArn>, status: &'static str) -> Self {
        let (version_id, deletion_date, error_code, message, hint) = (None, None, None, None, None);
        Self { name, arn, version_id, status, differences: Vec::new(), deletion_date, error_code, message, hint }
    }

    /// Of an entry that failed, which is counted.
    pub(super) fn failed(
        name: Option<&'a str>,
        (code, message): (FailureCode, String),
        hints: &[Hint],
        failures: &mut FailedSecrets,
    ) -> Self {
        failures.add(name, Some(code), &message, hints);
        let hint = (!hints.is_empty()).then(|| hints.join("; "));
        Self { error_code: Some(code.to_string()), message: Some(message), hint, ..Self::with_status(name, None, "Failed") }
    }

    fn of_error(name: &'a str, error: &Error, operation: CommandOperation, failures: &mut FailedSecrets) -> Self {
        Self::failed(Some(name), (FailureCode::of(error), message(error)), &hints(error, operation), failures)
    }

    pub(super) fn of(entry: &'a BatchEntry, failures: &mut FailedSecrets) -> Self {
        let (status, differences) = match &entry.status {
            BatchStatus::Created => ("Created", &[][..]),
            BatchStatus::Updated(differences) => ("Updated", differences.as_slice()),
            BatchStatus::Unchanged => ("Unchanged", &[][..]),
            BatchStatus::WouldCreate => ("WouldCreate", &[][..]),
            BatchStatus::WouldUpdate(differences) => ("WouldUpdate", differences.as_slice()),
            BatchStatus::Failed(error) => return Self::of_error(&entry.name, error, CommandOperation::CreateSecret, failures),
        };
        let secret = entry.secret.as_ref();
        Self {
            version_id: secret.and_then(|secret| secret.version_id.as_deref()),
            differences: differences.iter().map(SecretDifference::to_string).collect(),
            ..Self::with_status(Some(&entry.name), secret.map(|secret| &secret.arn), status)
        }
    }

    pub(super) const fn of_gone(secret: &'a GoneSecret, status: GoneStatus) -> Self {
        let status = match status {
            GoneStatus::Gone => "Gone",
            GoneStatus::WouldPrune => "WouldPrune",
        };
        Self::with_status(Some(secret.name.as_str()), Some(&secret.arn), status)
    }

    pub(super) fn of_pruned(entry: &'a PruneEntry, failures: &mut FailedSecrets) -> Self {
        match &entry.status {
            PruneStatus::Pruned { deletion_date } => {
                let line = Self::with_status(Some(&entry.secret.name), Some(&entry.secret.arn), "Pruned");
                Self { deletion_date: Some(*deletion_date), ..line }
            }
            PruneStatus::Changed => Self::of_gone(&entry.secret, GoneStatus::Gone),
            PruneStatus::Failed(error) => Self::of_error(&entry.secret.name, error, CommandOperation::DeleteSecret, failures),
        }
    }
}
