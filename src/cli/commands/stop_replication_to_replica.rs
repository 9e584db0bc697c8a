//! `stop-replication-to-replica`

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::{
    cli::{
        args::{OpeningKeyArgs, SignedWritingArgs},
        commands::secret_entry::request,
        failure::Outcome,
        invocation::Invocation,
        recovery_key::{keyrings, name_online_keys, opening_keys},
    },
    vault::StopReplication,
};

/// Make a replica a secret of its own in its Region
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal stop-replication-to-replica --secret-id MySecret --region eu-west-1

The secret keeps its ARN in that Region, and all versions, labels, tags, description and policy; rotation rules stay with the former \
primary. From then on each of the two has its own values, and the link is cut for good: replicate-secret-to-regions begins a new one.
The bundles are copied as they are. The record of each value is made anew, so that each version is opened here, and a value that is not the \
one on record is refused. Where another keystore made the values, as in a Region of its own that lost the primary, --accept-record takes them.
Until it gets a new value, both secrets have the data keys of the versions from before in common.
A replica that failed has nothing to promote: replicate-secret-to-regions tries it again, remove-regions-from-replication gives it up.")]
pub(crate) struct StopReplicationToReplicaArgs {
    /// The replica: name with --region, or the ARN that it has in its Region
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// [coldseal] Take the record and the values of the Region as they stand, whoever made them, and put the keystore's tags on them
    #[arg(long)]
    #[serde(skip)]
    pub(crate) accept_record: bool,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: OpeningKeyArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &StopReplicationToReplicaArgs) -> Outcome {
    request(invocation, args)?;
    let region = invocation.regions.of_secret(&args.secret_id)?;
    let mut keys = invocation.access.key_options();
    keys.open_with = keyrings(opening_keys(invocation.inputs.in_use(), &args.opening)?);
    invocation.vault.require()?;
    // The new record has tags of the keystore.
    let kms = invocation.keystore.read()?;
    name_online_keys(invocation.key_names(), Some(&kms), &args.opening.kms_key_id, &mut keys)?;
    let asked = StopReplication { secret_id: args.secret_id.clone(), region, accept_record: args.accept_record };
    let arn = invocation.vault.stop_replication_to_replica(Some(&kms), &keys, &asked)?;
    invocation.printer.print(&json!({ "ARN": arn }))
}
