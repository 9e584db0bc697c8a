//! `update-secret-version-stage`

use clap::Args;
use serde::Serialize;

use crate::cli::{args::SignedWritingArgs, commands::secret_entry::change_record, failure::Outcome, invocation::Invocation};

/// Attach a staging label to a version of a secret, move it, or remove it
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal update-secret-version-stage --secret-id MySecret \\
      --version-stage AWSCURRENT --move-to-version-id NEXT \\
      --remove-from-version-id NOW
  coldseal update-secret-version-stage --secret-id MySecret \\
      --version-stage AWSPENDING --remove-from-version-id NEXT

Where AWSCURRENT moves, AWSPREVIOUS goes to the version that it was removed from. 'coldseal describe-secret' shows the versions and their labels.")]
pub(crate) struct UpdateSecretVersionStageArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// The label, 1 to 256 characters
    #[arg(long, value_name = "LABEL")]
    pub(crate) version_stage: String,
    /// The version that has the label, where one has
    #[arg(long, value_name = "ID")]
    pub(crate) remove_from_version_id: Option<String>,
    /// The version that is to have it; left out, the label is removed
    #[arg(long, value_name = "ID")]
    pub(crate) move_to_version_id: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &UpdateSecretVersionStageArgs) -> Outcome {
    change_record(invocation, &args.secret_id, args)
}
