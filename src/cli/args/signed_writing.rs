//! What may be changed, where it is said who may sign.

use std::path::PathBuf;

use clap::Args;

/// Whose signatures make that a secret may be changed which no holder of the keystore left so.
#[derive(Debug, Default, Args)]
pub(crate) struct SignedWritingArgs {
    /// [coldseal] Who may sign: change only what a holder of this keystore left, or what stands as it was signed; a file in the format of allowed_signers in ssh-keygen(1) [else COLDSEAL_SIGNERS]
    #[arg(long, value_name = "FILE")]
    pub(crate) signers: Option<PathBuf>,
    /// [coldseal] How many of the signers have to have signed, from 1 [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threshold: Option<u16>,
}
