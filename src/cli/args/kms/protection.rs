//! What protects a keystore.

use clap::ValueEnum;

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
