//! `replicate-secret-to-regions`

use clap::Args;
use serde_json::json;

use crate::{
    cli::{
        args::{OpeningKeyArgs, RegionProblemArgs, WrapArgs},
        commands::{
            secret_change::{finish, warn_about_keys},
            secret_flags::{name_clash, on_problem, replicas},
        },
        failure::Outcome,
        invocation::Invocation,
        recovery_key::{key_options, name_online_keys, opening_keys},
    },
    vault::{KeyOptions, ReplicateSecret},
};

/// Add replica Regions to a secret, or retry those that failed
#[derive(Debug, Args)]
#[command(after_help = "Examples:
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
    pub(crate) regions: RegionProblemArgs,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    pub(crate) opening: OpeningKeyArgs,
}

pub(super) fn run(invocation: &Invocation, args: &ReplicateSecretToRegionsArgs) -> Outcome {
    let files = invocation.inputs.files();
    let mut request = ReplicateSecret {
        keys: KeyOptions::default(),
        secret_id: args.secret_id.clone(),
        region: invocation.regions.of_secret(&args.secret_id)?,
        replicas: replicas(&files, &args.add_replica_regions)?,
        name_clash: name_clash(args.regions.force_overwrite_replica_secret),
        on_problem: on_problem(&args.regions),
    };
    let opening = opening_keys(&args.opening)?;
    invocation.vault.require()?;
    let mut session = invocation.keystore.session_for_secrets()?;
    request.keys = key_options(invocation, Some(session.kms()), &args.wrap, opening)?;
    name_online_keys(invocation, Some(session.kms()), &args.opening.kms_key_id, &mut request.keys)?;
    let change = invocation.vault.replicate_secret_to_regions(&mut session, &request);
    let change = change.inspect_err(|_| invocation.keystore.note_made_by(&mut session))?;
    warn_about_keys(session.kms(), &change, &request.keys);
    // Unlike CreateSecret's, the answer has neither name nor version.
    let answer = json!({ "ARN": change.arn, "ReplicationStatus": change.replication_status, "Bundles": change.bundles });
    finish(invocation, &change, &answer, &request.replicas)
}
