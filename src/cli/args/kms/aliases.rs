//! Arguments of the commands on aliases.

use clap::Args;
use serde::Serialize;

use crate::cli::args::KmsPagingArgs;

/// Give a key a name
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal kms create-alias --region us-east-1 --alias-name alias/east \\
      --target-key-id 1234abcd-12ab-34cd-56ef-1234567890ab")]
pub(crate) struct CreateAliasArgs {
    /// The name, with alias/ in front
    #[arg(long, value_name = "ALIAS")]
    pub(crate) alias_name: String,
    /// Key id or key ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) target_key_id: String,
}

/// List the aliases of a Region, or of all Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Example:
  coldseal kms list-aliases --region us-east-1 \\
      --query 'Aliases[].[AliasName,TargetKeyId]' --output text")]
pub(crate) struct ListAliasesArgs {
    /// Only those of this key: key id or key ARN
    #[arg(long, value_name = "KEY")]
    pub(crate) key_id: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) paging: KmsPagingArgs,
}

/// Remove an alias; its key stays
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteAliasArgs {
    /// The name, with alias/ in front
    #[arg(long, value_name = "ALIAS")]
    pub(crate) alias_name: String,
}
