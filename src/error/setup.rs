//! What has to be there before a command can begin.

use std::path::PathBuf;

use crate::arn::AccountId;

/// Something that is missing or does not fit: a keystore, a vault, a key file, a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No vault where one was looked for.
    #[error("there is no vault at {}", .0.display())]
    NoVault(PathBuf),

    /// No keystore where one was looked for.
    #[error("there is no keystore at {}", .0.display())]
    NoKeystore(PathBuf),

    /// The keystore is there, its key file is not.
    #[error("the keystore {} needs its key file {}, which is not there", keystore.display(), key_file.display())]
    NoKeyFile {
        /// The keystore.
        keystore: PathBuf,
        /// Where its key file was looked for.
        key_file: PathBuf,
    },

    /// The account asked for is not that of the keystore's keys.
    #[error("the keystore {} is of account {account}, which cannot be changed to {asked}", keystore.display())]
    OtherAccount {
        /// The keystore.
        keystore: PathBuf,
        /// Its account.
        account: AccountId,
        /// The account asked for.
        asked: AccountId,
    },

    /// The AWS credential chain gave none; the text says why.
    #[error("there are no AWS credentials to call AWS KMS with: {0}")]
    NoCredentials(String),

    /// Anything else; the text says what to do.
    #[error("{0}")]
    Other(String),
}
