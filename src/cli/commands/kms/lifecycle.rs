//! Rotation, deletion and replicas.

use clap::Subcommand;
use serde::Serialize;

use crate::cli::{
    args::kms::{EnableKeyRotationArgs, KeyIdArgs, ListOfKeyArgs},
    command_group::commands,
    commands::kms::{
        entry,
        purge::{self, PurgeArgs},
        replicate_key::{self, ReplicateKeyArgs},
        schedule_key_deletion::{self, ScheduleKeyDeletionArgs},
        update_primary_region::{self, UpdatePrimaryRegionArgs},
    },
    failure::Outcome,
    invocation::Invocation,
};

commands! {
    #[derive(Debug, Subcommand, Serialize)]
    #[serde(untagged)]
    pub(crate) enum LifecycleCommand {
        /// Give a key fresh material, at most 25 times; what it encrypted before still decrypts
        #[command(after_long_help = "Example:
  coldseal kms rotate-key-on-demand --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        RotateKeyOnDemand(KeyIdArgs),
        #[command(after_long_help = "Example:
  coldseal kms enable-key-rotation --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \\
      --rotation-period-in-days 180")]
        EnableKeyRotation(EnableKeyRotationArgs),
        /// Turn automatic rotation off
        #[command(after_long_help = "Example:
  coldseal kms disable-key-rotation --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        DisableKeyRotation(KeyIdArgs),
        /// Show whether a key is rotated automatically, and when next
        #[command(after_long_help = "Example:
  coldseal kms get-key-rotation-status --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        GetKeyRotationStatus(KeyIdArgs),
        /// List the rotations of a key
        #[command(after_long_help = "Example:
  coldseal kms list-key-rotations --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        ListKeyRotations(ListOfKeyArgs),
        #[command(after_long_help = "Example:
  coldseal kms schedule-key-deletion --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --pending-window-in-days 7")]
        ScheduleKeyDeletion(ScheduleKeyDeletionArgs),
        /// Keep a key whose deletion is pending; it is disabled then
        #[command(after_long_help = "Example:
  coldseal kms cancel-key-deletion --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        CancelKeyDeletion(KeyIdArgs),
        #[command(after_long_help = "Example:
  coldseal kms purge")]
        #[serde(skip)]
        Purge(PurgeArgs),
        ReplicateKey(ReplicateKeyArgs),
        UpdatePrimaryRegion(UpdatePrimaryRegionArgs),
    }
}

pub(super) fn run(invocation: &Invocation, command: LifecycleCommand) -> Outcome {
    match command {
        LifecycleCommand::ListKeyRotations(args) => entry::list(invocation, &args, &args.paging),
        LifecycleCommand::ScheduleKeyDeletion(args) => schedule_key_deletion::run(invocation, &args),
        LifecycleCommand::Purge(args) => purge::run(invocation, &args),
        LifecycleCommand::ReplicateKey(args) => replicate_key::run(invocation, &args),
        LifecycleCommand::UpdatePrimaryRegion(args) => update_primary_region::run(invocation, &args),
        command => entry::run(invocation, &command),
    }
}
