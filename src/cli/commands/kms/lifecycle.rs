//! Rotation, deletion and replicas.

use serde_json::{Value, json};

use super::{change, key_details};
use crate::{
    arn::KeyArn,
    cli::{
        args::kms::{LifecycleCommand, PurgeArgs, ReplicateKeyArgs, ScheduleKeyDeletionArgs},
        context::{Context, note, parse_region, warn},
        failure::Outcome,
        kms_key::region_of,
        paging::LIST_KEY_ROTATIONS,
        usage::UsageError,
    },
};

pub(super) fn run(context: &Context, command: LifecycleCommand) -> Outcome {
    match command {
        LifecycleCommand::RotateKeyOnDemand(args) => {
            let region = region_of(context, &args.key_id)?;
            let key = change(context, |kms| kms.rotate_key_on_demand(region, &args.key_id))?;
            context.print(&json!({ "KeyId": key }))
        }
        LifecycleCommand::EnableKeyRotation(args) => {
            let region = region_of(context, &args.key.key_id)?;
            let period = args.rotation_period_in_days;
            change(context, |kms| kms.enable_key_rotation(region, &args.key.key_id, period))
        }
        LifecycleCommand::DisableKeyRotation(args) => {
            let region = region_of(context, &args.key_id)?;
            change(context, |kms| kms.disable_key_rotation(region, &args.key_id))
        }
        LifecycleCommand::GetKeyRotationStatus(args) => {
            let region = region_of(context, &args.key_id)?;
            context.print(&context.kms()?.key_rotation_status(region, &args.key_id)?)
        }
        LifecycleCommand::ListKeyRotations(args) => {
            let region = region_of(context, &args.key.key_id)?;
            let rotations = context.kms()?.list_key_rotations(region, &args.key.key_id)?;
            let rotations: Vec<Value> = rotations.iter().map(|rotation| json!(rotation)).collect();
            LIST_KEY_ROTATIONS.print(context, &rotations, &args.paging.paging, args.paging.manual())
        }
        LifecycleCommand::ScheduleKeyDeletion(args) => schedule_deletion(context, &args),
        LifecycleCommand::CancelKeyDeletion(args) => {
            let region = region_of(context, &args.key_id)?;
            let key = change(context, |kms| kms.cancel_key_deletion(region, &args.key_id))?;
            context.print(&json!({ "KeyId": key }))
        }
        LifecycleCommand::Purge(args) => purge(context, &args),
        LifecycleCommand::ReplicateKey(args) => replicate(context, args),
    }
}

fn schedule_deletion(context: &Context, args: &ScheduleKeyDeletionArgs) -> Outcome {
    let region = region_of(context, &args.key.key_id)?;
    let window = args.pending_window_in_days;
    let deletion = change(context, |kms| kms.schedule_key_deletion(region, &args.key.key_id, window))?;
    match context.vault.secrets_under_keys(std::slice::from_ref(&deletion.key_id)) {
        Ok(secrets) => note_dependents(context, &secrets, "needs"),
        Err(error) => warn(&format!("which secrets need the key is not known: {error}")),
    }
    context.print(&deletion)
}

fn note_dependents(context: &Context, secrets: &[String], verb: &str) {
    let vault = context.vault.root().display();
    if secrets.is_empty() {
        note(&format!("no secret in {vault} {verb} the key; other vaults were not looked at"));
    } else {
        note(&format!("secrets in {vault} that cannot be opened without the key:"));
        for secret in secrets {
            note(&format!("  {secret}"));
        }
    }
}

fn purge(context: &Context, args: &PurgeArgs) -> Outcome {
    context.require_keystore()?;
    let mut session = context.session()?;
    let expired = session.kms().expired_keys();
    if expired.is_empty() {
        note("no key's deletion was due");
        return context.print(&json!({ "PurgedKeys": [] }));
    }
    let keys: Vec<KeyArn> = expired.iter().map(|key| key.arn.clone()).collect();
    for key in &expired {
        note(&format!("{}: deleted on {}", key.arn, key.deletion_date));
    }
    let dependents = context.vault.secrets_under_keys(&keys)?;
    note_dependents(context, &dependents, "needs");
    if let Some(doubt) = session.kms().clock_doubt().filter(|_| !args.yes) {
        return Err(UsageError::new(format!("{doubt}; nothing was removed"))
            .with_hint("set the clock, or repeat the command with --yes")
            .into());
    }
    session.kms_mut().purge();
    let committed = session.commit()?;
    context.note_keystore(&committed);
    context.print(&json!({ "PurgedKeys": keys, "DependentSecrets": dependents }))
}

fn replicate(context: &Context, args: ReplicateKeyArgs) -> Outcome {
    let region = region_of(context, &args.key.key_id)?;
    let replica = parse_region("--replica-region", &args.replica_region)?;
    let request = key_details(context, args.details)?;
    let answer = change(context, |kms| kms.replicate_key(region, &args.key.key_id, replica, request))?;
    context.print(&answer)
}
