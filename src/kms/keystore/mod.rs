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
mod location;
mod passphrases;
mod protection;
mod session;
mod slot;
#[cfg(all(test, unix))]
mod tests;
mod unlock;

use std::path::Path;

pub use durable_keys::{Committed, KeysDurable};
#[cfg(feature = "kms-endpoint")]
pub(crate) use live::LiveKeystore;
pub use location::KeystoreLocation;
pub use passphrases::{KeyFileOnly, Passphrases};
pub use protection::{Protection, ProtectionChanged};
pub use session::KeystoreSession;

use super::EmbeddedKms;
use crate::error::Result;

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
