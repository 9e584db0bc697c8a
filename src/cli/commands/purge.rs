//! `purge` of a vault

use clap::Args;
use serde_json::json;

use crate::{
    cli::{
        args::SignedWritingArgs,
        command_operation::CommandOperation,
        doubted_clock::require_believed,
        failure::{Failure, Outcome},
        faults,
        invocation::Invocation,
        keystore::Keystore,
        terminal::{counted, note},
        usage::UsageError,
    },
    vault::{ExpiredSecret, Listed},
};

const BELIEVE_CLOCK: &str = "--believe-clock";

/// [coldseal] Remove the secrets of the vault whose deletion was due, for good
///
/// Lists them and asks. Their files are unlinked, the record of each before its bundles, and the folders synced. That is not erasure: the medium, its
/// snapshots and backups may keep the bytes; 'coldseal kms purge' removes keys.
///
/// Under a clock that is wrong a secret would go before its time. So the clock is held against the latest time that the keystore believes, as 'kms purge'
/// does: where it stands before that, or more than 30 days after, nothing is removed without --believe-clock, and writes under that clock do not change
/// that. The same holds where there is no keystore to hold it against. --yes does not say it: it may stand in a script.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal delete-secret --secret-id MySecret --recovery-window-in-days 7
  coldseal purge  # a week later
  coldseal purge --yes  # where there is nobody to ask")]
pub(crate) struct PurgeVaultArgs {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// The clock is right: remove what is due by it, and have the keystore believe it from now on
    #[arg(long)]
    pub(crate) believe_clock: bool,
    #[command(flatten)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &PurgeVaultArgs) -> Outcome {
    let expired = invocation.vault.expired_secrets()?;
    if expired.entries.is_empty() {
        note("no secret's deletion was due");
        if args.believe_clock {
            believe_clock(&invocation.keystore)?;
        }
        return remove(invocation, expired);
    }
    for ExpiredSecret { arn, deleted_date, deletion_date, .. } in &expired.entries {
        note(&format!("{arn}: marked for deletion on {deleted_date}, due on {deletion_date}"));
    }
    if args.believe_clock {
        believe_clock(&invocation.keystore)?;
    } else {
        hold_clock(&invocation.keystore)?;
    }
    if !args.yes {
        let asked = format!("coldseal: remove {} for good?", counted(expired.entries.len(), "secret"));
        match invocation.inputs.prompter.confirms(&asked) {
            Some(true) => {}
            Some(false) => {
                note("nothing was removed");
                return Err(Failure::Partial);
            }
            None => {
                let refused = UsageError::new("there is no terminal to ask on; nothing was removed");
                return Err(refused.with_hint("repeat the command with --yes").into());
            }
        }
    }
    remove(invocation, expired)
}

/// Removes them, be it none but what removals that were stopped left, and says which.
fn remove(invocation: &Invocation, expired: Listed<ExpiredSecret>) -> Outcome {
    let kms = if expired.entries.is_empty() {
        None
    } else {
        invocation.kms_for_metadata("whose hand marked a secret for deletion is not known")?
    };
    let purged = invocation.vault.purge(kms.as_ref(), &expired.entries)?;
    let arns: Vec<_> = purged.entries.iter().map(|secret| &secret.arn).collect();
    invocation.printer.print(&json!({ "PurgedSecrets": arns }))?;
    let mut faults = expired.faults;
    faults.extend(purged.faults);
    faults::tell(&faults, CommandOperation::Purge)
}

/// Holds the clock against what the keystore believes.
fn hold_clock(keystore: &Keystore) -> Outcome {
    match keystore.read_if_any()? {
        Some(kms) => require_believed(kms.clock_doubt(), BELIEVE_CLOCK),
        None => {
            let refused = UsageError::new("there is no keystore to hold the clock against; nothing was removed");
            let ways = format!("name it with --keystore, or look at the clock and repeat the command with {BELIEVE_CLOCK}");
            Err(refused.with_hint(ways).into())
        }
    }
}

/// Has the keystore believe the clock, if there is one.
fn believe_clock(keystore: &Keystore) -> Outcome {
    if !keystore.location.keystore.exists() {
        return Ok(());
    }
    let mut session = keystore.session()?;
    session.kms_mut().believe_clock();
    let committed = session.commit()?.committed();
    drop(session);
    keystore.note_made(&committed);
    Ok(())
}
