//! `rewrap --secret-id` and `rewrap --all`

use serde::Serialize;

use crate::{
    arn::SecretArn,
    cli::{
        commands::{
            given_keys::GivenKeys,
            key_warnings::{add_new, of_change, tell},
            rewrap::args::{RewrapArgs, suite_of_rewrap},
            secret_change::{SealedSecret, finish},
        },
        failure::{Failure, Outcome},
        invocation::Invocation,
        regions::Regions,
    },
    error::{Error, SetupError},
    region::Region,
    vault::{KeyOptions, ListSecrets, RewrapSecret, SortBy},
};

pub(super) fn one(invocation: &Invocation, args: &RewrapArgs, secret_id: &str) -> Outcome {
    let region = region(&invocation.regions, args)?;
    invocation.vault.require()?;
    let given = GivenKeys::read_of_message(invocation.inputs.in_use(), &args.wrap, &args.message.keys)?;
    let mut session = invocation.keystore.session_for_secrets()?;
    let mut request = request(args, given.to_seal(invocation.key_names(), session.kms_mut())?, region);
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
    let region = region(&invocation.regions, args)?;
    // What is restored one day has to open then.
    let listed = ListSecrets { region, includes_planned_deletion: true, sort_by: Some(SortBy::Name), ..ListSecrets::default() };
    let secrets = invocation.vault.list_secrets_matching(&listed)?;
    let given = GivenKeys::read_of_message(invocation.inputs.in_use(), &args.wrap, &args.message.keys)?;
    let mut session = invocation.keystore.session_for_secrets()?;
    let unreadable = secrets.faults.iter().map(|fault| Undone { arn: None, name: None, message: fault.to_string() });
    let mut document = RewrapDocument { rewrapped: Vec::new(), failed: unreadable.collect() };
    let mut request = request(args, given.to_seal(invocation.key_names(), session.kms_mut())?, region);
    let mut warnings = Vec::new();
    for secret in secrets.entries {
        request.secret_id = secret.arn.to_string();
        let change = invocation.vault.rewrap_secret(&mut session, &request);
        invocation.keystore.note_made_by(&mut session);
        match change {
            Ok(change) => {
                add_new(&mut warnings, of_change(session.kms(), &change, &request.keys));
                document.rewrapped.push(Done { arn: secret.arn, name: secret.name });
            }
            // No other secret would fare better.
            Err(error @ Error::Setup(SetupError::NoCredentials(_))) => return Err(error.into()),
            Err(error) => document.failed.push(Undone { arn: Some(secret.arn), name: Some(secret.name), message: error.to_string() }),
        }
    }
    drop(session);
    tell(&warnings);
    let is_complete = document.failed.is_empty();
    invocation.printer.print(&document)?;
    if is_complete { Ok(()) } else { Err(Failure::Partial) }
}

/// For any secret: what is asked for, with the keys that were named.
fn request(args: &RewrapArgs, keys: KeyOptions, region: Option<Region>) -> RewrapSecret {
    let (to_key, suite, accept_record) = (args.to_key.clone(), suite_of_rewrap(args), args.accept_record);
    RewrapSecret { secret_id: String::new(), region, to_key, suite, accept_record, keys }
}

/// A key belongs to a Region: its ARN says which, or there has to be one. Without a key only an explicit `--region` narrows the work.
fn region(regions: &Regions, args: &RewrapArgs) -> Outcome<Option<Region>> {
    match &args.to_key {
        Some(key) => regions.of_key(key).map(Some),
        None => Ok(regions.explicit()),
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
