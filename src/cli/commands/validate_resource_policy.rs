//! `validate-resource-policy`

use clap::Args;
use serde::Serialize;

use crate::cli::{commands::secret_entry::print_record, failure::Outcome, invocation::Invocation};

/// Check a policy for a secret, and say all that is wrong with it
///
/// PolicyValidationPassed is the verdict, and the exit code is 0 whatever it is, as in AWS. CheckName is Syntax Error, Invalid Principal, Invalid
/// Service Principal, Broad Access (it allows something to everyone: 'coldseal put-resource-policy --help' says what limits it) or Lockout (it
/// keeps everyone from changing it again). Whether a principal is there cannot be told offline.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal validate-resource-policy --resource-policy file://policy.json \\
      --query PolicyValidationPassed

Neither a vault nor a keystore is needed, unless --secret-id names a secret, which has to be there.")]
pub(crate) struct ValidateResourcePolicyArgs {
    /// The secret that it is for: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: Option<String>,
    /// The policy in JSON, or file://PATH; at most 20,480 characters
    #[arg(long, value_name = "JSON")]
    pub(crate) resource_policy: String,
}

pub(super) fn run(invocation: &Invocation, args: &ValidateResourcePolicyArgs) -> Outcome {
    print_record(invocation, args.secret_id.as_deref(), args)
}
