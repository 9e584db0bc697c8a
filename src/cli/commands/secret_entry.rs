//! Entries of the table that are about secrets: arguments -> request -> answer.

use serde::Serialize;

use crate::{
    cli::{failure::Outcome, invocation::Invocation, members::Arguments},
    error::Error,
    protocol::{
        self,
        answer::Answer,
        operation::{Run, Secrets, Service},
    },
};

pub(super) const NOT_THERE: Error = Error::Misuse("what is done with a secret stands in the table");

/// Carries the command's operation out.
pub(super) fn read(invocation: &Invocation, secrets: &Secrets<'_>, args: &impl Serialize) -> Outcome<Answer> {
    let operation = protocol::find(Service::SecretsManager, invocation.printer.operation()).ok_or(NOT_THERE)?;
    let Run::Secrets(read) = operation.run else { return Err(NOT_THERE.into()) };
    Ok(read(secrets, &Arguments::of(args)?.request(&invocation.inputs, operation)?)?)
}

/// Changes what is on record of a secret.
pub(super) fn change_record(invocation: &Invocation, secret_id: &str, args: &impl Serialize) -> Outcome {
    let operation = protocol::find(Service::SecretsManager, invocation.printer.operation()).ok_or(NOT_THERE)?;
    let Run::ChangeRecord(change) = operation.run else { return Err(NOT_THERE.into()) };
    let region = invocation.regions.of_secret(secret_id)?;
    change(&invocation.vault, region, &Arguments::of(args)?.request(&invocation.inputs, operation)?)?;
    Ok(())
}
