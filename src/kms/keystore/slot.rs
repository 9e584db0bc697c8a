//! The slot: the root key, wrapped under a key file or a passphrase.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::encoding::Base64;
use crate::{
    crypto::{Argon2Parameters, Random, WrappingKey, argon2id, hkdf_sha512, random_array},
    error::{Error, Result},
    secret::SecretBytes,
};

const INFO: &[u8] = b"coldseal keystore v1 slot";
/// Used once per wrapping key, as each has a fresh salt.
const IV: [u8; 12] = [0; 12];

/// The key that everything in a keystore hangs on; 32 bytes. A clone shares them.
#[derive(Debug, Clone)]
pub(super) struct RootKey(Arc<SecretBytes>);

impl RootKey {
    const LENGTH: usize = 32;

    /// A fresh root key.
    pub(super) fn generate(random: &dyn Random) -> Result<Self> {
        let mut bytes = SecretBytes::zeroed(Self::LENGTH);
        random.fill(bytes.expose_mut())?;
        Ok(Self(Arc::new(bytes)))
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

/// The wrapped root key with all that it takes to unwrap it but the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum Slot {
    KeyFile { salt: Base64<32>, wrapped_root_key: Base64<48> },
    Passphrase { kdf: Kdf, memory_kib: u32, iterations: u32, parallelism: u32, salt: Base64<16>, wrapped_root_key: Base64<48> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kdf {
    #[serde(rename = "argon2id")]
    Argon2id,
}

impl Slot {
    /// Wraps the root key under a key file.
    pub(super) fn under_key_file(keystore_id: &str, root_key: &RootKey, key: &SecretBytes, random: &dyn Random) -> Result<Self> {
        let salt = random_array(random)?;
        let sealed = key_file_key(key, &salt).seal(IV, &key_file_aad(keystore_id, &salt), root_key.expose())?;
        Ok(Self::KeyFile { salt: Base64(salt), wrapped_root_key: wrapped(&sealed) })
    }

    /// Wraps the root key under a passphrase, with the default cost.
    pub(super) fn under_passphrase(keystore_id: &str, root_key: &RootKey, passphrase: &SecretBytes, random: &dyn Random) -> Result<Self> {
        let (salt, cost) = (random_array(random)?, Argon2Parameters::DEFAULT);
        let sealed = passphrase_key(passphrase, &salt, cost)?.seal(IV, &passphrase_aad(keystore_id, &salt, cost), root_key.expose())?;
        let Argon2Parameters { memory_kib, iterations, parallelism } = cost;
        let (salt, wrapped_root_key) = (Base64(salt), wrapped(&sealed));
        Ok(Self::Passphrase { kdf: Kdf::Argon2id, memory_kib, iterations, parallelism, salt, wrapped_root_key })
    }

    /// Unwraps the root key with the bytes of the key file, or with the passphrase.
    ///
    /// # Errors
    /// [`Error::Decryption`] for any other secret, and for a slot that was changed.
    pub(super) fn unwrap(&self, keystore_id: &str, secret: &SecretBytes) -> Result<RootKey> {
        let opened = match self {
            Self::KeyFile { salt, wrapped_root_key } => {
                key_file_key(secret, &salt.0).open(IV, &key_file_aad(keystore_id, &salt.0), &wrapped_root_key.0)
            }
            Self::Passphrase { salt, wrapped_root_key, .. } => {
                let cost = self.cost().expect("a passphrase slot has a cost");
                passphrase_key(secret, &salt.0, cost)?.open(IV, &passphrase_aad(keystore_id, &salt.0, cost), &wrapped_root_key.0)
            }
        };
        opened.map(|bytes| RootKey(Arc::new(bytes)))
    }

    /// Refuses a cost that would let a changed file exhaust memory or time; the error is for people.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.cost() {
            Some(cost) if !cost.are_acceptable() => Err(format!("its Argon2id parameters are outside {}", Argon2Parameters::BOUNDS)),
            _ => Ok(()),
        }
    }

    fn cost(&self) -> Option<Argon2Parameters> {
        match *self {
            Self::KeyFile { .. } => None,
            Self::Passphrase { memory_kib, iterations, parallelism, .. } => Some(Argon2Parameters { memory_kib, iterations, parallelism }),
        }
    }
}

fn wrapped(sealed: &[u8]) -> Base64<48> {
    Base64(sealed.try_into().expect("32 bytes and a tag are 48 bytes"))
}

fn key_file_key(key: &SecretBytes, salt: &[u8; 32]) -> WrappingKey {
    WrappingKey::new(&hkdf_sha512(key.expose(), salt, &[INFO])[..]).expect("AES-256 keys have 32 bytes")
}

fn passphrase_key(passphrase: &SecretBytes, salt: &[u8; 16], cost: Argon2Parameters) -> Result<WrappingKey> {
    let key = argon2id(passphrase.expose(), salt, cost)?;
    WrappingKey::new(&key[..]).ok_or(Error::Misuse("AES-256 keys have 32 bytes"))
}

/// `kind` 1.
fn key_file_aad(keystore_id: &str, salt: &[u8; 32]) -> Vec<u8> {
    [INFO, keystore_id.as_bytes(), &[1], salt].concat()
}

/// `kind` 2; m, t and p as u32.
fn passphrase_aad(keystore_id: &str, salt: &[u8; 16], cost: Argon2Parameters) -> Vec<u8> {
    let [m, t, p] = [cost.memory_kib, cost.iterations, cost.parallelism].map(u32::to_be_bytes);
    [INFO, keystore_id.as_bytes(), &[2], &m, &t, &p, salt].concat()
}
