//! The keystore file: the embedded KMS at rest. It has to stay readable for ever.
//!
//! ```text
//! file          {"header": HEADER, "content": "BASE64"}, at most 64 MiB
//! HEADER        {"format": 1, "keystoreId": UUID, "slot": SLOT, "contentSalt": 32 bytes}
//! SLOT          {"keyFile": {"salt": 32 bytes, "wrappedRootKey": 48 bytes}}
//!             | {"passphrase": {"kdf": "argon2id", "memoryKib": m, "iterations": t, "parallelism": p, "salt": 16 bytes, "wrappedRootKey": 48 bytes}}
//!
//! content       AES-256-GCM of the state as JSON, AAD = the bytes of HEADER as they stand in the file,
//!               key = HKDF-SHA-512(root key, contentSalt, "coldseal keystore v1 content"); the salt is fresh at every write
//! wrapped root  AES-256-GCM of the 32-byte root key, AAD = "coldseal keystore v1 slot" || keystoreId || kind || parameters || salt,
//!   key         key = HKDF-SHA-512(key file, salt, "coldseal keystore v1 slot") or Argon2id(passphrase, salt, m, t, p);
//!               the salt is fresh whenever the root key is wrapped
//! ```
//!
//! Each AES key is used once, so every IV is zero. Binary values in JSON are base64. The root key never changes.
//!
//! **Order of writes.** First use: key file, then keystore; a key file that has no keystore yet is adopted. A change is one rename of the
//! keystore. A new key file is written as `KEY-FILE.new`; then the keystore is renamed into place with a slot for it; then the new key takes
//! the old one's name. So at every moment the key file or its `.new` sibling opens the keystore, and [`KeystoreLocation::load`] tries both.
//! The next writer that finds the sibling in use gives it its name; one that no keystore uses is removed by the next change of protection.
//! A key file that another keystore in the same folders needs is neither replaced nor removed.

mod content;
mod copy;
mod durable_keys;
mod encoding;
mod envelope;
mod key_file;
#[cfg(feature = "kms-endpoint")]
mod live;
mod protection;
mod session;
mod slot;
#[cfg(all(test, unix))]
mod tests;
mod unlock;

use std::path::{Path, PathBuf};

pub use durable_keys::{Committed, KeysDurable};
#[cfg(feature = "kms-endpoint")]
pub(crate) use live::LiveKeystore;
pub use protection::{Protection, ProtectionChanged};
pub use session::KeystoreSession;

use super::EmbeddedKms;
use crate::{
    durable::Temporaries,
    error::{Error, Result},
    secret::SecretBytes,
};

/// Where a keystore and its key file are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeystoreLocation {
    /// The keystore file.
    pub keystore: PathBuf,
    /// The key file; not looked at while a passphrase protects the keystore.
    pub key_file: PathBuf,
}

/// Asks for passphrases. Called only when one is needed.
pub trait Passphrases {
    /// The passphrase that protects the keystore.
    ///
    /// # Errors
    /// None can be had.
    fn current(&self) -> Result<SecretBytes>;

    /// The passphrase that is to protect it from now on.
    ///
    /// # Errors
    /// None can be had.
    fn new_passphrase(&self) -> Result<SecretBytes>;
}

/// Asks nobody: for keystores that a key file protects, or is to protect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyFileOnly;

impl Passphrases for KeyFileOnly {
    fn current(&self) -> Result<SecretBytes> {
        Err(Error::setup("a passphrase protects the keystore, and there is nobody to ask for it"))
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        self.current()
    }
}

impl KeystoreLocation {
    /// A keystore with its key file `keystore.key` beside it.
    #[must_use]
    pub fn new(keystore: impl Into<PathBuf>) -> Self {
        let keystore = keystore.into();
        let key_file = keystore.with_file_name("keystore.key");
        Self { keystore, key_file }
    }

    /// Reads the keystore without a lock, which is enough to look keys up and to decrypt; `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Setup`](crate::Error::Setup) when the key file is missing, not fit or another one, or the passphrase is another one, or the
    /// format is newer than this version reads; [`Error::Damaged`](crate::Error::Damaged) when the file is not what was written.
    pub fn load(&self, passphrases: &dyn Passphrases) -> Result<Option<EmbeddedKms>> {
        Ok(unlock::unlock(self, passphrases)?.map(|(kms, _)| kms))
    }

    /// Wraps the root key anew: under a new key file, or under a new passphrase. What the keystore holds stays as it is.
    ///
    /// A key file that is no longer needed is removed last, unless another keystore beside it still needs it.
    ///
    /// # Errors
    /// As for [`KeystoreLocation::load`]; [`Error::Setup`](crate::Error::Setup) when there is no keystore, when the new passphrase is empty,
    /// or when a file is in the way; nothing has changed then.
    pub fn change_protection(&self, passphrases: &dyn Passphrases, to: Protection) -> Result<ProtectionChanged> {
        protection::change(self, passphrases, to)
    }

    /// Writes a new keystore with this state, and a new key file if that is to protect it. Neither file may be there.
    ///
    /// # Errors
    /// [`Error::Setup`](crate::Error::Setup) for a file that is there, and for an empty passphrase; writing failed.
    pub fn create(&self, kms: &EmbeddedKms, passphrases: &dyn Passphrases, protection: Protection) -> Result<()> {
        copy::create(self, kms, passphrases, protection)
    }

    /// The files that are written under the lock.
    fn temporaries(&self) -> Temporaries {
        Temporaries::of(&self.keystore)
    }

    fn lock_file(&self) -> PathBuf {
        with_suffix(&self.keystore, ".lock")
    }

    /// The name of a new key file until the old one is gone.
    fn new_key_file(&self) -> PathBuf {
        with_suffix(&self.key_file, ".new")
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// For the fuzz target: parses a keystore file up to its encryption.
///
/// # Errors
/// What is wrong with it.
#[doc(hidden)]
pub fn parse_keystore(bytes: &[u8]) -> Result<()> {
    let path = Path::new("keystore");
    let envelope = envelope::Envelope::parse(path, bytes)?;
    let again = envelope::write_file(envelope.header_bytes(), envelope.sealed_content())?;
    assert_eq!(envelope, envelope::Envelope::parse(path, &again)?, "a keystore file that parses is written as it was read");
    Ok(())
}

/// For the fuzz target: imports what is inside one encryption into what is inside another; a refusal changes nothing, and what comes of an
/// import is content again, with everything from both, to which the same import adds nothing.
///
/// # Errors
/// What is wrong with either, and why they cannot be merged.
#[doc(hidden)]
pub fn merge_contents(own: &[u8], other: &[u8]) -> Result<()> {
    let parse = |bytes: &[u8]| content::parse(Path::new("keystore"), bytes);
    let (mut merged, before, other) = (parse(own)?, parse(own)?, || parse(other));
    let written = before.last_written().expect("stored content says when it was written");
    let text = |kms: &EmbeddedKms| content::to_json(kms, written);
    let imported = match merged.import(other()?) {
        Ok(imported) => imported,
        Err(refusal) => {
            assert_eq!(text(&merged)?.expose(), text(&before)?.expose(), "a refused import changes nothing");
            return Err(refusal);
        }
    };
    let after = text(&merged)?;
    let mut again = parse(after.expose()).expect("what comes of an import is content again");
    assert!(imported.added.iter().all(|key| before.stored_key(key).is_none()), "what is said to be added was not there");
    let own = again.import(before).expect("what was here is here");
    assert!(own.added.is_empty() && own.updated.is_empty(), "nothing of our own is lost");
    let repeated = again.import(other()?).expect("what was imported is here");
    let keys: usize = other()?.regions.values().map(|state| state.keys.len() + state.imported.len()).sum();
    let is_all_here = repeated.unchanged.len() + repeated.older.len() == keys;
    assert!(repeated.added.is_empty() && repeated.updated.is_empty() && is_all_here, "all of it came over");
    assert_eq!(text(&again)?.expose(), after.expose(), "importing again changes nothing");
    Ok(())
}

/// For the fuzz target: parses what is inside the encryption.
///
/// # Errors
/// What is wrong with it.
#[doc(hidden)]
pub fn parse_content(bytes: &[u8]) -> Result<()> {
    let path = Path::new("keystore");
    let kms = content::parse(path, bytes)?;
    let written = kms.last_written().expect("stored content says when it was written");
    let again = content::to_json(&kms, written)?;
    let reread = content::to_json(&content::parse(path, again.expose())?, written)?;
    assert_eq!(again.expose(), reread.expose(), "content that parses is written as it was read");
    Ok(())
}
