//! `describe-secret`

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::{
    cli::{
        commands::secret_entry::{NOT_THERE, read, request},
        failure::Outcome,
        invocation::Invocation,
        terminal::note,
    },
    protocol::{answer::Answer, operation::Secrets},
};

/// Show what is known of a secret without opening it [alias: describe]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal describe-secret --secret-id MySecret \\
      --query 'Bundles[].[Region,Path]' --output text

RotationEnabled is never true: rotation rules are kept, and RotationDueDate is the date on or before which they want the value changed, \
but nothing rotates by itself: 'coldseal rotate-secret' does, and 'coldseal list-secrets --due' lists what is due. ResourcePolicy is kept and shown, not enforced. A replica has the policy and no rotation rules, as in AWS.")]
pub(crate) struct DescribeSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
}

pub(super) fn run(invocation: &Invocation, args: &DescribeSecretArgs) -> Outcome {
    let request = request(invocation, args)?;
    invocation.vault.require()?;
    let kms = invocation.kms_for_metadata("no bundle is marked as opening here")?;
    let (keys, region) = (invocation.access.key_options(), invocation.regions.of_secret(&args.secret_id)?);
    let secrets = Secrets { vault: &invocation.vault, kms: kms.as_ref(), keys: &keys, region, lists: None };
    let Answer::Document(description) = read(&invocation.printer, &secrets, &request)? else { return Err(NOT_THERE.into()) };
    invocation.printer.print(&description)?;
    if let Some(regions) = absent_bundles(&description) {
        note(&format!("bundles for {regions} are not here"));
    }
    Ok(())
}

/// The Regions whose bundles were not brought here.
fn absent_bundles(description: &Value) -> Option<String> {
    let regions: Vec<_> = description.get("AbsentBundleRegions")?.as_array()?.iter().filter_map(Value::as_str).collect();
    Some(regions.join(", "))
}
