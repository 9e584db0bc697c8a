//! `rewrap --secret-id` and `rewrap --all`

use serde::Serialize;

use crate::{
    arn::SecretArn,
    cli::{
        commands::{
            keys::raw_keys,
            rewrap::args::{RewrapArgs, suite_of_rewrap},
            secret_change::{finish, warn_about_keys},
        },
        encryption_context::Purpose,
        failure::{Failure, Outcome},
        invocation::Invocation,
        recovery_key::{Wrapping, key_options, name_online_keys},
    },
    error::{Error, SetupError},
    region::Region,
    vault::RewrapSecret,
};

pub(super) fn one(invocation: &Invocation, args: &RewrapArgs, secret_id: &str) -> Outcome {
    let region = region(invocation, args)?;
    invocation.vault.require()?;
    let (wrapping, opening) = (Wrapping::read(&args.wrap)?, raw_keys(&args.keys, Purpose::Open)?);
    let mut session = invocation.keystore.session_for_secrets()?;
    let keys = key_options(invocation, Some(session.kms()), wrapping, opening)?;
    let request = RewrapSecret { secret_id: secret_id.to_owned(), region, to_key: args.to_key.clone(), suite: suite_of_rewrap(args), keys };
    let mut request = request;
    name_online_keys(invocation, Some(session.kms()), &args.keys.kms_key_id, &mut request.keys)?;
    let change = invocation.vault.rewrap_secret(&mut session, &request);
    invocation.keystore.note_made_by(&mut session);
    let change = change?;
    warn_about_keys(session.kms(), &change, &request.keys);
    drop(session);
    finish(invocation, &change, &change, &[])
}

/// Every secret is a change of its own; one that fails does not keep the others.
pub(super) fn all(invocation: &Invocation, args: &RewrapArgs) -> Outcome {
    let region = region(invocation, args)?;
    let secrets = invocation.vault.list_secrets(region)?;
    let (wrapping, opening) = (Wrapping::read(&args.wrap)?, raw_keys(&args.keys, Purpose::Open)?);
    let mut session = invocation.keystore.session_for_secrets()?;
    let mut document = RewrapDocument::default();
    let keys = key_options(invocation, Some(session.kms()), wrapping, opening)?;
    let mut request = RewrapSecret { secret_id: String::new(), region, to_key: args.to_key.clone(), suite: suite_of_rewrap(args), keys };
    name_online_keys(invocation, Some(session.kms()), &args.keys.kms_key_id, &mut request.keys)?;
    for secret in secrets {
        request.secret_id = secret.arn.to_string();
        let change = invocation.vault.rewrap_secret(&mut session, &request);
        invocation.keystore.note_made_by(&mut session);
        match change {
            Ok(change) => {
                warn_about_keys(session.kms(), &change, &request.keys);
                document.rewrapped.push(Done { arn: secret.arn, name: secret.name });
            }
            // No other secret would fare better.
            Err(error @ Error::Setup(SetupError::NoCredentials(_))) => return Err(error.into()),
            Err(error) => document.failed.push(Undone { arn: secret.arn, name: secret.name, message: error.to_string() }),
        }
    }
    drop(session);
    let is_complete = document.failed.is_empty();
    invocation.printer.print(&document)?;
    invocation.access.note_calls();
    if is_complete { Ok(()) } else { Err(Failure::Partial) }
}

/// A key belongs to a Region: its ARN says which, or there has to be one. Without a key only an explicit `--region` narrows the work.
fn region(invocation: &Invocation, args: &RewrapArgs) -> Outcome<Option<Region>> {
    match &args.to_key {
        Some(key) => invocation.regions.of_key(key).map(Some),
        None => Ok(invocation.regions.explicit()),
    }
}

#[derive(Default, Serialize)]
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
    #[serde(rename = "ARN")]
    arn: SecretArn,
    name: String,
    message: String,
}
