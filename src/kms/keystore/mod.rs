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
#[cfg(fuzzing)]
pub mod fuzzing;
mod key_file;
mod keystore_lock;
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

pub use crate::durable::SecretFileAccess;
pub use durable_keys::{Committed, KeysDurable};
#[cfg(feature = "cli")]
pub(crate) use envelope::begins_as_keystore;
#[cfg(feature = "kms-endpoint")]
pub(crate) use live::LiveKeystore;
pub use location::KeystoreLocation;
pub use passphrases::{KeyFileOnly, Passphrases};
pub use protection::{Protection, ProtectionChanged};
pub use session::KeystoreSession;
