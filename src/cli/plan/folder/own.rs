//! What coldseal made itself: no file of a keystore or a vault is a secret to be put into a vault.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cli::files_in_use::beginning_of,
    kms::{KeystoreLocation, begins_as_keystore},
    vault::Vault,
};

/// Bytes at the beginning of a file that tell a keystore.
const LOOK: u64 = 64;
/// Bytes of a key file.
const KEY_FILE_LENGTH: u64 = 32;

/// Whether a directory is a vault, this run's or another.
pub(super) fn is_vault(dir: &Path) -> bool {
    Vault::new(dir).exists()
}

/// Whether a vault is on the way from `top` down to a path.
pub(super) fn is_in_vault(top: &Path, path: &Path) -> bool {
    path.ancestors().take_while(|dir| dir.starts_with(top)).any(is_vault)
}

/// Whether a file is a keystore or an export of one. What cannot be read is told where it is read.
pub(super) fn is_keystore(file: &Path) -> bool {
    beginning_of(file, LOOK).is_ok_and(|beginning| begins_as_keystore(&beginning))
}

/// The files that belong to a keystore by their names: its lock, its key file, and for an export `NAME.key`.
pub(super) fn beside_keystore(keystore: &Path) -> Vec<PathBuf> {
    let mut beside: Vec<PathBuf> = KeystoreLocation::new(keystore).files().into_iter().filter(|file| file != keystore).collect();
    let key = keystore.with_extension("key");
    if fs::metadata(&key).is_ok_and(|metadata| metadata.len() == KEY_FILE_LENGTH) {
        beside.push(key);
    }
    beside
}
