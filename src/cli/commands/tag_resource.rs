//! `tag-resource` of a secret.

use clap::Args;
use serde::Serialize;

use crate::cli::{args::SignedWritingArgs, commands::secret_entry::change_record, failure::Outcome, invocation::Invocation};

/// Add tags to a secret, or change their values, in all of its Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal tag-resource --secret-id MySecret --tags Key=team,Value=payroll \\
      Key=stage,Value=test")]
pub(crate) struct TagSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// Tags: Key=a,Value=b ..., or JSON; not encrypted; a secret has at most 50
    #[arg(long, value_name = "TAG", num_args = 1.., required = true)]
    pub(crate) tags: Vec<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &TagSecretArgs) -> Outcome {
    change_record(invocation, &args.secret_id, args)
}
