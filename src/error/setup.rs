//! What has to be there before a command can begin.

use std::path::PathBuf;

use crate::{
    arn::{AccountId, KeyArn},
    region::Region,
    timestamp::ClockOutOfRange,
};

/// Something that is missing or does not fit: a keystore, a vault, a key file, a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No vault where one was looked for.
    #[error("there is no vault at {}", .0.display())]
    NoVault(PathBuf),

    /// Nothing where something to be verified was looked for.
    #[error("there is nothing at {}; name a vault, the folder of a secret, or a bundle", .0.display())]
    NothingThere(PathBuf),

    /// Something that is nothing to be verified.
    #[error("{} is neither a vault, nor the folder of a secret, nor a bundle", .0.display())]
    NothingToVerify(PathBuf),

    /// Something that is nothing to be compared.
    #[error("{} is neither a vault nor a root of one, which is manifests/COUNTER.json in its folder", .0.display())]
    NotComparable(PathBuf),

    /// A secret outside of the folder that it belongs into.
    #[error("{} is not in the folder of a Region, so its secret has no place to be checked against", .0.display())]
    NotInRegionFolder(PathBuf),

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

    /// An opt-in Region that has not been enabled.
    #[error("the Region {0} is not enabled")]
    RegionNotEnabled(Region),

    /// A Region without keys, of which there is nothing to export.
    #[error("there are no keys in {0}")]
    NoKeys(Region),

    /// Keys of another account than the keystore's.
    #[error("the keys are of the account {others}, and this keystore is of the account {own}")]
    KeysOfOtherAccount {
        /// The keystore's account.
        own: AccountId,
        /// The account of the keys.
        others: AccountId,
    },

    /// A multi-Region key that would be changed in some of its Regions only.
    #[error(
        "{key} is also in {}, whose keys are not in this keystore; change it in the keystore that has all of its Regions",
        .regions.iter().map(|region| region.name()).collect::<Vec<_>>().join(", ")
    )]
    RegionsElsewhere {
        /// The key.
        key: KeyArn,
        /// The Regions that this keystore has not.
        regions: Vec<Region>,
    },

    /// Another keystore than before stands in its place.
    #[error("{} is another keystore than when the service started; put the first one back, or start again", .0.display())]
    OtherKeystore(PathBuf),

    /// A keystore of a format that comes later.
    #[error("{}: keystore format {format} is newer than what this version reads ({known}); use a newer coldseal", .path.display())]
    NewerKeystore {
        /// The keystore.
        path: PathBuf,
        /// Its format.
        format: u32,
        /// The newest format that is read.
        known: u32,
    },

    /// The passphrase is not the keystore's.
    #[error("the keystore {} does not open with this passphrase; is it another keystore's?", .0.display())]
    WrongPassphrase(PathBuf),

    /// The passphrase is not that of the key that is to sign.
    #[error("the signing key does not open with this passphrase")]
    SigningKeyPassphrase,

    /// The key file is not the keystore's.
    #[error("the keystore {} does not open with the key file {}; is it another keystore's?", .keystore.display(), .key_file.display())]
    WrongKeyFile {
        /// The keystore.
        keystore: PathBuf,
        /// The key file.
        key_file: PathBuf,
    },

    /// A file of another length than key files have.
    #[error("{}: not a key file: a key file has exactly {length} bytes; name another file", .path.display())]
    NotAKeyFile {
        /// The file.
        path: PathBuf,
        /// Bytes.
        length: usize,
    },

    /// Something that is no file.
    #[error("{}: not a regular file, so not a key file; name another file", .0.display())]
    KeyFileNotRegular(PathBuf),

    /// A file with a key or a passphrase that others than its owner may read or change.
    #[error("{}: others may read or change this file, which is secret (mode {mode:04o})", .path.display())]
    SecretFileMode {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },

    /// A file with a key or a passphrase that is neither the user's nor root's.
    #[error("{}: this file, which is secret, belongs to another user (uid {owner})", .path.display())]
    SecretFileOwner {
        /// The file.
        path: PathBuf,
        /// Its owner's number.
        owner: u32,
    },

    /// A file stands where a new key file is to be.
    #[error("{} is there already; move it away, or name another file for the new key", .0.display())]
    KeyFileExists(PathBuf),

    /// Another keystore's key file stands where a new one is to be.
    #[error("{} belongs to another keystore; name another file for the new key", .0.display())]
    KeyFileOfOther(PathBuf),

    /// Two keystores share a key file, which would be replaced.
    #[error("the keystore {} needs the key file {} too; give one of the two keystores a key file of its own", .other.display(), .key_file.display())]
    KeyFileShared {
        /// The other keystore.
        other: PathBuf,
        /// The key file.
        key_file: PathBuf,
    },

    /// A file stands where a copy is to be.
    #[error("{} is there already; name another file", .0.display())]
    FileExists(PathBuf),

    /// A new passphrase of no length.
    #[error("the new passphrase is empty; it has 1 byte or more")]
    EmptyPassphrase,

    /// A new passphrase that is easy to guess; the text says what makes it so.
    #[error("the new passphrase is easy to guess: {0}")]
    WeakPassphrase(String),

    /// The AWS credential chain gave none; the text says why.
    #[error("there are no AWS credentials to call AWS KMS with: {0}")]
    NoCredentials(String),

    /// The AWS configuration is not one.
    #[error("the AWS configuration cannot be loaded")]
    AwsConfiguration,

    /// Calls that are never sent.
    #[error("a call of AWS KMS takes at least 1 attempt")]
    NoAttempts,

    /// An endpoint that is no URL of HTTP.
    #[error("the endpoint '{}' does not begin with http:// or https://", .0.escape_debug())]
    Endpoint(String),

    /// An address that the network reaches.
    #[error("{0} is not loopback, and keys would cross the network in clear")]
    NotLoopback(std::net::SocketAddr),

    /// What was accepted before cannot be read, or what is accepted now cannot be remembered.
    #[error("{}, where accepted roots are remembered: {why}", .path.display())]
    FreshnessState {
        /// The directory, or the file in it.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },

    /// A clock whose time cannot be written down.
    #[error(transparent)]
    Clock(#[from] ClockOutOfRange),

    /// What a caller's own part cannot have, such as a passphrase; the text says why.
    #[error("{0}")]
    Other(String),
}
