//! Another key file or passphrase for the same keystore. The order of writes stands in the parent module.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    KeystoreLocation, Passphrases,
    envelope::Envelope,
    key_file,
    keystore_lock::lock_and_unlock,
    location::exists,
    passphrases::not_empty,
    slot::Slot,
    unlock::{KeySource, KnownRootKey, Unlocked, read, try_unwrap, unlock},
};
use crate::{
    crypto::SystemRandom,
    durable::{self, parent_of},
    error::{Error, Result, SetupError},
    kms::EmbeddedKms,
    secret::SecretBytes,
};

/// What protects a keystore's root key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A new key file at the location's path.
    KeyFile,
    /// A new passphrase.
    Passphrase,
}

/// What a change of the protection left.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtectionChanged {
    /// A file at the key file's path that this keystore does not need, and that was not removed: another keystore needs it, or it is not known
    /// whose it is.
    pub left_behind: Option<PathBuf>,
}

impl KeystoreLocation {
    /// Wraps the root key anew: under a new key file, or under a new passphrase. What the keystore holds stays as it is.
    ///
    /// A key file that is no longer needed is removed last, unless another keystore beside it still needs it.
    ///
    /// # Errors
    /// As for [`KeystoreLocation::load`]; [`Error::Setup`](crate::Error::Setup) when there is no keystore, when the new passphrase is empty,
    /// or when a file is in the way; nothing has changed then.
    pub fn change_protection(&self, passphrases: &dyn Passphrases, to: Protection) -> Result<ProtectionChanged> {
        change_to(self, passphrases, to)
    }
}

fn change_to(location: &KeystoreLocation, passphrases: &dyn Passphrases, to: Protection) -> Result<ProtectionChanged> {
    // Both passphrases are asked for before others have to wait for the lock, the old one first.
    let (_, opened) = unlock(location, passphrases)?.ok_or_else(|| location.none())?;
    let new_passphrase = match to {
        Protection::Passphrase => Some(not_empty(passphrases.new_passphrase()?)?),
        Protection::KeyFile => None,
    };
    let known = KnownRootKey::of(&opened).filter(KnownRootKey::is_under_passphrase);
    let (mut lock, opened) = lock_and_unlock(location, passphrases, known)?;
    lock.require()?;
    let (kms, mut unlocked) = opened.ok_or_else(|| location.none())?;
    location.temporaries().sweep_beside(&location.keystore);
    location.temporaries().sweep_abandoned_beside(&location.key_file);
    settle(location, &mut unlocked)?;
    if !matches!(unlocked.source, KeySource::NewKeyFile(_)) {
        clear_unused(location, &unlocked.keystore_id)?;
    }
    match new_passphrase {
        None => to_key_file(location, &kms, &mut unlocked),
        Some(passphrase) => to_passphrase(location, &kms, &mut unlocked, &passphrase),
    }
}

fn to_key_file(location: &KeystoreLocation, kms: &EmbeddedKms, unlocked: &mut Unlocked) -> Result<ProtectionChanged> {
    let path = &location.key_file;
    match &unlocked.source {
        KeySource::Passphrase if exists(path)? => {
            return Err(SetupError::KeyFileExists(path.clone()).into());
        }
        KeySource::KeyFile(old) => refuse_shared(location, &unlocked.keystore_id, path, old)?,
        KeySource::NewKeyFile(_) => {
            return Err(SetupError::KeyFileOfOther(path.clone()).into());
        }
        KeySource::Passphrase | KeySource::Known => {}
    }
    let key = key_file::generate()?;
    unlocked.slot = Slot::under_key_file(&unlocked.keystore_id, &unlocked.root_key, &key, &SystemRandom)?;
    durable::create_dir_all(parent_of(path))?;
    location.temporaries().write_new(&location.new_key_file(), key.expose()).inspect_err(|_| {
        // The keystore is as before, and has no use for it.
        let _ = fs::remove_file(location.new_key_file());
    })?;
    location.temporaries().replace(&location.keystore, &unlocked.seal(kms, kms.time_of_write()?)?)?;
    unlocked.source = KeySource::NewKeyFile(key);
    settle(location, unlocked)?;
    Ok(ProtectionChanged { left_behind: None })
}

fn to_passphrase(
    location: &KeystoreLocation,
    kms: &EmbeddedKms,
    unlocked: &mut Unlocked,
    passphrase: &SecretBytes,
) -> Result<ProtectionChanged> {
    let own = match &unlocked.source {
        KeySource::KeyFile(key) => Some((location.key_file.clone(), key)),
        KeySource::NewKeyFile(key) => Some((location.new_key_file(), key)),
        KeySource::Passphrase | KeySource::Known => None,
    };
    let removable = match own {
        Some((path, key)) if other_keystore(location, &unlocked.keystore_id, key)?.is_none() => Some(path),
        _ => None,
    };
    unlocked.slot = Slot::under_passphrase(&unlocked.keystore_id, &unlocked.root_key, passphrase, &SystemRandom)?;
    location.temporaries().replace(&location.keystore, &unlocked.seal(kms, kms.time_of_write()?)?)?;
    if let Some(path) = removable {
        durable::remove(&path)?;
    }
    let left_behind = if exists(&location.key_file)? { Some(location.key_file.clone()) } else { None };
    Ok(ProtectionChanged { left_behind })
}

/// Gives a new key file that is in use already the name of the old one: an interrupted change left it so.
pub(super) fn settle(location: &KeystoreLocation, unlocked: &mut Unlocked) -> Result<()> {
    let KeySource::NewKeyFile(key) = &mut unlocked.source else { return Ok(()) };
    let old = location.read_key_file(&location.key_file)?;
    if let Some(old) = old
        && other_keystore(location, &unlocked.keystore_id, &old)?.is_some()
    {
        return Ok(());
    }
    location.temporaries().replace(&location.key_file, key.expose())?;
    unlocked.source = KeySource::KeyFile(std::mem::take(key));
    durable::remove(&location.new_key_file())
}

/// Removes a new key file that an interrupted change left unused.
fn clear_unused(location: &KeystoreLocation, keystore_id: &str) -> Result<()> {
    let path = location.new_key_file();
    let Some(key) = location.read_key_file(&path)? else { return Ok(()) };
    refuse_shared(location, keystore_id, &path, &key)?;
    durable::remove(&path)
}

fn refuse_shared(location: &KeystoreLocation, keystore_id: &str, path: &Path, key: &SecretBytes) -> Result<()> {
    let Some(other) = other_keystore(location, keystore_id, key)? else { return Ok(()) };
    Err(SetupError::KeyFileShared { other, key_file: path.to_owned() }.into())
}

/// Another keystore that this key opens, in the folder of this one or in that of its key file.
fn other_keystore(location: &KeystoreLocation, keystore_id: &str, key: &SecretBytes) -> Result<Option<PathBuf>> {
    let mut folders = vec![parent_of(&location.keystore)];
    if !folders.contains(&parent_of(&location.key_file)) {
        folders.push(parent_of(&location.key_file));
    }
    for folder in folders {
        let failed = |error| Error::io_at("list", folder, error);
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            let candidate = entry.file_type().is_ok_and(|kind| kind.is_file()) && path.extension() == location.keystore.extension();
            if candidate && opens_another(&path, keystore_id, key) {
                return Ok(Some(path));
            }
        }
    }
    Ok(None)
}

/// False for this keystore, its copies, and what is not a keystore.
fn opens_another(path: &Path, keystore_id: &str, key: &SecretBytes) -> bool {
    let bytes = read(path).ok().flatten();
    let envelope = bytes.and_then(|bytes| Envelope::parse(path, &bytes).ok()).filter(|found| found.header.keystore_id != keystore_id);
    let by_key_file = envelope.filter(|found| matches!(found.header.slot, Slot::KeyFile { .. }));
    by_key_file.is_some_and(|envelope| matches!(try_unwrap(&envelope, key), Ok(Some(_))))
}
