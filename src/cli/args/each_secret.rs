//! Arguments of a command that takes many secrets in place of one.

use clap::Args;

/// Which secrets, in place of `--secret-id`.
#[derive(Debug, Args)]
pub(crate) struct EachSecretArgs {
    /// [coldseal] Every secret; with --region, every one whose primary Region that is
    #[arg(long, conflicts_with_all = ["secret_id", "filters"])]
    pub(crate) all: bool,
    /// [coldseal] The secrets that pass all of these, as in list-secrets: Key=name,Values=prod ..., or JSON
    #[arg(long, value_name = "FILTER", num_args = 1.., conflicts_with = "secret_id")]
    pub(crate) filters: Option<Vec<String>>,
}
