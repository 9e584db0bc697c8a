//! Changing a keystore: lock, load or prepare, commit.

use super::{
    Committed, KeysDurable, KeystoreLocation, Passphrases, key_file,
    keystore_lock::{KeystoreLock, lock_and_unlock},
    protection,
    slot::{RootKey, Slot},
    unlock::{KeySource, Unlocked},
};
use crate::{
    arn::AccountId,
    crypto::SystemRandom,
    durable::{self, parent_of},
    error::{Result, SetupError},
    kms::{EmbeddedKms, key_id::random_uuid},
    timestamp::Timestamp,
};

/// The one writer of a keystore, from the lock to the drop. Nothing is written before [`KeystoreSession::commit`].
#[derive(Debug)]
pub struct KeystoreSession {
    location: KeystoreLocation,
    kms: EmbeddedKms,
    /// `None` until the keystore is made.
    unlocked: Option<Unlocked>,
    made: Option<Committed>,
    lock: KeystoreLock,
}

impl KeystoreSession {
    /// Takes the lock `KEYSTORE.lock`, waiting for it, and loads the keystore; where there is none, prepares one of this account, by default
    /// `000000000000`. The folder and the lock file are made. Keys whose automatic rotation is due are rotated, in memory. Nobody is asked for a
    /// passphrase while the lock is held.
    ///
    /// A keystore that this process may not write to, as on a medium that is read-only, is opened without the lock; a change of it is refused when it is
    /// committed.
    ///
    /// # Errors
    /// As for [`KeystoreLocation::load`]; [`Error::Setup`](crate::Error::Setup) when the keystore is another account's, or when a key file lies ready that is
    /// not fit to be adopted.
    pub fn begin(location: &KeystoreLocation, passphrases: &dyn Passphrases, account: Option<AccountId>) -> Result<Self> {
        durable::create_dir_all(parent_of(&location.keystore))?;
        let (lock, opened) = lock_and_unlock(location, passphrases, None)?;
        let (found, unlocked) = opened.map_or((None, None), |(kms, unlocked)| (Some(kms), Some(unlocked)));
        let kms = begun(location, found, account)?;
        Ok(Self { location: location.clone(), kms, unlocked, made: None, lock })
    }

    /// The state that [`KeystoreSession::begin`] would give. There is no lock, and nothing is made or changed: whether files can be written is not tried.
    ///
    /// # Errors
    /// As there.
    pub fn preview(location: &KeystoreLocation, passphrases: &dyn Passphrases, account: Option<AccountId>) -> Result<EmbeddedKms> {
        begun(location, location.load(passphrases)?, account)
    }

    /// As [`KeystoreSession::begin`], for a keystore that is there and has this id.
    #[cfg(feature = "kms-endpoint")]
    pub(super) fn resume(
        location: &KeystoreLocation,
        passphrases: &dyn Passphrases,
        known: Option<super::unlock::KnownRootKey>,
        keystore_id: &str,
    ) -> Result<Self> {
        let (lock, opened) = lock_and_unlock(location, passphrases, known)?;
        let (mut kms, unlocked) = opened.ok_or_else(|| location.none())?;
        require_id(location, &unlocked.keystore_id, keystore_id)?;
        kms.rotate_due()?;
        Ok(Self { location: location.clone(), kms, unlocked: Some(unlocked), made: None, lock })
    }

    /// The state.
    #[must_use]
    pub const fn kms(&self) -> &EmbeddedKms {
        &self.kms
    }

    /// The state, to be changed.
    pub const fn kms_mut(&mut self) -> &mut EmbeddedKms {
        &mut self.kms
    }

    /// How the keystore was made, told once, if this session made it: it is there whatever came of the work that it was made for.
    pub const fn take_made(&mut self) -> Option<Committed> {
        self.made.take()
    }

    /// Gives the lock up and keeps the state; what was not committed is lost with it.
    #[must_use]
    pub fn into_kms(self) -> EmbeddedKms {
        self.kms
    }

    /// Writes the changes, if there are any. They are durable when this returns, of which what it gives is the proof; the lock is held on.
    ///
    /// # Errors
    /// Writing failed; the keystore is as before unless the error says that the change may have happened.
    pub fn commit(&mut self) -> Result<KeysDurable<'_>> {
        let committed = if self.kms.is_dirty() { self.write()? } else { Committed::Unchanged };
        Ok(KeysDurable::committed_now(&self.kms, committed))
    }

    fn write(&mut self) -> Result<Committed> {
        self.lock.require()?;
        let (now, temporaries) = (self.kms.time_of_write()?, self.location.temporaries());
        // What a killed writer left: maybe a whole keystore.
        temporaries.sweep_beside(&self.location.keystore);
        temporaries.sweep_abandoned_beside(&self.location.key_file);
        let committed = match &mut self.unlocked {
            Some(unlocked) => {
                protection::settle(&self.location, unlocked)?;
                temporaries.replace(&self.location.keystore, &unlocked.seal(&self.kms, now)?)?;
                Committed::Updated
            }
            None => {
                let committed = self.create(now)?;
                self.made = Some(committed);
                committed
            }
        };
        tracing::debug!(path = %self.location.keystore.display(), ?committed, "keystore committed");
        self.kms.dirty = false;
        self.kms.believed = Some(self.kms.believed_at(now));
        self.kms.last_written = Some(now);
        Ok(committed)
    }

    fn create(&mut self, now: Timestamp) -> Result<Committed> {
        let path = &self.location.key_file;
        let (key, committed) = match self.location.read_key_file(path)? {
            Some(key) => (key, Committed::CreatedWithAdoptedKeyFile),
            None => {
                let key = key_file::generate()?;
                durable::create_dir_all(parent_of(path))?;
                self.location.temporaries().write_new(path, key.expose())?;
                (key, Committed::Created)
            }
        };
        let (keystore_id, root_key) = (random_uuid(&SystemRandom)?, RootKey::generate(&SystemRandom)?);
        let slot = Slot::under_key_file(&keystore_id, &root_key, &key, &SystemRandom)?;
        let unlocked = Unlocked { keystore_id, slot, root_key, source: KeySource::KeyFile(key) };
        self.location.temporaries().write_new(&self.location.keystore, &unlocked.seal(&self.kms, now)?)?;
        self.unlocked = Some(unlocked);
        Ok(committed)
    }
}

/// What a session begins with: what was found, or what is to be made.
fn begun(location: &KeystoreLocation, found: Option<EmbeddedKms>, account: Option<AccountId>) -> Result<EmbeddedKms> {
    let mut kms = match found {
        Some(kms) => kms,
        None => {
            location.read_key_file(&location.key_file)?;
            EmbeddedKms::new(account.clone().unwrap_or_else(AccountId::embedded))?
        }
    };
    if let Some(asked) = account.filter(|asked| *asked != kms.account) {
        return Err(SetupError::OtherAccount { keystore: location.keystore.clone(), account: kms.account, asked }.into());
    }
    kms.rotate_due()?;
    Ok(kms)
}

/// Refuses a keystore that took the place of the one that was opened.
#[cfg(feature = "kms-endpoint")]
pub(super) fn require_id(location: &KeystoreLocation, found: &str, expected: &str) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(SetupError::OtherKeystore(location.keystore.clone()).into())
}
