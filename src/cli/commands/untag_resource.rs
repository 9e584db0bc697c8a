//! `untag-resource` of a secret.

use clap::Args;
use serde::Serialize;

use crate::cli::{args::SignedWritingArgs, commands::secret_entry::change_record, failure::Outcome, invocation::Invocation};

/// Remove tags from a secret, in all of its Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal untag-resource --secret-id MySecret --tag-keys team stage")]
pub(crate) struct UntagSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// The keys of the tags
    #[arg(long, value_name = "KEY", num_args = 1.., required = true)]
    pub(crate) tag_keys: Vec<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &UntagSecretArgs) -> Outcome {
    change_record(invocation, &args.secret_id, args)
}
