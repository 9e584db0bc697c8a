//! What is missing before a command can begin.

use std::borrow::Cow;

use super::hint::{Hint, one};
use crate::{cli::command_operation::CommandOperation, error::SetupError};

pub(super) fn hints(error: &SetupError, operation: CommandOperation) -> Vec<Hint> {
    match error {
        SetupError::NoKeystore(_) if operation == CommandOperation::ImportKeys => one("name a file that 'coldseal kms export-keys' wrote"),
        SetupError::NoKeyFile { .. } if operation == CommandOperation::ImportKeys => one("--input-key-file says where it is"),
        SetupError::NoVault(_) if operation == CommandOperation::Diff => {
            one("name two folders of vaults or exports, or roots: manifests/COUNTER.json in such a folder")
        }
        SetupError::NoVault(_) => one("'coldseal create-secret' makes one; --vault or COLDSEAL_VAULT names another directory"),
        SetupError::NoKeystore(_) => {
            one("'coldseal create-secret' and 'coldseal kms create-key' make one; --keystore or COLDSEAL_KEYSTORE names another file")
        }
        SetupError::NoKeyFile { .. } => {
            one("--keystore-key-file or COLDSEAL_KEYSTORE_KEY_FILE says where it is; without it the keystore stays closed")
        }
        SetupError::OtherAccount { .. } => {
            one("leave out --account-id and COLDSEAL_ACCOUNT_ID, or name another keystore (--keystore) for that account's keys")
        }
        SetupError::NoCredentials(_) => {
            one("'aws configure', 'aws sso login', AWS_PROFILE or --profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        SetupError::RegionNotEnabled(region) => vec![Cow::Owned(format!("'coldseal kms enable-region {region}' enables it"))],
        SetupError::NoKeys(_) => one("'coldseal kms list-keys' shows where there are"),
        SetupError::KeysOfOtherAccount { .. } => one("import them into another keystore (--keystore)"),
        SetupError::SecretFileMode { path, .. } => {
            vec![Cow::Owned(format!("'chmod 600 {}' keeps them out; --allow-unsafe-permissions reads it all the same", path.display()))]
        }
        SetupError::SecretFileOwner { path, .. } => vec![Cow::Owned(format!(
            "whoever owns it can read and change it: 'chown' makes it yours, or copy it ('install -m 600 {} FILE'); --allow-unsafe-permissions reads it all the same",
            path.display()
        ))],
        SetupError::WeakPassphrase(_) => {
            one("five words or more that were drawn by lot are hard to guess; --allow-weak-passphrase takes this passphrase all the same")
        }
        SetupError::FreshnessState { .. } => {
            one("make it readable and writable, or name another state directory with XDG_STATE_HOME: there nothing is known to be accepted")
        }
        SetupError::NothingThere(_)
        | SetupError::NothingToVerify(_)
        | SetupError::NotComparable(_)
        | SetupError::NotInRegionFolder(_)
        | SetupError::RegionsElsewhere { .. }
        | SetupError::OtherKeystore(_)
        | SetupError::NewerKeystore { .. }
        | SetupError::WrongPassphrase(_)
        | SetupError::SigningKeyPassphrase
        | SetupError::WrongKeyFile { .. }
        | SetupError::NotAKeyFile { .. }
        | SetupError::KeyFileNotRegular(_)
        | SetupError::KeyFileExists(_)
        | SetupError::KeyFileOfOther(_)
        | SetupError::KeyFileShared { .. }
        | SetupError::FileExists(_)
        | SetupError::EmptyPassphrase
        | SetupError::AwsConfiguration
        | SetupError::NoAttempts
        | SetupError::Endpoint(_)
        | SetupError::NotLoopback(_)
        | SetupError::Clock(_)
        | SetupError::Other(_) => Vec::new(),
    }
}
