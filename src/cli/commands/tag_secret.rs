//! `tag-resource` and `untag-resource` of a secret.

use serde::Serialize;

use crate::{
    cli::{failure::Outcome, invocation::Invocation, members::Arguments},
    error::Error,
    protocol::{
        self,
        operation::{Run, Service},
    },
};

pub(super) fn run(invocation: &Invocation, secret_id: &str, args: &impl Serialize) -> Outcome {
    const NOT_THERE: Error = Error::Misuse("a command on tags stands in the table, and changes a record");
    let operation = protocol::find(Service::SecretsManager, invocation.printer.operation()).ok_or(NOT_THERE)?;
    let Run::ChangeRecord(change) = operation.run else { return Err(NOT_THERE.into()) };
    let region = invocation.regions.of_secret(secret_id)?;
    change(&invocation.vault, region, &Arguments::of(args)?.request(&invocation.inputs, operation)?)?;
    Ok(())
}
