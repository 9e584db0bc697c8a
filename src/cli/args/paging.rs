//! Pages of a list.

use clap::Args;
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
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) page_size: Option<i64>,
}

/// Paging of `coldseal kms`.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct KmsPagingArgs {
    /// One page of at most so many entries, as the service gives it
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    pub(crate) limit: Option<i64>,
    /// The page after the one that gave this NextMarker
    #[arg(long, value_name = "MARKER")]
    pub(crate) marker: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    pub(crate) paging: PagingArgs,
}
