//! Public keys of keys in AWS KMS, from the answers of
//! [GetPublicKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html). They wrap data keys here; only AWS KMS
//! unwraps them.

mod kms_public_key;
mod public_key_file;
#[cfg(test)]
mod tests;

pub use kms_public_key::KmsPublicKey;
pub use public_key_file::{NamedKey, PublicKeyFile};

use crate::timestamp::Timestamp;

/// A public key with what is known of its import.
#[derive(Debug, Clone)]
pub(super) struct ImportedKey {
    pub(super) public_key: KmsPublicKey,
    pub(super) import_date: Timestamp,
}
