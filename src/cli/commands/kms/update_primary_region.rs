//! `update-primary-region`

use clap::Args;
use serde::Serialize;

use crate::cli::{args::kms::KeyIdArgs, commands::kms::entry, failure::Outcome, invocation::Invocation, regions::parse_region};

/// Make a replica of a multi-Region key its primary key, and the primary key a replica
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
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

pub(super) fn run(invocation: &Invocation, args: &UpdatePrimaryRegionArgs) -> Outcome {
    let done = entry::answer_with(invocation, args, |prepare, region, request| {
        // Names of Regions that there may be are told with those that are like them.
        parse_region("--primary-region", &args.primary_region)?;
        Ok(prepare(region, request)?)
    })?;
    entry::print(&invocation.printer, done)
}
