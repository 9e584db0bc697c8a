//! Arguments of the commands on aliases, tags, policies and descriptions.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::{
    args::kms::{
        aliases::{CreateAliasArgs, DeleteAliasArgs},
        key::{KeyIdArgs, ListOfKeyArgs},
    },
    command_group::commands,
};

commands! {
    #[derive(Debug, Subcommand, Serialize)]
    #[serde(untagged)]
    pub(crate) enum KeyPropertiesCommand {
        /// Point an alias at another key
        UpdateAlias(CreateAliasArgs),
        #[command(after_long_help = "Example:
  coldseal kms delete-alias --region us-east-1 --alias-name alias/east")]
        DeleteAlias(DeleteAliasArgs),
        #[command(after_long_help = "Example:
  coldseal kms tag-resource --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab \\
      --tags TagKey=team,TagValue=payroll")]
        TagResource(TagKeyArgs),
        #[command(after_long_help = "Example:
  coldseal kms untag-resource --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --tag-keys team")]
        UntagResource(UntagKeyArgs),
        /// List the tags of a key
        #[command(after_long_help = "Example:
  coldseal kms list-resource-tags --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
        ListResourceTags(ListOfKeyArgs),
        #[command(after_long_help = "Example:
  coldseal kms get-key-policy --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --output text")]
        GetKeyPolicy(GetKeyPolicyArgs),
        #[command(after_long_help = "Example:
  coldseal kms put-key-policy --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --policy file://policy.json")]
        PutKeyPolicy(PutKeyPolicyArgs),
        #[command(after_long_help = "Example:
  coldseal kms update-key-description --region us-east-1 \\
      --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --description payroll")]
        UpdateKeyDescription(UpdateKeyDescriptionArgs),
    }
}

/// Add tags to a key, or change their values
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagKeyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// TagKey=a,TagValue=b ..., or JSON
    #[arg(long, value_name = "TAG", num_args = 1.., required = true)]
    pub(crate) tags: Vec<String>,
}

/// Remove tags from a key
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagKeyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// The keys of the tags
    #[arg(long, value_name = "KEY", num_args = 1.., required = true)]
    pub(crate) tag_keys: Vec<String>,
}

/// Show a key's policy
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetKeyPolicyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// 'default', the only one
    #[arg(long, value_name = "NAME")]
    pub(crate) policy_name: Option<String>,
}

/// Change a key's policy
///
/// The grammar is checked, at most 32 KB. The policy is stored and shown, and NOT enforced: whoever opens the keystore may do everything.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutKeyPolicyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// 'default', the only one
    #[arg(long, value_name = "NAME")]
    pub(crate) policy_name: Option<String>,
    /// The policy in JSON, or file://FILE
    #[arg(long, value_name = "JSON")]
    pub(crate) policy: String,
    #[arg(long, hide = true, overrides_with = "no_bypass_policy_lockout_safety_check")]
    bypass_policy_lockout_safety_check: bool,
    #[arg(long, hide = true)]
    #[serde(skip)]
    no_bypass_policy_lockout_safety_check: bool,
}

/// Change a key's description
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateKeyDescriptionArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// At most 8192 characters
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: String,
}
