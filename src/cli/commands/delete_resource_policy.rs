//! `delete-resource-policy`

use clap::Args;
use serde::Serialize;

use crate::cli::{args::SignedWritingArgs, commands::secret_entry::change_record, failure::Outcome, invocation::Invocation};

/// Take a secret's policy away, in all of its Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal delete-resource-policy --secret-id MySecret

A secret without a policy stays as it is.")]
pub(crate) struct DeleteResourcePolicyArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// 'default', the only one
    #[arg(long, value_name = "NAME")]
    pub(crate) policy_name: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &DeleteResourcePolicyArgs) -> Outcome {
    change_record(invocation, &args.secret_id, args)
}
