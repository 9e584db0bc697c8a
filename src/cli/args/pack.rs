//! Arguments of `pack`.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;

use super::recovery::WrapArgs;

/// [coldseal] Create many secrets in one run: from a plan, or one from each file of a directory
///
/// A plan is JSON Lines, or a JSON list, of requests as 'create-secret --cli-input-json' takes them. Here SecretString and SecretBinary may
/// name files: file://PATH for text, fileb://PATH for bytes, as in flags, from the current directory. Every entry, Region and key is checked
/// before the first byte is written; an entry that is refused, or fails later, does not stop the others.
///
/// stdout gets a line of JSON for each: Name, ARN, VersionId and Status, which is Created, Unchanged or Failed, then with ErrorCode and
/// Message; what is refused by the check comes first. A secret that is there with the same value, Regions, keys and metadata is Unchanged, and
/// nothing of it is written, so that a run can be repeated.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal pack plan.jsonl --region us-west-2
  vault-export | coldseal pack - --region us-west-2 \\
      --add-replica-regions us-east-1 eu-west-1 > result.jsonl
  coldseal pack secrets.d --region us-west-2 \\
      --add-replica-regions Region=eu-west-1,KmsKeyId=alias/app
  coldseal pack plan.jsonl --kms aws --region us-west-2 \\
      --kms-key-id alias/app --max-concurrency 8

A plan:
  {\"Name\": \"db\", \"SecretString\": \"file://db.json\"}
  {\"Name\": \"tls/key\", \"SecretBinary\": \"fileb://key.der\",
   \"AddReplicaRegions\": [{\"Region\": \"eu-west-1\"}]}

Of a directory every file below it becomes a secret, named by its path from there: text where it is UTF-8, else bytes. Files and directories \
whose name begins with a dot are left out, symbolic links are not followed; a note says how many.

Secrets are made durable in groups of up to 256, and a line is printed when its secret is. Whatever ends a run early, running it again \
completes it.

Exit code 0: each secret is Created or Unchanged; 1: one or more Failed; 252: the plan is not JSON, or is empty, and nothing was written.")]
pub(crate) struct PackArgs {
    /// The plan, '-' for stdin (at most 64 MiB), or a directory
    #[arg(value_name = "PLAN|DIR")]
    pub(crate) source: PathBuf,
    /// Regions to replicate to, for entries without AddReplicaRegions: Region=us-east-1[,KmsKeyId=KEY] ..., plain names, or JSON
    #[arg(long, value_name = "REPLICA", num_args = 1..)]
    pub(crate) add_replica_regions: Option<Vec<String>>,
    /// Key in the primary Region, for entries without KmsKeyId [default: alias/aws/secretsmanager]
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Option<String>,
    /// Tags for entries without Tags: Key=a,Value=b ..., or JSON; not encrypted
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Option<Vec<String>>,
    /// Replace a secret of the same name in a replica Region, for entries without ForceOverwriteReplicaSecret
    #[arg(long)]
    pub(crate) force_overwrite_replica_secret: bool,
    /// Pairs that are bound to every bundle: k=v ..., or JSON; not encrypted
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
    /// Of a directory: store each file as bytes, text too
    #[arg(long)]
    pub(crate) binary: bool,
    /// A data key of its own for each Region, so that no Region can make another Region's bundle
    #[arg(long)]
    pub(crate) data_key_per_region: bool,
    /// Sign each bundle (suite 0x0578), so that no Region can make another Region's bundle
    #[arg(long)]
    pub(crate) sign_message: bool,
    /// Secrets that are sealed and written at once [default: the processor's cores]
    #[arg(long, value_name = "COUNT")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// With --kms aws: calls in flight at once, over all secrets
    #[arg(long, value_name = "COUNT", default_value = "16")]
    pub(crate) max_concurrency: NonZeroUsize,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
}
