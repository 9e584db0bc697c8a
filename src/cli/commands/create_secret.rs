//! `create-secret`

mod dry_run;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        args::{RegionProblemArgs, SecretValueArgs, SignedWritingArgs, WrapArgs},
        commands::{
            secret_change::finish,
            secret_entry::{request, seal},
            secret_flags::{encryption_context, on_problem, suite_of},
            secret_name::NameCharacters,
        },
        failure::Outcome,
        invocation::Invocation,
        recovery_key::{Wrapping, key_options},
        secret_input::secret_value,
        terminal::warn,
    },
    kms::EmbeddedKms,
    protocol::{operation::Own, secrets},
    vault::{DataKeyScope, KeyOptions, check_tags},
};

/// Create a secret: one bundle for its Region and one for each replica Region [alias: create]
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal create-secret --name MySecret \\
      --secret-string file://mycreds.json --region us-west-2
  coldseal create-secret --name MySecret --secret-string \\
      --region us-west-2  # asks for the value, hidden
  coldseal create-secret --name MySecret --secret-binary fileb://key.der \\
      --region us-west-2
  coldseal create-secret --name MySecret --secret-key-values user=saanvi \\
      password@=file://pw.txt --region us-west-2
  coldseal create-secret --name MyPassword --region us-west-2 \\
      --generate-secret-string PasswordLength=40,ExcludePunctuation=true
  coldseal create-secret --name MySecret \\
      --secret-string file://mycreds.json --region us-west-2 \\
      --add-replica-regions Region=us-east-1,KmsKeyId=alias/east \\
      Region=eu-west-1
  coldseal create-secret --name MySecret --kms aws \\
      --secret-string file://mycreds.json --region us-west-2 \\
      --kms-key-id alias/app \\
      --add-replica-regions Region=eu-west-1,KmsKeyId=alias/app
  coldseal create-secret --name MySecret --dry-run \\
      --secret-string file://mycreds.json --region us-west-2
  coldseal create-secret --name MySecret \\
      --secret-string file://mycreds.json --region us-west-2 \\
      --resource-policy file://policy.json \\
      --rotation-rules AutomaticallyAfterDays=30,Duration=3h

Rotation rules are those of 'aws secretsmanager rotate-secret': days, or an expression, rate() of four hours or more or cron() of six fields \
in UTC, as in \"ScheduleExpression='cron(0 8 1,15 * ? *)',Duration=3h\". They are kept, and 'describe-secret' shows RotationDueDate, by when \
they want the value changed; nothing rotates by itself: 'coldseal rotate-secret --rotation-command' does.

Every Region and key is checked before the first byte is written; the command fails whole and lists all problems, unless --partial.

With --dry-run nothing is written, and no key is made or called; the exit code is the one that the command would have. '?' stands for what is \
drawn or hashed when it is written: the end of the ARN and of bundles' names. A bundle under a key in AWS KMS has no Size, and whether that key \
wraps is not tried.")]
pub(crate) struct CreateSecretArgs {
    /// Name of the secret, 1 to 512 characters
    #[arg(long)]
    pub(crate) name: String,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) value: SecretValueArgs,
    /// Key that encrypts the secret in its Region: id, ARN, alias or alias ARN [default: alias/aws/secretsmanager]
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Option<String>,
    /// Regions to replicate to: Region=us-east-1[,KmsKeyId=KEY] ..., plain names, or JSON
    #[arg(long, value_name = "REPLICA", num_args = 1..)]
    pub(crate) add_replica_regions: Option<Vec<String>>,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) regions: RegionProblemArgs,
    /// Description; not encrypted
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Tags: Key=a,Value=b ..., or JSON; not encrypted
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Option<Vec<String>>,
    /// [coldseal] Pairs that are bound to every bundle: k=v ..., or JSON; not encrypted
    #[arg(long, value_name = "K=V", num_args = 1..)]
    #[serde(skip)]
    pub(crate) encryption_context: Option<Vec<String>>,
    /// [coldseal] Policy of the secret in JSON, or file://PATH; its grammar is checked, it is stored and shown, NOT enforced
    #[arg(long, value_name = "JSON")]
    pub(crate) resource_policy: Option<String>,
    /// [coldseal] When to rotate: AutomaticallyAfterDays=30, or ScheduleExpression='rate(10 days)'[,Duration=3h], or JSON; kept, and done by 'rotate-secret' alone
    #[arg(long, value_name = "RULES")]
    pub(crate) rotation_rules: Option<String>,
    /// Token of 32 to 64 characters that makes a repeated request harmless; becomes the VersionId
    #[arg(long, value_name = "TOKEN")]
    pub(crate) client_request_token: Option<String>,
    /// [coldseal] A data key of its own for each Region, so that no Region can make another Region's bundle
    #[arg(long)]
    #[serde(skip)]
    pub(crate) data_key_per_region: bool,
    /// [coldseal] Sign each bundle (suite 0x0578), so that no Region can make another Region's bundle
    #[arg(long)]
    #[serde(skip)]
    pub(crate) sign_message: bool,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) wrap: WrapArgs,
    /// [coldseal] Check everything, show what would be made, and write nothing
    #[arg(long)]
    #[serde(skip)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) signed: SignedWritingArgs,
}

pub(super) fn run(mut invocation: Invocation, args: &CreateSecretArgs) -> Outcome {
    // Where the value is waited for, the keystore is opened before and after that.
    invocation.keystore.passphrases.remember();
    let invocation = &invocation;
    let files = invocation.inputs.files();
    let region = invocation.regions.require()?;
    if let Some(odd) = NameCharacters::of(&args.name) {
        warn(odd.warning());
    }
    let request = request(invocation, args)?;
    // The vault checks them too; here it comes before anything is asked for or made.
    check_tags(&secrets::tags(&request))?;
    let wrapping = Wrapping::read(invocation.inputs.in_use(), &args.wrap)?;
    let mut own = Own {
        encryption_context: encryption_context(&files, args.encryption_context.as_deref().unwrap_or_default())?,
        resource_policy: secrets::resource_policy(&request)?,
        rotation_rules: secrets::rotation_rules(&request)?,
        data_key_scope: if args.data_key_per_region { DataKeyScope::PerRegion } else { DataKeyScope::Shared },
        suite: Some(suite_of(args.sign_message)),
        on_problem: on_problem(&args.regions),
        account: invocation.access.account.clone(),
        value: None,
        keys: KeyOptions::default(),
    };
    if args.value.is_waited_for() {
        dry_run::check(invocation, &request, &own, &wrapping, region)?;
    }
    own.value = secret_value(&invocation.inputs, &args.value)?;
    if own.value.is_none() {
        warn(
            "the secret gets no value: neither --secret-string, --secret-binary, --secret-key-values nor --generate-secret-string is given",
        );
    }
    if args.dry_run {
        return dry_run::run(invocation, &request, own, &wrapping, region);
    }
    let keys = |kms: &mut EmbeddedKms| key_options(invocation.key_names(), Some(kms), &wrapping, Vec::new());
    let sealed = seal(invocation, Some(region), own, &request, keys)?;
    finish(invocation, &sealed, &sealed.change, &secrets::replicas(&request))
}
