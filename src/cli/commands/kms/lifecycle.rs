//! Rotation, deletion and replicas.

use serde_json::{Value, json};

use super::{change, key_details};
use crate::{
    arn::KeyArn,
    cli::{
        args::kms::{LifecycleCommand, PurgeArgs, ReplicateKeyArgs, ScheduleKeyDeletionArgs},
        failure::Outcome,
        invocation::Invocation,
        paging::LIST_KEY_ROTATIONS,
        regions::parse_region,
        terminal::{note, warn},
        usage::UsageError,
    },
};

pub(super) fn run(invocation: &Invocation, command: LifecycleCommand) -> Outcome {
    match command {
        LifecycleCommand::RotateKeyOnDemand(args) => {
            let region = invocation.regions.of_key(&args.key_id)?;
            let key = change(invocation, |kms| kms.rotate_key_on_demand(region, &args.key_id))?;
            invocation.printer.print(&json!({ "KeyId": key }))
        }
        LifecycleCommand::EnableKeyRotation(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            let period = args.rotation_period_in_days;
            change(invocation, |kms| kms.enable_key_rotation(region, &args.key.key_id, period))
        }
        LifecycleCommand::DisableKeyRotation(args) => {
            let region = invocation.regions.of_key(&args.key_id)?;
            change(invocation, |kms| kms.disable_key_rotation(region, &args.key_id))
        }
        LifecycleCommand::GetKeyRotationStatus(args) => {
            let region = invocation.regions.of_key(&args.key_id)?;
            invocation.printer.print(&invocation.keystore.read()?.key_rotation_status(region, &args.key_id)?)
        }
        LifecycleCommand::ListKeyRotations(args) => {
            let region = invocation.regions.of_key(&args.key.key_id)?;
            let rotations = invocation.keystore.read()?.list_key_rotations(region, &args.key.key_id)?;
            let rotations: Vec<Value> = rotations.iter().map(|rotation| json!(rotation)).collect();
            LIST_KEY_ROTATIONS.print(&invocation.printer, &rotations, &args.paging.paging, args.paging.manual())
        }
        LifecycleCommand::ScheduleKeyDeletion(args) => schedule_deletion(invocation, &args),
        LifecycleCommand::CancelKeyDeletion(args) => {
            let region = invocation.regions.of_key(&args.key_id)?;
            let key = change(invocation, |kms| kms.cancel_key_deletion(region, &args.key_id))?;
            invocation.printer.print(&json!({ "KeyId": key }))
        }
        LifecycleCommand::Purge(args) => purge(invocation, &args),
        LifecycleCommand::ReplicateKey(args) => replicate(invocation, args),
    }
}

fn schedule_deletion(invocation: &Invocation, args: &ScheduleKeyDeletionArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key.key_id)?;
    let window = args.pending_window_in_days;
    let deletion = change(invocation, |kms| kms.schedule_key_deletion(region, &args.key.key_id, window))?;
    match invocation.vault.secrets_under_keys(std::slice::from_ref(&deletion.key_id)) {
        Ok(secrets) => note_dependents(invocation, &secrets, "needs"),
        Err(error) => warn(&format!("which secrets need the key is not known: {error}")),
    }
    invocation.printer.print(&deletion)
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

fn replicate(invocation: &Invocation, args: ReplicateKeyArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key.key_id)?;
    let replica = parse_region("--replica-region", &args.replica_region)?;
    let request = key_details(invocation, args.details)?;
    let answer = change(invocation, |kms| kms.replicate_key(region, &args.key.key_id, replica, request))?;
    invocation.printer.print(&answer)
}
