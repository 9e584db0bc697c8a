//! Arguments of `rewrap`.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{
        args::{FrameArgs, MessageArgs, RegionBundleArgs, SignedWritingArgs, WrapArgs, WriteArgs},
        commands::message_options::{SIGNED, UNSIGNED},
    },
    suite::AlgorithmSuite,
};

/// [coldseal] Seal anew for other keys or Regions: a message, or the bundles of secrets
///
/// The data key is wrapped again, and the payload is encrypted again under a fresh message id. No plaintext reaches a disk.
/// For a message, --kms-key-id and the --raw-…-key options open it; without them every key of the keystore that it names is tried.
/// What was signed is signed again, and what was not is not, unless --sign-message or --no-sign-message says otherwise.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal rewrap photos.tar.us-west-2.bundle --output-dir bundles \\
      --to us-east-1 Region=eu-west-1,KmsKeyId=alias/eu
  coldseal rewrap --secret-id MySecret --region eu-west-1 --to-key alias/eu
  coldseal rewrap --all --region eu-west-1 --to-key alias/eu
  coldseal rewrap --all

The last one seals every bundle anew under the key on record.")]
pub(crate) struct RewrapArgs {
    /// The message [default: stdin]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) message: MessageArgs,
    #[command(flatten)]
    pub(crate) frames: FrameArgs,
    #[command(flatten)]
    pub(crate) bundles: RegionBundleArgs,
    /// Rewrap this secret of the vault: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET", conflicts_with_all = ["file", "to", "all", "threads", "frame_length", "force", "no_sync"])]
    pub(crate) secret_id: Option<String>,
    /// Rewrap every secret of the Region, or without --region of all Regions
    #[arg(long, conflicts_with_all = ["file", "to", "threads", "frame_length", "force", "no_sync"])]
    pub(crate) all: bool,
    /// Key of the Region for the secrets' bundles; where they share their data keys, all Regions get another one [default: the one on record]
    #[arg(long, value_name = "KEY", conflicts_with_all = ["file", "to"])]
    pub(crate) to_key: Option<String>,
    /// Take what the records of the secrets say as it stands, whoever wrote it, and put the keystore's tag on it; their keys and Regions are
    /// taken from their bundles all the same
    #[arg(long, conflicts_with_all = ["file", "to"])]
    pub(crate) accept_record: bool,
    /// Sign the new messages (suite 0x0578) [default: as the old ones]; for secrets, in all Regions at once
    #[arg(long, overrides_with = "no_sign_message")]
    pub(crate) sign_message: bool,
    /// Do not sign the new messages (suite 0x0478)
    #[arg(long, overrides_with = "sign_message")]
    pub(crate) no_sign_message: bool,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
    #[command(flatten)]
    pub(crate) signed: SignedWritingArgs,
}

/// `None` keeps the suite of what is rewrapped.
pub(super) fn suite_of_rewrap(args: &RewrapArgs) -> Option<AlgorithmSuite> {
    if args.sign_message { Some(SIGNED) } else { args.no_sign_message.then_some(UNSIGNED) }
}
