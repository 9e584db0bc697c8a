//! `put-secret-value`

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::{
    cli::{
        args::{OpeningKeyArgs, SecretValueArgs, WrapArgs},
        commands::{
            secret_change::{SealedSecret, finish},
            secret_entry::{request, seal},
            secret_flags::{PartialArgs, SuiteArgs},
        },
        failure::Outcome,
        invocation::Invocation,
        recovery_key::{Wrapping, key_options, name_online_keys, opening_keys},
        secret_input::secret_value,
    },
    error::SecretRefusal,
    protocol::operation::{Own, Sealing},
    vault::ReplicaRegion,
};

/// Give a secret a new value: a new version, sealed for each of its Regions [alias: put]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal put-secret-value --secret-id MySecret \\
      --secret-string file://mycreds.json
  coldseal put-secret-value --secret-id MySecret --secret-string
      # asks for the value, hidden
  coldseal put-secret-value --secret-id MySecret \\
      --secret-string file://next.json --version-stages AWSPENDING

The new version gets AWSCURRENT, and the one that had it AWSPREVIOUS. With --version-stages the labels named move to it, and no others; where \
AWSCURRENT is among them, AWSPREVIOUS follows. Versions without a label are kept while there are no more than 100 versions, and for 24 hours.

All Regions are sealed in one commit, each under the key that it has, with the recovery keys and, where the secret is signed, a signature as \
before. A Region whose key does not do fails the command whole, and nothing is written. With --partial it is recorded as Failed and goes on with \
the version that it has, until 'coldseal replicate-secret-to-regions' brings it in sync.

Exit code 1: a replica Region, one that had failed before included, does not have the new version.")]
pub(crate) struct PutSecretValueArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) value: SecretValueArgs,
    /// Labels that move to the new version [default: AWSCURRENT]
    #[arg(long, value_name = "LABEL", num_args = 1..)]
    pub(crate) version_stages: Option<Vec<String>>,
    /// Token of 32 to 64 characters that makes a repeated request harmless; becomes the VersionId
    #[arg(long, value_name = "TOKEN")]
    pub(crate) client_request_token: Option<String>,
    /// Taken, and not looked at: it tells AWS who rotates
    #[arg(long, value_name = "TOKEN")]
    pub(crate) rotation_token: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) problems: PartialArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) suite: SuiteArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: OpeningKeyArgs,
}

pub(super) fn run(invocation: &Invocation, args: &PutSecretValueArgs) -> Outcome {
    let region = invocation.regions.of_secret(&args.secret_id)?;
    let request = request(invocation, args)?;
    // Nobody is asked for a value that has nowhere to go.
    invocation.vault.require()?;
    let value = secret_value(&invocation.inputs, &args.value)?.ok_or(SecretRefusal::NoValue).map_err(crate::error::Error::from)?;
    let in_use = invocation.inputs.in_use();
    let (wrapping, opening) = (Wrapping::read(in_use, &args.wrap)?, opening_keys(in_use, &args.opening)?);
    let mut session = invocation.keystore.session_for_secrets()?;
    let mut keys = key_options(invocation.key_names(), Some(session.kms_mut()), wrapping, opening)?;
    name_online_keys(invocation.key_names(), Some(session.kms()), &args.opening.kms_key_id, &mut keys)?;
    let own = Own { value: Some(value), suite: args.suite.asked(), on_problem: args.problems.on_problem(), keys, ..Own::default() };
    let sealed = seal(invocation, Sealing { vault: &invocation.vault, session: &mut session, region, own }, &request)?;
    drop(session);
    let change = &sealed.change;
    let answer = json!({
        "ARN": change.arn,
        "Name": change.name,
        "VersionId": change.version_id,
        "VersionStages": change.version_stages,
        "Bundles": change.bundles,
    });
    finish(invocation, &sealed, &answer, &all_replicas(&sealed))
}

/// Every replica was to have the new version.
pub(super) fn all_replicas(SealedSecret { change, .. }: &SealedSecret) -> Vec<ReplicaRegion> {
    change.replication_status.iter().map(|replica| ReplicaRegion::new(replica.region.name())).collect()
}
