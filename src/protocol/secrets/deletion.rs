//! Secrets, deleted and restored.

use super::kinds::{ARN, NAME, SECRET_ID};
use crate::{
    error::{Result, SecretRefusal},
    protocol::{
        answer::Answer,
        member::{ANY_INTEGER, Kind, Member},
        operation::{Operation, Run, Secrets},
        request::Request,
    },
    vault::{DeleteSecret, RecoveryWindow},
};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::secrets(
        "DeleteSecret",
        &[
            Member::required("SecretId", SECRET_ID),
            Member::optional("RecoveryWindowInDays", Kind::Integer(ANY_INTEGER)),
            Member::optional("ForceDeleteWithoutRecovery", Kind::Boolean),
        ],
        &[Member::optional("ARN", ARN), Member::optional("Name", NAME), Member::optional("DeletionDate", Kind::Date)],
        Run::ChangeRecord(delete_secret),
    ),
    Operation::secrets(
        "RestoreSecret",
        &[Member::required("SecretId", SECRET_ID)],
        &[Member::optional("ARN", ARN), Member::optional("Name", NAME)],
        Run::ChangeRecord(restore_secret),
    ),
];

fn delete_secret(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, region, .. } = *secrets;
    let recovery = match (request.number("RecoveryWindowInDays")?, request.is_set("ForceDeleteWithoutRecovery")) {
        (Some::<i64>(_), true) => return Err(SecretRefusal::RecoveryAndForce.into()),
        (Some(days), false) => RecoveryWindow::Days(days),
        (None, true) => RecoveryWindow::None,
        (None, false) => RecoveryWindow::Default,
    };
    let mut asked = DeleteSecret::new(request.required_text("SecretId")?);
    asked.region = region;
    asked.recovery = recovery;
    Answer::document(&vault.delete_secret(kms, &asked)?)
}

fn restore_secret(secrets: &Secrets<'_>, request: &Request) -> Result<Answer> {
    let Secrets { vault, kms, region, .. } = *secrets;
    Answer::document(&vault.restore_secret(kms, request.required_text("SecretId")?, region)?)
}
