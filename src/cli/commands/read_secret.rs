//! `get-secret-value` and `describe-secret`.

use serde::Serialize;

use crate::{
    cli::{
        args::{DescribeSecretArgs, GetSecretValueArgs},
        failure::Outcome,
        invocation::Invocation,
        members::Arguments,
        output_file::Overwrite,
        recovery_key::{name_online_keys, opening_keys, opening_recovery_keys},
        terminal::note,
    },
    durable::Sync,
    error::Error,
    protocol::{
        self,
        answer::{Answer, secret_value},
        operation::{Run, Secrets, Service},
    },
};

const NOT_THERE: Error = Error::Misuse("what reads a secret stands in the table");

pub(super) fn get(invocation: &Invocation, args: &GetSecretValueArgs) -> Outcome {
    // A file that must not be overwritten is an error before anything is opened.
    let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
    let destination =
        args.output_file.as_deref().map(|path| invocation.destination(Some(path), overwrite, Sync::FileAndDirectory, &[])).transpose()?;
    invocation.vault.require()?;
    let mut keys = invocation.access.key_options();
    keys.online_opening.region = invocation.regions.explicit();
    keys.open_with = opening_keys(&args.opening)?.into_iter().map(|key| key.keyring).collect();
    keys.open_with.extend(opening_recovery_keys(&args.recovery_key)?);
    // With a key of the user's own, or AWS KMS, there need not be a keystore.
    let needs_keystore = keys.open_with.is_empty() && keys.online.is_none();
    let kms = if needs_keystore { Some(invocation.keystore.read()?) } else { invocation.keystore.read_if_any()? };
    name_online_keys(invocation, kms.as_ref(), &args.opening.kms_key_id, &mut keys)?;
    let secrets =
        Secrets { vault: &invocation.vault, kms: kms.as_ref(), keys: &keys, region: invocation.regions.of_secret(&args.secret_id)? };
    let Answer::Value(entry) = read(invocation, &secrets, args)? else { return Err(NOT_THERE.into()) };
    match destination {
        Some(destination) => {
            let written = destination.write(&invocation.inputs.prompter, |output| {
                output.write_all(entry.value.expose()).map_err(|error| Error::io("writing the output", error))
            })?;
            if let Some(path) = written {
                note(&format!("{} bytes in {}", entry.value.expose().len(), path.display()));
            }
            Ok(())
        }
        None => invocation.printer.print(&secret_value(&entry)?),
    }
}

pub(super) fn describe(invocation: &Invocation, args: &DescribeSecretArgs) -> Outcome {
    invocation.vault.require()?;
    // Metadata needs no key: a keystore that does not open is as good as none.
    let kms = match invocation.keystore.read_if_any() {
        Err(Error::Setup(why)) => {
            note(&format!("{why}; no bundle is marked as opening here"));
            None
        }
        loaded => loaded?,
    };
    let (keys, region) = (invocation.access.key_options(), invocation.regions.of_secret(&args.secret_id)?);
    let secrets = Secrets { vault: &invocation.vault, kms: kms.as_ref(), keys: &keys, region };
    let Answer::Document(description) = read(invocation, &secrets, args)? else { return Err(NOT_THERE.into()) };
    invocation.printer.print(&description)
}

/// Carries the command's operation out.
fn read(invocation: &Invocation, secrets: &Secrets<'_>, args: &impl Serialize) -> Outcome<Answer> {
    let operation = protocol::find(Service::SecretsManager, invocation.printer.operation()).ok_or(NOT_THERE)?;
    let Run::Secrets(read) = operation.run else { return Err(NOT_THERE.into()) };
    Ok(read(secrets, &Arguments::of(args)?.request(&invocation.inputs, operation)?)?)
}
