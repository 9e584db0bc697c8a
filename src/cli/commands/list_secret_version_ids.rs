//! `list-secret-version-ids`

use clap::{ArgAction, Args};
use serde::Serialize;

use crate::{
    cli::{
        commands::secret_entry::{NOT_THERE, read, request},
        failure::Outcome,
        invocation::Invocation,
    },
    protocol::{answer::Answer, operation::Secrets},
};

/// List the versions of a secret, with their labels and keys
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal list-secret-version-ids --secret-id MySecret
  coldseal list-secret-version-ids --secret-id MySecret --include-deprecated \\
      --query 'Versions[].[VersionId,CreatedDate]' --output text

The oldest comes first. At most 100 are listed at once: where there are more, NextToken says where the list goes on. LastAccessedDate is not kept.")]
pub(crate) struct ListSecretVersionIdsArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// Also list versions that have no label
    #[arg(long, overrides_with = "_no_include_deprecated")]
    pub(crate) include_deprecated: bool,
    #[arg(long = "no-include-deprecated", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_include_deprecated: bool,
    /// At most so many versions, 1 to 100
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) max_results: Option<i64>,
    /// The versions after those that gave this NextToken
    #[arg(long, value_name = "TOKEN")]
    pub(crate) next_token: Option<String>,
}

pub(super) fn run(invocation: &Invocation, args: &ListSecretVersionIdsArgs) -> Outcome {
    let request = request(invocation, args)?;
    invocation.vault.require()?;
    // A list needs no key: the keystore tells which key is the default one.
    let kms = invocation.kms_for_metadata("which key is the default one is taken from the record")?;
    let (keys, region) = (invocation.access.key_options(), invocation.regions.of_secret(&args.secret_id)?);
    let secrets = Secrets { vault: &invocation.vault, kms: kms.as_ref(), keys: &keys, region, lists: None };
    let Answer::Document(listed) = read(&invocation.printer, &secrets, &request)? else { return Err(NOT_THERE.into()) };
    invocation.printer.print(&listed)
}
