//! What protects a keystore.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::kms::Protection;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProtectionKind {
    /// 32 random bytes in a file of mode 0600
    KeyFile,
    /// Argon2id
    Passphrase,
}

impl From<ProtectionKind> for Protection {
    fn from(kind: ProtectionKind) -> Self {
        match kind {
            ProtectionKind::KeyFile => Self::KeyFile,
            ProtectionKind::Passphrase => Self::Passphrase,
        }
    }
}

/// A passphrase to be set.
#[derive(Debug, Args)]
pub(crate) struct NewPassphraseArgs {
    /// File with the new passphrase
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
    /// Take a new passphrase that is easy to guess, too
    #[arg(long)]
    pub(crate) allow_weak_passphrase: bool,
}
