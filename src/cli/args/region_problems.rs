//! What to do when a Region cannot be served as asked.

use clap::Args;
use serde::Serialize;

/// What to do when a Region cannot be served as asked.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RegionProblemArgs {
    /// Replace a secret of the same name in a replica Region
    #[arg(long, overrides_with = "_no_force")]
    pub(crate) force_overwrite_replica_secret: bool,
    #[arg(long = "no-force-overwrite-replica-secret", hide = true)]
    #[serde(skip)]
    pub(crate) _no_force: bool,
    /// [coldseal] Do what can be done, record the other Regions as Failed, and exit 1
    #[arg(long)]
    #[serde(skip)]
    pub(crate) partial: bool,
}
