//! `purge`

use clap::Args;
use serde_json::json;

use crate::{
    arn::KeyArn,
    cli::{
        commands::kms::dependents::note_dependents,
        failure::{Failure, Outcome},
        invocation::Invocation,
        terminal::note,
        usage::UsageError,
    },
};

/// [coldseal] Remove the material of keys whose deletion was due, for good
///
/// Lists the keys and the secrets of the vault that cannot be opened any more. Other copies of the keystore keep the keys.
#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Do it even where the clock is before, or more than 30 days after, the last write of the keystore
    #[arg(long)]
    pub(crate) yes: bool,
}

pub(super) fn run(invocation: &Invocation, args: &PurgeArgs) -> Outcome {
    invocation.keystore.require()?;
    let mut session = invocation.keystore.session()?;
    let expired = session.kms().expired_keys();
    if expired.is_empty() {
        note("no key's deletion was due");
        return invocation.printer.print(&json!({ "PurgedKeys": [] }));
    }
    let keys: Vec<KeyArn> = expired.iter().map(|key| key.arn.clone()).collect();
    for key in &expired {
        note(&format!("{}: deleted on {}", key.arn, key.deletion_date));
    }
    let dependents = invocation.vault.secrets_under_keys(&keys)?;
    note_dependents(&invocation.vault, &dependents, "needs");
    if let Some(doubt) = session.kms().clock_doubt().filter(|_| !args.yes) {
        return Err(UsageError::new(format!("{doubt}; nothing was removed"))
            .with_hint("set the clock, or repeat the command with --yes")
            .into());
    }
    session.kms_mut().purge();
    let committed = session.commit()?.committed();
    drop(session);
    invocation.keystore.note_made(&committed);
    invocation.printer.print(&json!({ "PurgedKeys": keys, "DependentSecrets": dependents.entries }))?;
    if dependents.faults.is_empty() { Ok(()) } else { Err(Failure::Partial) }
}
