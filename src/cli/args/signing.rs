//! Who signs, and who may have signed.

use std::path::PathBuf;

use clap::Args;

/// The private keys that sign.
#[derive(Debug, Args)]
pub(crate) struct SigningKeyArgs {
    /// Private key in the format of OpenSSH that signs: Ed25519, or ECDSA on P-256, P-384 or P-521; repeat it for several
    #[arg(long, value_name = "KEY")]
    pub(crate) signing_key: Vec<PathBuf>,
    /// File with the signing key's passphrase; of several keys each takes its own, in their order, or all the only one [else COLDSEAL_SIGNING_KEY_PASSPHRASE_FD, COLDSEAL_SIGNING_KEY_PASSPHRASE, a prompt]
    #[arg(long, value_name = "FILE", requires = "signing_key")]
    pub(crate) signing_key_passphrase_file: Vec<PathBuf>,
}

/// Whose signatures are demanded.
#[derive(Debug, Args)]
pub(crate) struct SignersArgs {
    /// Demand a signature by one of these: a file in the format of allowed_signers in ssh-keygen(1) [else COLDSEAL_SIGNERS]
    #[arg(long, value_name = "FILE")]
    pub(crate) signers: Option<PathBuf>,
    /// How many of the signers have to have signed, from 1 [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threshold: Option<u16>,
}
