//! Rotation, deletion and replicas.

use serde_json::json;

use super::entry;
use crate::{
    arn::KeyArn,
    cli::{
        args::kms::{LifecycleCommand, PurgeArgs, ScheduleKeyDeletionArgs},
        failure::Outcome,
        invocation::Invocation,
        regions::parse_region,
        terminal::{note, warn},
        usage::UsageError,
    },
    protocol::answer::Answer,
};

pub(super) fn run(invocation: &Invocation, command: LifecycleCommand) -> Outcome {
    match command {
        LifecycleCommand::ListKeyRotations(args) => entry::list(invocation, &args, &args.paging),
        LifecycleCommand::ScheduleKeyDeletion(args) => schedule_deletion(invocation, &args),
        LifecycleCommand::Purge(args) => purge(invocation, &args),
        LifecycleCommand::ReplicateKey(args) => {
            invocation.regions.of_key(&args.key.key_id)?;
            parse_region("--replica-region", &args.replica_region)?;
            entry::run(invocation, &args)
        }
        LifecycleCommand::UpdatePrimaryRegion(args) => {
            invocation.regions.of_key(&args.key.key_id)?;
            parse_region("--primary-region", &args.primary_region)?;
            entry::run(invocation, &args)
        }
        command => entry::run(invocation, &command),
    }
}

fn schedule_deletion(invocation: &Invocation, args: &ScheduleKeyDeletionArgs) -> Outcome {
    let answer = entry::answer(invocation, args)?;
    if let Some(key) = deleted_key(&answer) {
        match invocation.vault.secrets_under_keys(std::slice::from_ref(&key)) {
            Ok(secrets) => note_dependents(invocation, &secrets, "needs"),
            Err(error) => warn(&format!("which secrets need the key is not known: {error}")),
        }
    }
    entry::print(invocation, answer)
}

fn deleted_key(answer: &Answer) -> Option<KeyArn> {
    let Answer::Document(deletion) = answer else { return None };
    deletion.get("KeyId")?.as_str()?.parse().ok()
}

fn note_dependents(invocation: &Invocation, secrets: &[String], verb: &str) {
    let vault = invocation.vault.root().display();
    if secrets.is_empty() {
        note(&format!("no secret in {vault} {verb} the key; other vaults were not looked at"));
    } else {
        note(&format!("secrets in {vault} that cannot be opened without the key:"));
        for secret in secrets {
            note(&format!("  {secret}"));
        }
    }
}

fn purge(invocation: &Invocation, args: &PurgeArgs) -> Outcome {
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
    note_dependents(invocation, &dependents, "needs");
    if let Some(doubt) = session.kms().clock_doubt().filter(|_| !args.yes) {
        return Err(UsageError::new(format!("{doubt}; nothing was removed"))
            .with_hint("set the clock, or repeat the command with --yes")
            .into());
    }
    session.kms_mut().purge();
    let committed = session.commit()?.committed();
    invocation.keystore.note_made(&committed);
    invocation.printer.print(&json!({ "PurgedKeys": keys, "DependentSecrets": dependents }))
}
