//! Arguments of the commands on secrets.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::recovery::{OpeningKeyArgs, WrapArgs};

/// Create a secret: one bundle for its Region and one for each replica Region
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal create-secret --name MySecret \\
      --secret-string file://mycreds.json --region us-west-2
  coldseal create-secret --name MySecret --secret-string \\
      --region us-west-2  # asks for the value, hidden
  coldseal create-secret --name MySecret --secret-binary fileb://key.der \\
      --region us-west-2
  coldseal create-secret --name MySecret --secret-key-values user=saanvi \\
      password@=file://pw.txt --region us-west-2
  coldseal create-secret --name MySecret \\
      --secret-string file://mycreds.json --region us-west-2 \\
      --add-replica-regions Region=us-east-1,KmsKeyId=alias/east \\
      Region=eu-west-1
  coldseal create-secret --name MySecret --kms aws \\
      --secret-string file://mycreds.json --region us-west-2 \\
      --kms-key-id alias/app \\
      --add-replica-regions Region=eu-west-1,KmsKeyId=alias/app
  coldseal create-secret --name MySecret \\
      --secret-string file://mycreds.json --region us-west-2 \\
      --resource-policy file://policy.json \\
      --rotation-rules AutomaticallyAfterDays=30,Duration=3h

Rotation rules are those of 'aws secretsmanager rotate-secret': days, or an expression, rate() of four hours or more or cron() of six fields \
in UTC, as in \"ScheduleExpression='cron(0 8 1,15 * ? *)',Duration=3h\". They are kept, and 'describe-secret' shows the next date; nothing is \
rotated.

Every Region and key is checked before the first byte is written; the command fails whole and lists all problems, unless --partial.")]
pub(crate) struct CreateSecretArgs {
    /// Name of the secret, 1 to 512 characters
    #[arg(long)]
    pub(crate) name: String,
    /// The value as text: file://PATH, '-' for stdin, no value for a hidden prompt, or the text itself (others can see it)
    #[arg(long, value_name = "VALUE", num_args = 0..=1, allow_negative_numbers = true, conflicts_with_all = ["secret_binary", "secret_key_values"])]
    pub(crate) secret_string: Option<Option<String>>,
    /// The value as bytes: fileb://PATH, '-' for stdin, or base64
    #[arg(long, value_name = "VALUE", conflicts_with = "secret_key_values")]
    pub(crate) secret_binary: Option<String>,
    /// [coldseal] The value as a JSON object: key=value, key@=file://PATH, or a bare key for a hidden prompt
    #[arg(long, value_name = "KEY=VALUE", num_args = 1..)]
    pub(crate) secret_key_values: Option<Vec<String>>,
    /// Key that encrypts the secret in its Region: id, ARN, alias or alias ARN [default: alias/aws/secretsmanager]
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Option<String>,
    /// Regions to replicate to: Region=us-east-1[,KmsKeyId=KEY] ..., plain names, or JSON
    #[arg(long, value_name = "REPLICA", num_args = 1..)]
    pub(crate) add_replica_regions: Option<Vec<String>>,
    #[command(flatten)]
    pub(crate) regions: RegionProblemArgs,
    /// Description; not encrypted
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Tags: Key=a,Value=b ..., or JSON; not encrypted
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Option<Vec<String>>,
    /// [coldseal] Pairs that are bound to every bundle: k=v ..., or JSON; not encrypted
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
    /// [coldseal] Policy of the secret in JSON, or file://PATH; its grammar is checked, it is stored and shown, NOT enforced
    #[arg(long, value_name = "JSON")]
    pub(crate) resource_policy: Option<String>,
    /// [coldseal] When to rotate: AutomaticallyAfterDays=30, or ScheduleExpression='rate(10 days)'[,Duration=3h], or JSON; stored, not done
    #[arg(long, value_name = "RULES")]
    pub(crate) rotation_rules: Option<String>,
    /// Token of 32 to 64 characters that makes a repeated request harmless; becomes the VersionId
    #[arg(long, value_name = "TOKEN")]
    pub(crate) client_request_token: Option<String>,
    /// [coldseal] A data key of its own for each Region, so that no Region can make another Region's bundle
    #[arg(long)]
    pub(crate) data_key_per_region: bool,
    /// [coldseal] Sign each bundle (suite 0x0578), so that no Region can make another Region's bundle
    #[arg(long)]
    pub(crate) sign_message: bool,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
}

/// What to do when a Region cannot be served as asked.
#[derive(Debug, Args)]
pub(crate) struct RegionProblemArgs {
    /// Replace a secret of the same name in a replica Region
    #[arg(long, overrides_with = "_no_force")]
    pub(crate) force_overwrite_replica_secret: bool,
    #[arg(long = "no-force-overwrite-replica-secret", hide = true)]
    pub(crate) _no_force: bool,
    /// [coldseal] Do what can be done, record the other Regions as Failed, and exit 1
    #[arg(long)]
    pub(crate) partial: bool,
}

/// Add replica Regions to a secret, or retry those that failed
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal replicate-secret-to-regions --secret-id MySecret \\
      --add-replica-regions Region=us-east-1 Region=eu-west-1
  coldseal replicate-secret-to-regions --secret-id MySecret \\
      --add-replica-regions Region=us-east-1,KmsKeyId=alias/east

A Region that is in sync stays as it is. A retry of a failed Region uses the key on record unless another is named.")]
pub(crate) struct ReplicateArgs {
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

/// Open a secret's bundle and print its value
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Examples:
  coldseal get-secret-value --secret-id MySecret --query SecretString \\
      --output text
  coldseal get-secret-value --secret-id MySecret --region eu-west-1 \\
      --output-file creds.json
  coldseal get-secret-value --secret-id MySecret --output-file - \\
      | jq .username")]
pub(crate) struct GetSecretValueArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// The version's id
    #[arg(long, value_name = "ID")]
    pub(crate) version_id: Option<String>,
    /// A staging label of the version [default: AWSCURRENT]
    #[arg(long, value_name = "LABEL")]
    pub(crate) version_stage: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) opening: OpeningKeyArgs,
    /// [coldseal] The same as they were given at sealing: aes=NAMESPACE/NAME=FILE or rsa=NAMESPACE/NAME=FILE; repeat it for several
    #[arg(long, value_name = "RECOVERY")]
    #[serde(skip)]
    pub(crate) recovery_key: Vec<String>,
    /// [coldseal] Write the value, byte for byte, to this file (mode 0600); '-' for stdout
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) output_file: Option<PathBuf>,
    /// [coldseal] Overwrite the file
    #[arg(long, requires = "output_file")]
    #[serde(skip)]
    pub(crate) force: bool,
}

/// Show what is known of a secret without opening it
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal describe-secret --secret-id MySecret \\
      --query 'Bundles[].[Region,Path]' --output text

RotationEnabled is never true: rotation rules are kept and NextRotationDate is planned, the date on or before which the value should be \
changed, but nothing is rotated. ResourcePolicy is kept and shown, not enforced. A replica has the policy and no rotation rules, as in AWS.")]
pub(crate) struct DescribeSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
}

/// [coldseal] Check vaults, secrets and bundles to the last byte, without any key
///
/// Structure, size and SHA-256 of every bundle, its encryption context against Region, name and version, shared message ids, missing files.
/// Exit code 1 and a list when something is wrong. With --region only that Region's bundles are checked; those for other Regions are counted,
/// and may be absent, as on a machine that got one Region's.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal verify  # the vault
  coldseal verify --open  # also open what the keystore can
  coldseal verify --open --region eu-west-1  # of one Region
  coldseal verify photos.bundle  # one bundle
  coldseal verify --output json  # the report as a document")]
pub(crate) struct VerifyArgs {
    /// Vaults, folders of secrets, or bundles [default: the vault]
    pub(crate) paths: Vec<PathBuf>,
    /// Also open every bundle whose key the keystore has
    #[arg(long)]
    pub(crate) open: bool,
}
