//! `get-resource-policy`

use clap::Args;
use serde::Serialize;

use crate::cli::{commands::secret_entry::print_record, failure::Outcome, invocation::Invocation};

/// Show a secret's policy as it was given
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal get-resource-policy --secret-id MySecret \\
      --query ResourcePolicy --output text > policy.json

The policy of a secret is the same in all of its Regions. Of a secret without one, ARN and Name are all there is.")]
pub(crate) struct GetResourcePolicyArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// 'default', the only one
    #[arg(long, value_name = "NAME")]
    pub(crate) policy_name: Option<String>,
}

pub(super) fn run(invocation: &Invocation, args: &GetResourcePolicyArgs) -> Outcome {
    print_record(invocation, Some(&args.secret_id), args)
}
