//! `schedule-key-deletion`

use clap::Args;
use serde::Serialize;

use crate::{
    arn::KeyArn,
    cli::{
        args::kms::KeyIdArgs,
        commands::kms::{dependents::note_dependents, entry},
        failure::Outcome,
        invocation::Invocation,
        terminal::warn,
    },
    protocol::answer::Answer,
};

/// Delete a key after a waiting period
///
/// Until then 'cancel-key-deletion' keeps it. After that it is refused everywhere; its bytes stay in the keystore until 'purge'.
/// The secrets of the vault that need the key are listed on stderr.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ScheduleKeyDeletionArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// 7 to 30 [default: 30]
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    pub(crate) pending_window_in_days: Option<i64>,
}

pub(super) fn run(invocation: &Invocation, args: &ScheduleKeyDeletionArgs) -> Outcome {
    let answer = entry::answer(invocation, args)?;
    if let Some(key) = deleted_key(&answer) {
        match invocation.vault.secrets_under_keys(std::slice::from_ref(&key)) {
            Ok(secrets) => note_dependents(&invocation.vault, &secrets, "needs"),
            Err(error) => warn(&format!("which secrets need the key is not known: {error}")),
        }
    }
    entry::print(&invocation.printer, answer)
}

fn deleted_key(answer: &Answer) -> Option<KeyArn> {
    let Answer::Document(deletion) = answer else { return None };
    deletion.get("KeyId")?.as_str()?.parse().ok()
}
