//! `--dry-run`

use clap::Args;
use serde::Serialize;

/// Do everything but the answer.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DryRunArgs {
    /// Only check: ends with DryRunOperationException where the command would have succeeded
    #[arg(long, overrides_with = "no_dry_run")]
    pub(crate) dry_run: bool,
    #[arg(long, hide = true)]
    #[serde(skip)]
    no_dry_run: bool,
}
