//! `restore-secret`

use clap::Args;
use serde::Serialize;

use crate::cli::{args::SignedWritingArgs, commands::secret_entry::change_record, failure::Outcome, invocation::Invocation};

/// Get a secret back that is marked for deletion
///
/// Everything of it is as it was. After its DeletionDate it is not found, and gone for good once it was removed.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal list-secrets --include-planned-deletion \\
      --query 'SecretList[?DeletedDate].[Name,DeletionDate]' --output text
  coldseal restore-secret --secret-id MySecret")]
pub(crate) struct RestoreSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &RestoreSecretArgs) -> Outcome {
    change_record(invocation, &args.secret_id, args)
}
