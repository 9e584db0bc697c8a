//! `replicate-key`

use clap::Args;
use serde::Serialize;

use crate::cli::{
    args::kms::{KeyDetailsArgs, KeyIdArgs},
    commands::kms::entry,
    failure::Outcome,
    invocation::Invocation,
    regions::parse_region,
};

/// Copy a multi-Region key to another Region
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
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

pub(super) fn run(invocation: &Invocation, args: &ReplicateKeyArgs) -> Outcome {
    let done = entry::answer_with(invocation, args, |prepare, region, request| {
        // Names of Regions that there may be are told with those that are like them.
        parse_region("--replica-region", &args.replica_region)?;
        Ok(prepare(region, request)?)
    })?;
    entry::print(&invocation.printer, done)
}
