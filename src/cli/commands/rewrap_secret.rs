//! `rewrap --secret-id` and `rewrap --all`

use serde::Serialize;

use super::{
    files::suite_of_rewrap,
    keys::raw_keys,
    write_secret::{finish, warn_about_keys},
};
use crate::{
    arn::SecretArn,
    cli::{
        args::RewrapArgs,
        context::Context,
        encryption_context::Purpose,
        failure::{Failure, Outcome},
        kms_key::region_of,
        recovery_key::{key_options, name_online_keys},
    },
    error::{Error, SetupError},
    region::Region,
    vault::RewrapSecret,
};

pub(super) fn one(context: &Context, args: &RewrapArgs, secret_id: &str) -> Outcome {
    let region = region(context, args)?;
    context.vault.require()?;
    let mut session = context.session_for_secrets()?;
    let keys = key_options(context, Some(session.kms()), &args.wrap, raw_keys(&args.keys, Purpose::Open)?)?;
    let request = RewrapSecret { secret_id: secret_id.to_owned(), region, to_key: args.to_key.clone(), suite: suite_of_rewrap(args), keys };
    let mut request = request;
    name_online_keys(context, Some(session.kms()), &args.keys.kms_key_id, &mut request.keys)?;
    let change = context.vault.rewrap_secret(&mut session, &request)?;
    warn_about_keys(session.kms(), &change, &request.keys);
    finish(context, &change, &[])
}

/// Every secret is a change of its own; one that fails does not keep the others.
pub(super) fn all(context: &Context, args: &RewrapArgs) -> Outcome {
    let region = region(context, args)?;
    let secrets = context.vault.list_secrets(region)?;
    let mut session = context.session_for_secrets()?;
    let mut document = Document::default();
    let keys = key_options(context, Some(session.kms()), &args.wrap, raw_keys(&args.keys, Purpose::Open)?)?;
    let mut request = RewrapSecret { secret_id: String::new(), region, to_key: args.to_key.clone(), suite: suite_of_rewrap(args), keys };
    name_online_keys(context, Some(session.kms()), &args.keys.kms_key_id, &mut request.keys)?;
    for secret in secrets {
        request.secret_id = secret.arn.to_string();
        match context.vault.rewrap_secret(&mut session, &request) {
            Ok(change) => {
                context.note_keystore(&change.keystore);
                warn_about_keys(session.kms(), &change, &request.keys);
                document.rewrapped.push(Done { arn: secret.arn, name: secret.name });
            }
            // No other secret would fare better.
            Err(error @ Error::Setup(SetupError::NoCredentials(_))) => return Err(error.into()),
            Err(error) => document.failed.push(Undone { arn: secret.arn, name: secret.name, message: error.to_string() }),
        }
    }
    let is_complete = document.failed.is_empty();
    context.print(&document)?;
    context.note_calls();
    if is_complete { Ok(()) } else { Err(Failure::Partial) }
}

/// A key belongs to a Region: its ARN says which, or there has to be one. Without a key only an explicit `--region` narrows the work.
fn region(context: &Context, args: &RewrapArgs) -> Outcome<Option<Region>> {
    match &args.to_key {
        Some(key) => region_of(context, key).map(Some),
        None => Ok(context.explicit_region()),
    }
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
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
