//! `put-secret-value`

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        args::{EachSecretArgs, OpeningKeyArgs, SecretValueArgs, SignedWritingArgs, WrapArgs},
        command_operation::CommandOperation,
        commands::{
            each_secret::{MadeChange, each_change, selected},
            given_keys::GivenKeys,
            secret_change::{all_replicas, finish_new_version},
            secret_entry::{request, request_for_each, seal},
            secret_flags::{PartialArgs, SuiteArgs},
        },
        failure::Outcome,
        invocation::Invocation,
        secret_input::{ValueSource, secret_value, value_source},
    },
    error::{Error, SecretRefusal},
    protocol::operation::Own,
    vault::{NewVersionCheck, PutSecretValue},
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
  coldseal put-secret-value --filters Key=name,Values=prod/ \\
      --generate-secret-string PasswordLength=40

The new version gets AWSCURRENT, and the one that had it AWSPREVIOUS. With --version-stages the labels named move to it, and no others; where \
AWSCURRENT is among them, AWSPREVIOUS follows. Versions without a label are kept while there are no more than 100 versions, and for 24 hours.

All Regions are sealed in one commit, each under the key that it has, with the recovery keys and, where the secret is signed, a signature as \
before. A Region whose key does not do fails the command whole, and nothing is written. With --partial it is recorded as Failed and goes on with \
the version that it has, until 'coldseal replicate-secret-to-regions' brings it in sync.

With --all or --filters each secret is a change of its own, with a line of JSON; one that fails does not keep the others. All get the same value, \
or with --generate-secret-string each one of its own. With a --client-request-token, which becomes the VersionId in each secret, the same command \
again does what is left.

Exit code 1: a replica Region, one that had failed before included, does not have the new version; or one of many secrets failed.")]
pub(crate) struct PutSecretValueArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET", required_unless_present_any = ["all", "filters"])]
    pub(crate) secret_id: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) which: EachSecretArgs,
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
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(mut invocation: Invocation, args: &PutSecretValueArgs) -> Outcome {
    // Where the value is waited for, the keystore is opened before and after that.
    invocation.keystore.passphrases.remember();
    let invocation = &invocation;
    let Some(secret_id) = &args.secret_id else { return of_each(invocation, args) };
    let region = invocation.regions.of_secret(secret_id)?;
    let request = request(invocation, args)?;
    // Nobody is asked for a value that has nowhere to go.
    invocation.vault.require()?;
    let given = GivenKeys::read(invocation.inputs.in_use(), &args.wrap, &args.opening)?;
    if args.value.is_waited_for() {
        let (client_request_token, suite, on_problem) =
            (args.client_request_token.as_deref(), args.suite.asked(), args.problems.on_problem());
        let asked = NewVersionCheck::new(secret_id);
        given.check_new_version(invocation, &NewVersionCheck { region, client_request_token, suite, on_problem, ..asked })?;
    }
    let value = secret_value(&invocation.inputs, &args.value)?.ok_or_else(no_value)?;
    let own = Own { value: Some(value), suite: args.suite.asked(), on_problem: args.problems.on_problem(), ..Own::default() };
    let sealed = seal(invocation, region, own, &request, |kms| given.to_seal(invocation.key_names(), kms))?;
    finish_new_version(invocation, &sealed)
}

fn of_each(invocation: &Invocation, args: &PutSecretValueArgs) -> Outcome {
    let request = request_for_each(invocation, args)?;
    let selected = selected(invocation, &args.which)?;
    let (value, generation) = match value_source(&invocation.inputs, &args.value)?.ok_or_else(no_value)? {
        ValueSource::Given(value) => (value, None),
        ValueSource::Generated(generation) => (generation.generate()?, Some(generation)),
    };
    let given = GivenKeys::read(invocation.inputs.in_use(), &args.wrap, &args.opening)?;
    let mut asked = PutSecretValue {
        client_request_token: request.text("ClientRequestToken").map(str::to_owned),
        version_stages: request.texts("VersionStages").to_vec(),
        suite: args.suite.asked(),
        on_problem: args.problems.on_problem(),
        ..PutSecretValue::new("", value)
    };
    each_change(invocation, CommandOperation::PutSecretValue, &selected, &given, |session, arn, keys| {
        asked.secret_id = arn.to_string();
        if let Some(generation) = &generation {
            asked.value = generation.generate()?;
        }
        asked.keys = std::mem::take(keys);
        let change = invocation.vault.put_secret_value(session, &asked);
        *keys = std::mem::take(&mut asked.keys);
        let change = change?;
        Ok(MadeChange { asked: all_replicas(&change), change })
    })
}

fn no_value() -> Error {
    SecretRefusal::NoValue.into()
}
