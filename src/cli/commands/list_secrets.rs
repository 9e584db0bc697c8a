//! `list-secrets`

use crate::{
    cli::{
        args::ListSecretsArgs,
        failure::Outcome,
        invocation::Invocation,
        members::Arguments,
        paging::{ListOperation, ManualPage},
    },
    error::Error,
    protocol::{
        self,
        answer::Answer,
        operation::{Run, Secrets, Service},
    },
};

pub(super) fn list(invocation: &Invocation, args: &ListSecretsArgs) -> Outcome {
    const NOT_THERE: Error = Error::Misuse("ListSecrets stands in the table, and lists");
    let operation = protocol::find(Service::SecretsManager, invocation.printer.operation()).ok_or(NOT_THERE)?;
    let (Run::Secrets(list), Some(pages)) = (&operation.run, operation.paging) else { return Err(NOT_THERE.into()) };
    let region = invocation.regions.configured()?;
    let request = Arguments::of(args)?.request(&invocation.inputs, operation)?;
    // A list needs no key.
    let keys = invocation.access.key_options();
    let Answer::Secrets(entries) = list(&Secrets { vault: &invocation.vault, kms: None, keys: &keys, region }, &request)? else {
        return Err(NOT_THERE.into());
    };
    let page = ManualPage { size: args.max_results, token: args.next_token.as_deref() };
    let printed = ListOperation::of(pages).print(&invocation.printer, &entries, &args.paging, page);
    // No secret value is in them, and the process ends: to wipe and free a hundred thousand one by one takes as long as to read some of them.
    std::mem::forget(entries);
    printed
}
