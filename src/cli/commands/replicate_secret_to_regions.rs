//! `replicate-secret-to-regions`

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::{
    cli::{
        args::{EachSecretArgs, OpeningKeyArgs, RegionProblemArgs, SignedWritingArgs, WrapArgs},
        command_operation::CommandOperation,
        commands::{
            each_secret::{MadeChange, each_change, selected},
            given_keys::GivenKeys,
            secret_change::finish,
            secret_entry::{request, request_for_each, seal},
            secret_flags::{name_clash, on_problem},
        },
        failure::Outcome,
        invocation::Invocation,
    },
    protocol::{operation::Own, secrets},
    vault::ReplicateSecret,
};

/// Add replica Regions to a secret, or retry those that failed [alias: replicate]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal replicate-secret-to-regions --secret-id MySecret \\
      --add-replica-regions Region=us-east-1 Region=eu-west-1
  coldseal replicate-secret-to-regions --secret-id MySecret \\
      --add-replica-regions Region=us-east-1,KmsKeyId=alias/east
  coldseal replicate-secret-to-regions --filters Key=name,Values=prod/ \\
      --add-replica-regions us-east-1

A Region that is in sync stays as it is. A retry of a failed Region uses the key on record unless another is named. Recovery keys that open the \
secret in its other Regions open the new bundles too: those of KMS that are at hand by themselves; where another one is not named, with \
--recovery-key, the command is refused.
With --force-overwrite-replica-secret the secret that has the name in a Region is replaced, unless it is scheduled for deletion: it could be restored.

With --all or --filters each secret is a change of its own, with a line of JSON; one that fails does not keep the others, and the exit code \
is 1 then. The same command again does what is left.")]
pub(crate) struct ReplicateSecretToRegionsArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET", required_unless_present_any = ["all", "filters"])]
    pub(crate) secret_id: Option<String>,
    /// Regions to replicate to: Region=us-east-1[,KmsKeyId=KEY] ..., plain names, or JSON
    #[arg(long, value_name = "REPLICA", num_args = 1.., required = true)]
    pub(crate) add_replica_regions: Vec<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) which: EachSecretArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) regions: RegionProblemArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: OpeningKeyArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(invocation: &Invocation, args: &ReplicateSecretToRegionsArgs) -> Outcome {
    let Some(secret_id) = &args.secret_id else { return of_each(invocation, args) };
    let region = invocation.regions.of_secret(secret_id)?;
    let request = request(invocation, args)?;
    let given = GivenKeys::read(invocation.inputs.in_use(), &args.wrap, &args.opening)?;
    invocation.vault.require()?;
    let own = Own { on_problem: on_problem(&args.regions), ..Own::default() };
    let sealed = seal(invocation, region, own, &request, |kms| given.to_seal(invocation.key_names(), kms))?;
    let change = &sealed.change;
    // Unlike CreateSecret's, the answer has neither name nor version.
    let answer = json!({ "ARN": change.arn, "ReplicationStatus": change.replication_status, "Bundles": change.bundles });
    finish(invocation, &sealed, &answer, &secrets::replicas(&request))
}

fn of_each(invocation: &Invocation, args: &ReplicateSecretToRegionsArgs) -> Outcome {
    let request = request_for_each(invocation, args)?;
    let given = GivenKeys::read(invocation.inputs.in_use(), &args.wrap, &args.opening)?;
    let selected = selected(invocation, &args.which)?;
    let mut asked = ReplicateSecret {
        name_clash: name_clash(args.regions.force_overwrite_replica_secret),
        on_problem: on_problem(&args.regions),
        ..ReplicateSecret::new("", secrets::replicas(&request))
    };
    each_change(invocation, CommandOperation::ReplicateSecretToRegions, &selected, &given, |session, arn, keys| {
        asked.secret_id = arn.to_string();
        asked.keys = std::mem::take(keys);
        let change = invocation.vault.replicate_secret_to_regions(session, &asked);
        *keys = std::mem::take(&mut asked.keys);
        Ok(MadeChange { change: change?, asked: asked.replicas.clone() })
    })
}
