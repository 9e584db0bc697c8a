//! A keystore that a running service reads and changes beside commands that do the same.
//!
//! Readers share one state, which is read again when the file has changed. The root key is kept, so that neither costs another passphrase or
//! another run of Argon2id while the slot is the same.

use std::{
    fs::{self, File, Metadata},
    io,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use super::{
    Committed, KeystoreLocation, KeystoreSession, Passphrases,
    location::exists,
    session::require_id,
    unlock::{KnownRootKey, unlock_with},
};
use crate::{
    arn::AccountId,
    error::{Error, Result, SetupError},
    kms::EmbeddedKms,
};

/// How long a file that could not be opened is not tried again: a wrong passphrase costs a run of Argon2id.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 3600 } else { 1 });

/// One keystore, for as long as the service runs.
pub(crate) struct LiveKeystore {
    location: KeystoreLocation,
    passphrases: Box<dyn Passphrases + Send + Sync>,
    /// A keystore with another id in its place is not served.
    keystore_id: String,
    seen: RwLock<LoadedKeystore>,
    /// One thread reads the file, the others wait for what it finds.
    loading: Mutex<Option<Failed>>,
}

/// What the file held.
#[derive(Debug)]
struct LoadedKeystore {
    kms: Arc<EmbeddedKms>,
    known: Option<KnownRootKey>,
    stamp: FileStamp,
    /// Held open, so that no newer file gets its inode number.
    _file: File,
}

#[derive(Debug)]
struct Failed {
    stamp: FileStamp,
    at: Instant,
    why: String,
}

/// What tells one version of a file from another. It is taken before the file is read, so it is never newer than what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileStamp {
    size: u64,
    #[cfg(unix)]
    identity: [u64; 2],
    #[cfg(unix)]
    times: [i64; 4],
    #[cfg(not(unix))]
    modified: Option<std::time::SystemTime>,
}

impl FileStamp {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;

        let times = [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()];
        Self { size: metadata.size(), identity: [metadata.dev(), metadata.ino()], times }
    }

    #[cfg(not(unix))]
    fn of(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl LiveKeystore {
    /// Opens the keystore; where there is none, makes one as the first use of a command does.
    ///
    /// # Errors
    /// As for [`KeystoreSession::begin`].
    pub(crate) fn open(
        location: KeystoreLocation,
        passphrases: Box<dyn Passphrases + Send + Sync>,
        account: Option<AccountId>,
    ) -> Result<(Self, Committed)> {
        let committed = if exists(&location.keystore)? {
            Committed::Unchanged
        } else {
            KeystoreSession::begin(&location, &*passphrases, account.clone())?.commit()?.committed()
        };
        let opened = Self::open_known(location, passphrases)?;
        let kms = Arc::clone(&unpoisoned(opened.seen.read()).kms);
        if let Some(asked) = account.filter(|asked| asked != kms.account()) {
            return Err(SetupError::OtherAccount { keystore: opened.location.keystore, account: kms.account().clone(), asked }.into());
        }
        Ok((opened, committed))
    }

    /// Opens a keystore that is there.
    ///
    /// # Errors
    /// As for [`KeystoreLocation::load`]; there is none.
    pub(crate) fn open_known(location: KeystoreLocation, passphrases: Box<dyn Passphrases + Send + Sync>) -> Result<Self> {
        let (file, stamp) = open_file(&location)?;
        let (kms, unlocked) = unlock_with(&location, &*passphrases, None)?.ok_or_else(|| location.none())?;
        let known = KnownRootKey::of(&unlocked);
        let seen = RwLock::new(LoadedKeystore { kms: Arc::new(kms), known, stamp, _file: file });
        let loading = Mutex::new(None);
        Ok(Self { location, passphrases, keystore_id: unlocked.keystore_id, seen, loading })
    }

    /// The state as the file has it now.
    ///
    /// # Errors
    /// The keystore is gone, is another one, or is not what was written; as for [`KeystoreLocation::load`].
    pub(crate) fn read(&self) -> Result<Arc<EmbeddedKms>> {
        let failed = |error| not_there(&self.location, error);
        let stamp = FileStamp::of(&fs::metadata(&self.location.keystore).map_err(failed)?);
        if let Some(kms) = self.seen_at(stamp) {
            return Ok(kms);
        }
        let mut failed = unpoisoned(self.loading.lock());
        // Another thread may have read it while this one waited.
        let (file, stamp) = open_file(&self.location)?;
        if let Some(kms) = self.seen_at(stamp) {
            return Ok(kms);
        }
        if let Some(Failed { why, .. }) = failed.as_ref().filter(|failed| failed.stamp == stamp && failed.at.elapsed() < PATIENCE) {
            return Err(Error::setup(why.clone()));
        }
        let loaded = self.load(file, stamp);
        *failed = loaded.as_ref().err().map(|error| Failed { stamp, at: Instant::now(), why: error.to_string() });
        loaded
    }

    /// Changes the state under the keystore's lock. The change is durable when this returns; a refusal changes nothing.
    ///
    /// # Errors
    /// As for [`LiveKeystore::read`], and writing failed; in the inner result what `work` refuses.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Result<Result<T>> {
        let mut session = self.session()?;
        match work(session.kms_mut()) {
            Ok(done) => session.commit().map(|_| Ok(done)),
            refused => Ok(refused),
        }
    }

    /// Takes the keystore's lock, for one who commits more than a change of keys.
    ///
    /// # Errors
    /// As for [`LiveKeystore::read`].
    pub(crate) fn session(&self) -> Result<KeystoreSession> {
        // Brings the known root key up to date, so that no passphrase is asked for.
        drop(self.read()?);
        let known = unpoisoned(self.seen.read()).known.clone();
        KeystoreSession::resume(&self.location, &*self.passphrases, known, &self.keystore_id)
    }

    fn seen_at(&self, stamp: FileStamp) -> Option<Arc<EmbeddedKms>> {
        let seen = unpoisoned(self.seen.read());
        (seen.stamp == stamp).then(|| Arc::clone(&seen.kms))
    }

    fn load(&self, file: File, stamp: FileStamp) -> Result<Arc<EmbeddedKms>> {
        let known = unpoisoned(self.seen.read()).known.clone();
        let opened = unlock_with(&self.location, &*self.passphrases, known.as_ref())?;
        let (kms, unlocked) = opened.ok_or_else(|| self.location.none())?;
        require_id(&self.location, &unlocked.keystore_id, &self.keystore_id)?;
        let kms = Arc::new(kms);
        let known = KnownRootKey::of(&unlocked);
        *unpoisoned(self.seen.write()) = LoadedKeystore { kms: Arc::clone(&kms), known, stamp, _file: file };
        Ok(kms)
    }
}

impl std::fmt::Debug for LiveKeystore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveKeystore").field("location", &self.location).finish_non_exhaustive()
    }
}

fn open_file(location: &KeystoreLocation) -> Result<(File, FileStamp)> {
    let opened = File::open(&location.keystore).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = opened.map_err(|error| not_there(location, error))?;
    Ok((file, FileStamp::of(&metadata)))
}

fn not_there(location: &KeystoreLocation, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => location.none(),
        _ => Error::io_at("read", &location.keystore, error),
    }
}

/// A thread that panicked left nothing half-done behind these locks: what they guard is replaced as a whole.
fn unpoisoned<T>(locked: std::result::Result<T, PoisonError<T>>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}
