//! `update-secret`

use clap::Args;
use serde::Serialize;
use serde_json::{Map, json};

use crate::{
    cli::{
        args::{RawOpeningKeyArgs, SecretValueArgs, SignedWritingArgs, WrapArgs},
        commands::{
            given_keys::GivenKeys,
            secret_change::{all_replicas, finish},
            secret_entry::{request, seal},
            secret_flags::{PartialArgs, SuiteArgs},
        },
        failure::Outcome,
        invocation::Invocation,
        secret_input::secret_value,
        terminal::warn,
    },
    protocol::operation::Own,
    vault::NewVersionCheck,
};

/// Change a secret's description, key or value, in one commit [alias: update]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal update-secret --secret-id MySecret \\
      --description 'Read by the payroll service'
  coldseal update-secret --secret-id MySecret --kms-key-id alias/app
  coldseal update-secret --secret-id MySecret \\
      --kms-key-id alias/app --secret-string file://mycreds.json

Another key is the primary Region's. As in AWS, the versions with AWSCURRENT, AWSPENDING or AWSPREVIOUS go under it; they have to open here. Where \
the Regions share their data keys, each of these versions gets another one and is sealed anew in every Region, so that the former key opens none of \
them. A replica's key is changed by 'coldseal rewrap --secret-id SECRET --region REGION --to-key KEY'. --kms-key-id '' is the default key, \
--description '' takes the description away.

A new value is a new version, as 'coldseal put-secret-value' makes it.

Exit code 1: a replica Region, one that had failed before included, does not have the new version.")]
pub(crate) struct UpdateSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// Description; not encrypted
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Key that encrypts the secret in its primary Region: id, ARN, alias or alias ARN; '' for alias/aws/secretsmanager
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) value: SecretValueArgs,
    /// Token of 32 to 64 characters that makes a repeated request harmless; becomes the VersionId of the new version
    #[arg(long, value_name = "TOKEN")]
    pub(crate) client_request_token: Option<String>,
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
    pub(crate) opening: RawOpeningKeyArgs,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(mut invocation: Invocation, args: &UpdateSecretArgs) -> Outcome {
    // Where the value is waited for, the keystore is opened before and after that.
    invocation.keystore.passphrases.remember();
    let invocation = &invocation;
    let region = invocation.regions.of_secret(&args.secret_id)?;
    let request = request(invocation, args)?;
    // Nobody is asked for a value that has nowhere to go.
    invocation.vault.require()?;
    let given = GivenKeys::read_raw(invocation.inputs.in_use(), &args.wrap, &args.opening)?;
    if args.value.is_waited_for() {
        let (suite, on_problem) = (args.suite.asked(), args.problems.on_problem());
        let (client_request_token, kms_key_id) = (args.client_request_token.as_deref(), args.kms_key_id.as_deref());
        let asked = NewVersionCheck::new(&args.secret_id);
        given.check_new_version(invocation, &NewVersionCheck { region, client_request_token, kms_key_id, suite, on_problem, ..asked })?;
    }
    let value = secret_value(&invocation.inputs, &args.value)?;
    let has_value = value.is_some();
    if !has_value && ["Description", "KmsKeyId"].iter().all(|member| request.text(member).is_none()) {
        warn("nothing is to be changed: neither --description, --kms-key-id nor a value is given");
    }
    let own = Own { value, suite: args.suite.asked(), on_problem: args.problems.on_problem(), ..Own::default() };
    let sealed = seal(invocation, region, own, &request, |kms| given.to_seal(invocation.key_names(), kms))?;
    let change = &sealed.change;
    let mut answer = Map::new();
    answer.insert("ARN".to_owned(), json!(change.arn));
    answer.insert("Name".to_owned(), json!(change.name));
    answer.extend(change.version_id.as_ref().map(|id| ("VersionId".to_owned(), json!(id))));
    answer.insert("Bundles".to_owned(), json!(change.bundles));
    finish(invocation, &sealed, &answer, &if has_value { all_replicas(change) } else { Vec::new() })
}
