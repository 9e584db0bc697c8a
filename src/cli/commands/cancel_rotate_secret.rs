//! `cancel-rotate-secret`

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        args::SignedWritingArgs,
        commands::secret_entry::{NOT_THERE, changed_record},
        failure::Outcome,
        invocation::Invocation,
        terminal::note,
    },
    protocol::answer::Answer,
};

/// Turn a secret's rotation off
///
/// The rules stay, and want nothing any more: no RotationDueDate is shown, and 'list-secrets --due' passes the secret over, until 'rotate-secret
/// --rotation-rules' turns it on again. A version that a rotation has left with AWSPENDING stays as it is, and its VersionId is answered.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:\n  coldseal cancel-rotate-secret --secret-id MySecret")]
pub(crate) struct CancelRotateSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &CancelRotateSecretArgs) -> Outcome {
    let Answer::Document(cancelled) = changed_record(invocation, &args.secret_id, args)? else { return Err(NOT_THERE.into()) };
    if let Some(version_id) = cancelled.get("VersionId").and_then(serde_json::Value::as_str) {
        note(&format!(
            "version {version_id} has AWSPENDING: 'coldseal update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id {version_id}' removes that"
        ));
    }
    invocation.printer.print(&cancelled)
}
