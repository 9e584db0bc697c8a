//! `remove-regions-from-replication`

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        args::{EachSecretArgs, SignedWritingArgs},
        command_operation::CommandOperation,
        commands::{
            each_secret::{SecretOutcome, each_secret, selected},
            secret_entry::{request, request_for_each},
        },
        failure::Outcome,
        invocation::Invocation,
        terminal::warn,
    },
    protocol::secrets::removed_regions,
    vault::RemovedRegions,
};

/// Remove replicas of a secret, with the bundles of their Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal remove-regions-from-replication --secret-id MySecret \\
      --remove-replica-regions us-east-1 eu-west-1
  coldseal remove-regions-from-replication --all \\
      --remove-replica-regions us-east-1
  coldseal remove-regions-from-replication \\
      --filters Key=name,Values=production/ --remove-replica-regions us-east-1

No key is needed. A replica that failed is removed too; a Region without a replica stays as it is, and is named.
This takes access from nobody who had it: whoever holds that Region's key may have a copy of its bundles, and knows the data key of each \
version unless each Region has its own. A new value is sealed for the Regions that stay, and no longer for that one.
With --all or --filters there is a line of JSON for each secret, and the exit code is 1 where one failed; the others are changed all the same.")]
pub(crate) struct RemoveRegionsFromReplicationArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET", required_unless_present_any = ["all", "filters"])]
    pub(crate) secret_id: Option<String>,
    /// The Regions whose replicas go: us-east-1 ..., or JSON
    #[arg(long, value_name = "REGION", num_args = 1.., required = true)]
    pub(crate) remove_replica_regions: Vec<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) which: EachSecretArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &RemoveRegionsFromReplicationArgs) -> Outcome {
    let Some(secret_id) = &args.secret_id else { return of_each(invocation, args) };
    let region = invocation.regions.of_secret(secret_id)?;
    let request = request(invocation, args)?;
    invocation.vault.require()?;
    let kms = invocation.keystore.read_if_any()?;
    let removed = invocation.vault.remove_regions_from_replication(kms.as_ref(), secret_id, region, removed_regions(&request))?;
    for region in &removed.not_replicas {
        warn(&format!("{region}: the secret has no replica there"));
    }
    invocation.printer.print(&removed)
}

fn of_each(invocation: &Invocation, args: &RemoveRegionsFromReplicationArgs) -> Outcome {
    let request = request_for_each(invocation, args)?;
    let secrets = selected(invocation, &args.which)?;
    let kms = invocation.keystore.read_if_any()?;
    let regions = removed_regions(&request);
    each_secret(&invocation.printer, CommandOperation::RemoveRegionsFromReplication, &secrets, |secret| {
        let arn = secret.arn.to_string();
        let RemovedRegions { removed, .. } = invocation.vault.remove_regions_from_replication(kms.as_ref(), &arn, None, regions)?;
        Ok(if removed.is_empty() { SecretOutcome::Unchanged } else { SecretOutcome::Changed })
    })
}
