//! Arguments of the commands on rotation.

use clap::Args;
use serde::Serialize;

use crate::cli::args::kms::key::KeyIdArgs;

/// Give a key fresh material every so many days
///
/// Nothing runs by itself: the first command that changes the keystore after the date rotates the key.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EnableKeyRotationArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) key: KeyIdArgs,
    /// 90 to 2560 [default: 365]
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    pub(crate) rotation_period_in_days: Option<i64>,
}
