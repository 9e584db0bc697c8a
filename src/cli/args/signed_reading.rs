//! What was signed, in place of what a vault holds by now.

use std::path::PathBuf;

use clap::Args;

use crate::{package::ManifestDigest, vault::VaultId};

/// Whose signatures count, and what the root has to be.
#[derive(Debug, Args)]
pub(crate) struct SignedReadingArgs {
    /// [coldseal] Who may sign: what was signed counts, and not what the vault holds by now; a file in the format of allowed_signers in ssh-keygen(1) [else COLDSEAL_SIGNERS]
    #[arg(long, value_name = "FILE")]
    pub(crate) signers: Option<PathBuf>,
    /// [coldseal] How many of the signers have to have signed, from 1 [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threshold: Option<u16>,
    #[command(flatten)]
    pub(crate) freshness: FreshnessArgs,
}

/// What the root has to be.
#[derive(Debug, Default, Args)]
pub(crate) struct FreshnessArgs {
    /// [coldseal] With signers: the root has this counter, or a later one
    #[arg(long, value_name = "COUNTER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) expect_counter: Option<u64>,
    /// [coldseal] With signers: the root is the one with this SHA-256
    #[arg(long, value_name = "SHA256")]
    pub(crate) expect_sha256: Option<ManifestDigest>,
    /// [coldseal] With signers: the root is of the vault with this id
    #[arg(long, value_name = "VAULT_ID")]
    pub(crate) expect_vault: Option<VaultId>,
    /// [coldseal] With signers: refuse a root of which it is not known that it is the newest
    #[arg(long)]
    pub(crate) require_fresh: bool,
    /// [coldseal] With signers: take the vault with this id here, where another one was before
    #[arg(long, value_name = "VAULT_ID")]
    pub(crate) accept_vault: Option<VaultId>,
}
