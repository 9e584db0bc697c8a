//! What the fuzz targets need of the inside.

use std::path::Path;

use super::{content, envelope};
use crate::{arn::KeyArn, error::Result, kms::EmbeddedKms, secret::SecretBytes, timestamp::Timestamp};

/// A keystore file up to its encryption.
#[derive(Debug, PartialEq, Eq)]
pub struct KeystoreFile(envelope::Envelope);

impl KeystoreFile {
    /// What a keystore file says outside its encryption.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        envelope::Envelope::parse(Path::new("keystore"), bytes).map(Self)
    }

    /// As it is written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        envelope::write_file(&self.0.header_bytes, &self.0.sealed_content)
    }
}

/// What is inside a keystore's encryption.
///
/// # Errors
/// What is wrong with it.
pub fn parse_content(bytes: &[u8]) -> Result<EmbeddedKms> {
    content::parse(Path::new("keystore"), bytes)
}

/// What is inside a keystore's encryption when it is written at this time.
///
/// # Errors
/// It cannot be written.
pub fn write_content(kms: &EmbeddedKms, written: Timestamp) -> Result<SecretBytes> {
    content::to_json(kms, written)
}

/// Whether a key with key material is there.
#[must_use]
pub fn holds(kms: &EmbeddedKms, key: &KeyArn) -> bool {
    kms.stored_key(key).is_some()
}

/// Keys of all Regions, imported public keys among them.
#[must_use]
pub fn key_count(kms: &EmbeddedKms) -> usize {
    kms.regions.values().map(|state| state.keys.len() + state.imported.len()).sum()
}
