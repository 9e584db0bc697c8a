//! `replicate-secret-to-regions`

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::{
    cli::{
        args::{OpeningKeyArgs, RegionProblemArgs, WrapArgs},
        commands::{
            secret_change::finish,
            secret_entry::{request, seal},
            secret_flags::on_problem,
        },
        failure::Outcome,
        invocation::Invocation,
        recovery_key::{Wrapping, key_options, name_online_keys, opening_keys},
    },
    protocol::{
        operation::{Own, Sealing},
        secrets,
    },
};

/// Add replica Regions to a secret, or retry those that failed [alias: replicate]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal replicate-secret-to-regions --secret-id MySecret \\
      --add-replica-regions Region=us-east-1 Region=eu-west-1
  coldseal replicate-secret-to-regions --secret-id MySecret \\
      --add-replica-regions Region=us-east-1,KmsKeyId=alias/east

A Region that is in sync stays as it is. A retry of a failed Region uses the key on record unless another is named.")]
pub(crate) struct ReplicateSecretToRegionsArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// Regions to replicate to: Region=us-east-1[,KmsKeyId=KEY] ..., plain names, or JSON
    #[arg(long, value_name = "REPLICA", num_args = 1.., required = true)]
    pub(crate) add_replica_regions: Vec<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) regions: RegionProblemArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: OpeningKeyArgs,
}

pub(super) fn run(invocation: &Invocation, args: &ReplicateSecretToRegionsArgs) -> Outcome {
    let region = invocation.regions.of_secret(&args.secret_id)?;
    let request = request(invocation, args)?;
    let (wrapping, opening) =
        (Wrapping::read(invocation.inputs.in_use(), &args.wrap)?, opening_keys(invocation.inputs.in_use(), &args.opening)?);
    invocation.vault.require()?;
    let mut session = invocation.keystore.session_for_secrets()?;
    let mut keys = key_options(invocation.key_names(), Some(session.kms_mut()), wrapping, opening)?;
    name_online_keys(invocation.key_names(), Some(session.kms()), &args.opening.kms_key_id, &mut keys)?;
    let own = Own { on_problem: on_problem(&args.regions), keys, ..Own::default() };
    let sealed = seal(invocation, Sealing { vault: &invocation.vault, session: &mut session, region, own }, &request)?;
    drop(session);
    let change = &sealed.change;
    // Unlike CreateSecret's, the answer has neither name nor version.
    let answer = json!({ "ARN": change.arn, "ReplicationStatus": change.replication_status, "Bundles": change.bundles });
    finish(invocation, &sealed, &answer, &secrets::replicas(&request))
}
