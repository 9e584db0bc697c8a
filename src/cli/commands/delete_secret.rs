//! `delete-secret`

use clap::{ArgAction, Args};
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

/// Mark a secret for deletion, or remove it for good
///
/// Until the DeletionDate that is answered, 'restore-secret' gets the secret back; it is described, listed with --include-planned-deletion,
/// shown by 'status', checked by 'verify' and rewrapped, and every other command refuses it, but for --force-delete-without-recovery. After that it counts as gone, and 'purge' removes it.
///
/// What is removed, here or by 'purge', is unlinked: its record first, then its bundles. That is not erasure: the medium, its snapshots and backups may
/// keep the bytes. Who must be sure makes the keys go: 'coldseal kms schedule-key-deletion'.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal delete-secret --secret-id MySecret --recovery-window-in-days 7
  coldseal delete-secret --secret-id MySecret --force-delete-without-recovery

A secret with replicas is not deleted: they have to go first.")]
pub(crate) struct DeleteSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// How long it can be restored, 7 to 30 [default: 30]
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    pub(crate) recovery_window_in_days: Option<i64>,
    /// Remove it now, for good; that it is not there, or is marked for deletion already, is no error
    #[arg(long, overrides_with = "_no_force_delete_without_recovery")]
    pub(crate) force_delete_without_recovery: bool,
    #[arg(long = "no-force-delete-without-recovery", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_force_delete_without_recovery: bool,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &DeleteSecretArgs) -> Outcome {
    let Answer::Document(deletion) = changed_record(invocation, &args.secret_id, args)? else { return Err(NOT_THERE.into()) };
    if deletion.get("WasThere").is_some() {
        note("no such secret was there; nothing was removed");
    }
    invocation.printer.print(&deletion)
}
