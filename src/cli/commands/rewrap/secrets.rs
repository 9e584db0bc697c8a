//! `rewrap --secret-id` and `rewrap --all`

use serde::Serialize;

use crate::{
    arn::SecretArn,
    cli::{
        commands::{
            key_warnings::{of_change, tell},
            keys::raw_keys,
            rewrap::args::{RewrapArgs, suite_of_rewrap},
            secret_change::{SealedSecret, finish},
        },
        encryption_context::Purpose,
        failure::{Failure, Outcome},
        invocation::Invocation,
        key_names::KeyNames,
        raw_key::RawKey,
        recovery_key::{Wrapping, key_options, name_online_keys},
    },
    error::{Error, SetupError},
    kms::EmbeddedKms,
    region::Region,
    vault::{ListSecrets, RewrapSecret, SortBy},
};

pub(super) fn one(invocation: &Invocation, args: &RewrapArgs, secret_id: &str) -> Outcome {
    let region = region(invocation, args)?;
    invocation.vault.require()?;
    let (wrapping, opening) =
        (Wrapping::read(invocation.inputs.in_use(), &args.wrap)?, raw_keys(invocation.inputs.in_use(), &args.message.keys, Purpose::Open)?);
    let mut session = invocation.keystore.session_for_secrets()?;
    let mut request = request(invocation.key_names(), session.kms_mut(), args, (wrapping, opening), region)?;
    secret_id.clone_into(&mut request.secret_id);
    let change = invocation.vault.rewrap_secret(&mut session, &request);
    invocation.keystore.note_made_by(&mut session);
    let change = change?;
    let warnings = of_change(session.kms(), &change, &request.keys);
    drop(session);
    let sealed = SealedSecret { change: Box::new(change), warnings };
    finish(invocation, &sealed, &sealed.change, &[])
}

/// Every secret is a change of its own; one that fails, or whose record cannot be read, does not keep the others.
pub(super) fn all(invocation: &Invocation, args: &RewrapArgs) -> Outcome {
    let region = region(invocation, args)?;
    // What is restored one day has to open then.
    let listed = ListSecrets { region, includes_planned_deletion: true, sort_by: Some(SortBy::Name), ..ListSecrets::default() };
    let secrets = invocation.vault.list_secrets_matching(&listed)?;
    let (wrapping, opening) =
        (Wrapping::read(invocation.inputs.in_use(), &args.wrap)?, raw_keys(invocation.inputs.in_use(), &args.message.keys, Purpose::Open)?);
    let mut session = invocation.keystore.session_for_secrets()?;
    let unreadable = secrets.faults.iter().map(|fault| Undone { arn: None, name: None, message: fault.to_string() });
    let mut document = RewrapDocument { rewrapped: Vec::new(), failed: unreadable.collect() };
    let mut request = request(invocation.key_names(), session.kms_mut(), args, (wrapping, opening), region)?;
    for secret in secrets.entries {
        request.secret_id = secret.arn.to_string();
        let change = invocation.vault.rewrap_secret(&mut session, &request);
        invocation.keystore.note_made_by(&mut session);
        match change {
            Ok(change) => {
                tell(&of_change(session.kms(), &change, &request.keys));
                document.rewrapped.push(Done { arn: secret.arn, name: secret.name });
            }
            // No other secret would fare better.
            Err(error @ Error::Setup(SetupError::NoCredentials(_))) => return Err(error.into()),
            Err(error) => document.failed.push(Undone { arn: Some(secret.arn), name: Some(secret.name), message: error.to_string() }),
        }
    }
    drop(session);
    let is_complete = document.failed.is_empty();
    invocation.printer.print(&document)?;
    if is_complete { Ok(()) } else { Err(Failure::Partial) }
}

/// For any secret: what is asked for, with the keys that were named.
fn request(
    names: KeyNames<'_>,
    kms: &mut EmbeddedKms,
    args: &RewrapArgs,
    (wrapping, opening): (Wrapping, Vec<RawKey>),
    region: Option<Region>,
) -> Outcome<RewrapSecret> {
    let mut keys = key_options(names, Some(&mut *kms), wrapping, opening)?;
    name_online_keys(names, Some(kms), &args.message.keys.kms_key_id, &mut keys)?;
    let (to_key, suite, accept_record) = (args.to_key.clone(), suite_of_rewrap(args), args.accept_record);
    Ok(RewrapSecret { secret_id: String::new(), region, to_key, suite, accept_record, keys })
}

/// A key belongs to a Region: its ARN says which, or there has to be one. Without a key only an explicit `--region` narrows the work.
fn region(invocation: &Invocation, args: &RewrapArgs) -> Outcome<Option<Region>> {
    match &args.to_key {
        Some(key) => invocation.regions.of_key(key).map(Some),
        None => Ok(invocation.regions.explicit()),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RewrapDocument {
    rewrapped: Vec<Done>,
    failed: Vec<Undone>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Done {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Undone {
    /// Like the name, absent where the secret's record cannot be read.
    #[serde(rename = "ARN", skip_serializing_if = "Option::is_none")]
    arn: Option<SecretArn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Names the file.
    message: String,
}
