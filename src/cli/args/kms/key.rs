//! A key that a command names, and what a key has for itself.

use clap::Args;
use serde::Serialize;

use crate::cli::args::{KmsPagingArgs, kms::grant_tokens::GrantTokensArgs};

#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyIdArgs {
    /// Key id or key ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
}

/// Lists what belongs to one key.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListOfKeyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) paging: KmsPagingArgs,
}

/// Show a key's metadata
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal kms describe-key --region us-east-1 --key-id alias/east \\
      --query KeyMetadata.KeyState")]
pub(crate) struct DescribeKeyArgs {
    /// Key id, key ARN, alias or alias ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: String,
    #[command(flatten)]
    #[serde(flatten)]
    grant_tokens: GrantTokensArgs,
}

/// What a key of one Region has for itself.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KeyDetailsArgs {
    /// Description, at most 8192 characters
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) description: String,
    /// Key policy in JSON, or file://FILE; its grammar is checked, it is stored and shown, and never enforced
    #[arg(long, value_name = "JSON")]
    pub(crate) policy: Option<String>,
    /// Tags: TagKey=a,TagValue=b ..., or JSON; they are not encrypted in AWS, and are inside the keystore here
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Option<Vec<String>>,
    #[arg(long, hide = true, overrides_with = "no_bypass_policy_lockout_safety_check")]
    bypass_policy_lockout_safety_check: bool,
    #[arg(long, hide = true)]
    #[serde(skip)]
    no_bypass_policy_lockout_safety_check: bool,
}
