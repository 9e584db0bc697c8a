//! Arguments of the commands on a key's life: rotation, deletion, replicas.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{KeyIdArgs, ListOfKeyArgs};

#[derive(Debug, Subcommand, Serialize)]
#[serde(untagged)]
pub(crate) enum LifecycleCommand {
    /// Give a key fresh material, at most 25 times; what it encrypted before still decrypts
    #[command(after_help = "Example:
  coldseal kms rotate-key-on-demand --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    RotateKeyOnDemand(KeyIdArgs),
    #[command(after_help = "Example:
  coldseal kms enable-key-rotation --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \\
      --rotation-period-in-days 180")]
    EnableKeyRotation(EnableKeyRotationArgs),
    /// Turn automatic rotation off
    #[command(after_help = "Example:
  coldseal kms disable-key-rotation --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    DisableKeyRotation(KeyIdArgs),
    /// Show whether a key is rotated automatically, and when next
    #[command(after_help = "Example:
  coldseal kms get-key-rotation-status --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    GetKeyRotationStatus(KeyIdArgs),
    /// List the rotations of a key
    #[command(after_help = "Example:
  coldseal kms list-key-rotations --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    ListKeyRotations(ListOfKeyArgs),
    #[command(after_help = "Example:
  coldseal kms schedule-key-deletion --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --pending-window-in-days 7")]
    ScheduleKeyDeletion(ScheduleKeyDeletionArgs),
    /// Keep a key whose deletion is pending; it is disabled then
    #[command(after_help = "Example:
  coldseal kms cancel-key-deletion --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
    CancelKeyDeletion(KeyIdArgs),
    #[command(after_help = "Example:
  coldseal kms purge")]
    #[serde(skip)]
    Purge(PurgeArgs),
    ReplicateKey(ReplicateKeyArgs),
    UpdatePrimaryRegion(UpdatePrimaryRegionArgs),
}

/// Give a key fresh material every so many days
///
/// Nothing runs by itself: the first command that changes the keystore after the date rotates the key.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EnableKeyRotationArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// 90 to 2560 [default: 365]
    #[arg(long, value_name = "DAYS")]
    pub(crate) rotation_period_in_days: Option<u16>,
}

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
    #[arg(long, value_name = "DAYS")]
    pub(crate) pending_window_in_days: Option<u16>,
}

/// [coldseal] Remove the material of keys whose deletion was due, for good
///
/// Lists the keys and the secrets of the vault that cannot be opened any more. Other copies of the keystore keep the keys.
#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// Do it even where the clock is before, or more than 30 days after, the last write of the keystore
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Copy a multi-Region key to another Region
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal kms create-key --region us-east-1 --multi-region
  coldseal kms replicate-key --region us-east-1 --replica-region eu-west-1 \\
      --key-id mrk-1234abcd12ab34cd56ef12345678990ab")]
pub(crate) struct ReplicateKeyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// The Region to copy it to, of the same partition
    #[arg(long, value_name = "REGION")]
    pub(crate) replica_region: String,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) details: KeyDetailsArgs,
}

/// Make a replica of a multi-Region key its primary key, and the primary key a replica
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal kms update-primary-region --region us-east-1 \\
      --primary-region eu-west-1 \\
      --key-id mrk-1234abcd12ab34cd56ef12345678990ab")]
pub(crate) struct UpdatePrimaryRegionArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// The Region of the replica that becomes the primary key
    #[arg(long, value_name = "REGION")]
    pub(crate) primary_region: String,
}

/// What a key of one Region has for itself.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyDetailsArgs {
    /// Description, at most 8192 characters
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) description: String,
    /// Key policy in JSON, or file://FILE; its grammar is checked, it is stored and shown, and never enforced
    #[arg(long, value_name = "JSON")]
    pub(crate) policy: Option<String>,
    /// Tags: TagKey=a,TagValue=b ..., or JSON; they are not encrypted in AWS, and are inside the keystore here
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Option<Vec<String>>,
    #[arg(long, hide = true, overrides_with = "no_bypass_policy_lockout_safety_check")]
    bypass_policy_lockout_safety_check: bool,
    #[arg(long, hide = true)]
    #[serde(skip)]
    no_bypass_policy_lockout_safety_check: bool,
}
