//! Arguments of the commands that list.

use clap::{ArgAction, Args};
use serde::Serialize;

/// Paging as the AWS CLI does it, over all pages of the service.
#[derive(Debug, Args)]
pub(crate) struct PagingArgs {
    /// Most entries to print; the rest begins at the NextToken that is printed with them
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_items: Option<u32>,
    /// The NextToken that an earlier --max-items printed
    #[arg(long, value_name = "TOKEN")]
    pub(crate) starting_token: Option<String>,
    /// Entries of one page; changes nothing in what is printed
    #[arg(long, value_name = "COUNT")]
    pub(crate) page_size: Option<u32>,
}

/// List the secrets of a Region, or of all Regions
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_help = "Without a Region every secret is listed once, in its primary Region.

Examples:
  coldseal list-secrets --query 'SecretList[].Name' --output text
  coldseal list-secrets --filters Key=name,Values=production/ \\
      Key=tag-key,Values=!legacy --sort-by created-date --sort-order desc
  coldseal list-secrets --max-items 20 --output table")]
pub(crate) struct ListSecretsArgs {
    /// Only secrets that pass all of these: Key=name,Values=prod ..., or JSON. Keys: description, name, tag-key, tag-value, primary-region, owning-service, all
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    pub(crate) filters: Option<Vec<String>>,
    /// created-date, last-accessed-date (not kept: by name), last-changed-date or name [default: name; with --sort-order, created-date]
    #[arg(long, value_name = "WHAT")]
    pub(crate) sort_by: Option<String>,
    /// asc or desc [default: asc]
    #[arg(long, value_name = "ORDER")]
    pub(crate) sort_order: Option<String>,
    /// Also list secrets that are scheduled for deletion; no command schedules one yet
    #[arg(long, overrides_with = "_no_include_planned_deletion")]
    pub(crate) include_planned_deletion: bool,
    #[arg(long = "no-include-planned-deletion", hide = true, action = ArgAction::SetTrue)]
    #[serde(skip)]
    pub(crate) _no_include_planned_deletion: bool,
    /// One page of at most so many entries, 1 to 100, as the service gives it
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_results: Option<u32>,
    /// The page after the one that gave this NextToken
    #[arg(long, value_name = "TOKEN")]
    pub(crate) next_token: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) paging: PagingArgs,
}

/// Paging of `coldseal kms`.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KmsPagingArgs {
    /// One page of at most so many entries, as the service gives it
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<u32>,
    /// The page after the one that gave this NextMarker
    #[arg(long, value_name = "MARKER")]
    pub(crate) marker: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) paging: PagingArgs,
}
