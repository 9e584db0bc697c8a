//! A new keystore file for a state that exists already: what leaves for another machine.

use super::{
    KeystoreLocation, Passphrases, Protection, key_file,
    location::exists,
    passphrases::not_empty,
    slot::{RootKey, Slot},
    unlock::{KeySource, Unlocked},
};
use crate::{
    crypto::SystemRandom,
    durable::{self, parent_of},
    error::{Error, Result, SetupError},
    kms::{EmbeddedKms, key_id::random_uuid},
    timestamp::Timestamp,
};

impl KeystoreLocation {
    /// Writes a new keystore with this state, and a new key file if that is to protect it. Neither file may be there.
    ///
    /// # Errors
    /// [`Error::Setup`](crate::Error::Setup) for a file that is there, and for an empty passphrase; writing failed.
    pub fn create(&self, kms: &EmbeddedKms, passphrases: &dyn Passphrases, protection: Protection) -> Result<()> {
        create(self, kms, passphrases, protection)
    }
}

/// Writes keystore and key file; neither may be there.
fn create(location: &KeystoreLocation, kms: &EmbeddedKms, passphrases: &dyn Passphrases, protection: Protection) -> Result<()> {
    refuse_existing(&location.keystore)?;
    let (keystore_id, root_key) = (random_uuid(&SystemRandom)?, RootKey::generate(&SystemRandom)?);
    let (slot, source) = match protection {
        Protection::KeyFile => {
            refuse_existing(&location.key_file)?;
            let key = key_file::generate()?;
            (Slot::under_key_file(&keystore_id, &root_key, &key, &SystemRandom)?, KeySource::KeyFile(key))
        }
        Protection::Passphrase => {
            let passphrase = not_empty(passphrases.new_passphrase()?)?;
            (Slot::under_passphrase(&keystore_id, &root_key, &passphrase, &SystemRandom)?, KeySource::Passphrase)
        }
    };
    let unlocked = Unlocked { keystore_id, slot, root_key, source };
    let bytes = unlocked.seal(kms, Timestamp::now()?)?;
    durable::create_dir_all(parent_of(&location.keystore))?;
    let KeySource::KeyFile(key) = &unlocked.source else { return durable::write_new(&location.keystore, &bytes) };
    durable::create_dir_all(parent_of(&location.key_file))?;
    let key_file = durable::write_new(&location.key_file, key.expose());
    if !is_in_place(&key_file) {
        return key_file;
    }
    let keystore = durable::write_new(&location.keystore, &bytes);
    if !is_in_place(&keystore) {
        // Ours, and of no use without the keystore; what went wrong before matters more than whether this works.
        drop(durable::remove(&location.key_file));
        return keystore;
    }
    match (key_file, keystore) {
        (Err(_), Err(Error::NotSynced { directory, source, .. })) => {
            Err(Error::NotSynced { files: vec![location.keystore.clone(), location.key_file.clone()], directory, source })
        }
        (key_file, keystore) => key_file.and(keystore),
    }
}

/// Whether a file is complete under its name, durable or not.
const fn is_in_place(written: &Result<()>) -> bool {
    matches!(written, Ok(()) | Err(Error::NotSynced { .. }))
}

fn refuse_existing(path: &std::path::Path) -> Result<()> {
    if exists(path)? {
        return Err(SetupError::FileExists(path.to_owned()).into());
    }
    Ok(())
}
