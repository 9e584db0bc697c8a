//! `purge`

use clap::Args;
use serde_json::json;

use crate::{
    arn::KeyArn,
    cli::{
        commands::kms::dependents::note_dependents,
        doubted_clock::require_believed,
        failure::{Failure, Outcome},
        invocation::Invocation,
        terminal::note,
    },
};

/// [coldseal] Remove the material of keys whose deletion was due, for good
///
/// Lists the keys and the secrets of the vault that cannot be opened any more. Other copies of the keystore keep the keys.
///
/// Under a clock that is wrong a key would go before its time. So the keystore keeps the latest time that it believes: that of a write no more
/// than 30 days after the one kept before. Where the clock stands before it, or more than 30 days after it, nothing is removed without --yes,
/// however often the keystore was written under that clock.
#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Do it even where the clock is doubted, and believe it from now on
    #[arg(long)]
    pub(crate) yes: bool,
}

pub(super) fn run(invocation: &Invocation, args: &PurgeArgs) -> Outcome {
    invocation.keystore.require()?;
    let mut session = invocation.keystore.session()?;
    let expired = session.kms().expired_keys();
    let doubt = session.kms().clock_doubt();
    if args.yes && doubt.is_some() {
        session.kms_mut().believe_clock();
    }
    if expired.is_empty() {
        note("no key's deletion was due");
        let committed = session.commit()?.committed();
        invocation.keystore.note_made(&committed);
        return invocation.printer.print(&json!({ "PurgedKeys": [] }));
    }
    let keys: Vec<KeyArn> = expired.iter().map(|key| key.arn.clone()).collect();
    for key in &expired {
        note(&format!("{}: deleted on {}", key.arn, key.deletion_date));
    }
    let dependents = invocation.vault.secrets_under_keys(&keys)?;
    note_dependents(&invocation.vault, &dependents, "needs");
    require_believed(doubt.filter(|_| !args.yes), "--yes")?;
    session.kms_mut().purge();
    let committed = session.commit()?.committed();
    drop(session);
    invocation.keystore.note_made(&committed);
    invocation.printer.print(&json!({ "PurgedKeys": keys, "DependentSecrets": dependents.entries }))?;
    if dependents.faults.is_empty() { Ok(()) } else { Err(Failure::Partial) }
}
