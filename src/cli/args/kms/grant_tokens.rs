//! `--grant-tokens`

use clap::Args;
use serde::Serialize;

/// Tokens of grants, of which the embedded KMS has none.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GrantTokensArgs {
    /// Taken as in AWS, and not looked at: there are no grants here
    #[arg(long, value_name = "TOKEN", num_args = 1..)]
    grant_tokens: Option<Vec<String>>,
}
