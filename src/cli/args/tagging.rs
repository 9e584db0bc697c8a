//! Arguments of the commands on a secret's tags.

use clap::Args;
use serde::Serialize;

/// Add tags to a secret, or change their values, in all of its Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal tag-resource --secret-id MySecret --tags Key=team,Value=payroll \\
      Key=stage,Value=test")]
pub(crate) struct TagSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// Tags: Key=a,Value=b ..., or JSON; not encrypted; a secret has at most 50
    #[arg(long, value_name = "TAG", num_args = 1.., required = true)]
    pub(crate) tags: Vec<String>,
}

/// Remove tags from a secret, in all of its Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Example:
  coldseal untag-resource --secret-id MySecret --tag-keys team stage")]
pub(crate) struct UntagSecretArgs {
    /// The secret: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret_id: String,
    /// The keys of the tags
    #[arg(long, value_name = "KEY", num_args = 1.., required = true)]
    pub(crate) tag_keys: Vec<String>,
}
