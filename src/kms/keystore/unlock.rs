//! Reading a keystore and opening its slot.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use super::{
    KeystoreLocation, Passphrases, content,
    envelope::{self, Envelope, FILE_LIMIT},
    slot::{RootKey, Slot},
};
use crate::{
    error::{Error, Result, SetupError},
    kms::EmbeddedKms,
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// Attempts of a reader whom writers overtake.
const ATTEMPTS: usize = 3;

/// What it takes to write an opened keystore again.
#[derive(Debug)]
pub(super) struct Unlocked {
    pub(super) keystore_id: String,
    pub(super) slot: Slot,
    pub(super) root_key: RootKey,
    pub(super) source: KeySource,
}

/// What opened the slot.
#[derive(Debug)]
pub(super) enum KeySource {
    KeyFile(SecretBytes),
    /// The sibling that has not got its name yet.
    NewKeyFile(SecretBytes),
    Passphrase,
    /// Not the key file this time: the root key was known. No key file waits for its name then.
    Known,
}

/// A root key that was unwrapped before. It is good for as long as the keystore has this id and this slot, and spares the passphrase.
#[derive(Debug, Clone)]
pub(super) struct KnownRootKey {
    keystore_id: String,
    slot: Slot,
    root_key: RootKey,
}

/// What came of opening a keystore while nobody is asked.
pub(super) enum Unlocking {
    NoKeystore,
    /// A passphrase protects it, and the root key is not known.
    PassphraseNeeded,
    Opened(Box<(EmbeddedKms, Unlocked)>),
}

impl KnownRootKey {
    /// `None` while a new key file waits for its name: only what read that file can give it.
    pub(super) fn of(unlocked: &Unlocked) -> Option<Self> {
        let Unlocked { keystore_id, slot, root_key, source } = unlocked;
        let is_settled = !matches!(source, KeySource::NewKeyFile(_));
        is_settled.then(|| Self { keystore_id: keystore_id.clone(), slot: slot.clone(), root_key: root_key.clone() })
    }

    pub(super) const fn is_under_passphrase(&self) -> bool {
        matches!(self.slot, Slot::Passphrase { .. })
    }

    fn root_key_of(&self, envelope: &Envelope) -> Option<RootKey> {
        let is_same = self.keystore_id == envelope.header.keystore_id && self.slot == envelope.header.slot;
        is_same.then(|| self.root_key.clone())
    }
}

impl Unlocked {
    /// The bytes of a keystore file with this state.
    pub(super) fn seal(&self, kms: &EmbeddedKms, now: Timestamp) -> Result<Vec<u8>> {
        envelope::seal(&self.keystore_id, &self.slot, &self.root_key, &content::to_json(kms, now)?)
    }
}

impl KeystoreLocation {
    /// Reads the keystore without a lock, which is enough to look keys up and to decrypt; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Setup`](crate::Error::Setup) when the key file is missing, not fit or another one, or the passphrase is another one, or the
    /// format is newer than this version reads; [`Error::Damaged`](crate::Error::Damaged) when the file is not what was written.
    pub fn load(&self, passphrases: &dyn Passphrases) -> Result<Option<EmbeddedKms>> {
        Ok(unlock(self, passphrases)?.map(|(kms, _)| kms))
    }
}

/// Reads and opens a keystore; `None` when there is none.
pub(super) fn unlock(location: &KeystoreLocation, passphrases: &dyn Passphrases) -> Result<Option<(EmbeddedKms, Unlocked)>> {
    unlock_with(location, passphrases, None)
}

/// As [`unlock`]; a root key that is known is not unwrapped again.
pub(super) fn unlock_with(
    location: &KeystoreLocation,
    passphrases: &dyn Passphrases,
    known: Option<&KnownRootKey>,
) -> Result<Option<(EmbeddedKms, Unlocked)>> {
    match unlock_by(location, Some(passphrases), known)? {
        Unlocking::Opened(opened) => Ok(Some(*opened)),
        Unlocking::NoKeystore => Ok(None),
        Unlocking::PassphraseNeeded => Err(Error::Misuse("whoever can be asked for a passphrase is asked")),
    }
}

/// Asks nobody, so that it may be done while others wait for the lock.
pub(super) fn unlock_unasked(location: &KeystoreLocation, known: Option<&KnownRootKey>) -> Result<Unlocking> {
    unlock_by(location, None, known)
}

fn unlock_by(location: &KeystoreLocation, passphrases: Option<&dyn Passphrases>, known: Option<&KnownRootKey>) -> Result<Unlocking> {
    let path = &location.keystore;
    let Some(mut bytes) = read(path)? else {
        tracing::debug!(path = %path.display(), "no keystore");
        return Ok(Unlocking::NoKeystore);
    };
    tracing::debug!(path = %path.display(), "opening the keystore");
    for _ in 1..ATTEMPTS {
        match open(location, &bytes, passphrases, known) {
            Ok(opened) => return Ok(opened),
            // The keystore may have got another key file between the two reads; then it is another file by now.
            Err(error) => match read(path)? {
                Some(newer) if newer != bytes => bytes = newer,
                _ => return Err(error),
            },
        }
    }
    open(location, &bytes, passphrases, known)
}

/// A keystore file's bytes; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let failed = |error| Error::io_at("read", path, error);
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mut bytes = Vec::new();
    // One byte over the limit is enough to be refused.
    let limit = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(bytes))
}

fn open(
    location: &KeystoreLocation,
    bytes: &[u8],
    passphrases: Option<&dyn Passphrases>,
    known: Option<&KnownRootKey>,
) -> Result<Unlocking> {
    let path = &location.keystore;
    let envelope = Envelope::parse(path, bytes)?;
    let (root_key, source) = match (known.and_then(|known| known.root_key_of(&envelope)), &envelope.header.slot) {
        (Some(root_key), Slot::Passphrase { .. }) => (root_key, KeySource::Passphrase),
        (Some(root_key), Slot::KeyFile { .. }) => (root_key, KeySource::Known),
        (None, Slot::KeyFile { .. }) => with_key_file(location, &envelope)?,
        (None, Slot::Passphrase { .. }) => {
            let Some(passphrases) = passphrases else { return Ok(Unlocking::PassphraseNeeded) };
            let wrong = || Error::from(SetupError::WrongPassphrase(path.to_owned()));
            let root_key = try_unwrap(&envelope, &passphrases.current()?)?.ok_or_else(wrong)?;
            (root_key, KeySource::Passphrase)
        }
    };
    let kms = content::parse(path, envelope.open(path, &root_key)?.expose())?;
    tracing::debug!(path = %path.display(), id = envelope.header.keystore_id, "keystore loaded");
    let unlocked = Unlocked { keystore_id: envelope.header.keystore_id, slot: envelope.header.slot, root_key, source };
    Ok(Unlocking::Opened(Box::new((kms, unlocked))))
}

fn with_key_file(location: &KeystoreLocation, envelope: &Envelope) -> Result<(RootKey, KeySource)> {
    let (current, new) = (&location.key_file, location.new_key_file());
    let mut found = false;
    // The last one again: by the time that the sibling was looked for, it may have got its name.
    for path in [current, &new, current] {
        if let Some(key) = location.read_key_file(path)? {
            found = true;
            if let Some(root_key) = try_unwrap(envelope, &key)? {
                return Ok((root_key, if path == current { KeySource::KeyFile(key) } else { KeySource::NewKeyFile(key) }));
            }
        }
    }
    if !found {
        return Err(SetupError::NoKeyFile { keystore: location.keystore.clone(), key_file: current.clone() }.into());
    }
    Err(SetupError::WrongKeyFile { keystore: location.keystore.clone(), key_file: current.clone() }.into())
}

/// `None` when the secret is not the one, or the slot was changed.
pub(super) fn try_unwrap(envelope: &Envelope, secret: &SecretBytes) -> Result<Option<RootKey>> {
    match envelope.header.slot.unwrap(&envelope.header.keystore_id, secret) {
        Ok(root_key) => Ok(Some(root_key)),
        Err(Error::Decryption) => Ok(None),
        Err(error) => Err(error),
    }
}
