//! The state of the embedded KMS, and the operations on it. Nothing here does I/O.

pub(in crate::kms) mod algorithm;
pub(in crate::kms) mod aliases;
pub(in crate::kms) mod answers;
pub(in crate::kms) mod asymmetric;
pub(in crate::kms) mod ciphertext;
pub(in crate::kms) mod create_key;
pub(in crate::kms) mod cryptography;
pub(in crate::kms) mod key_pair;
pub(in crate::kms) mod key_spec;
pub(in crate::kms) mod keyrings;
pub(in crate::kms) mod keys;
pub(in crate::kms) mod lookup;
pub(in crate::kms) mod material;
pub(in crate::kms) mod metadata;
pub(crate) mod model;
pub(in crate::kms) mod multi_region;
pub(in crate::kms) mod operations;
pub(in crate::kms) mod policy;
pub(in crate::kms) mod purge;
pub(in crate::kms) mod rotation;
pub(crate) mod secret_json;
pub(in crate::kms) mod states;
pub(in crate::kms) mod tags;
#[cfg(test)]
mod tests;
pub(in crate::kms) mod transfer;

use super::imported;

pub use algorithm::EncryptionAlgorithm;
pub use answers::{DerivedSharedSecret, KeyDeletion, KeyPublicKey, KeyRotationStatus, ReplicatedKey, RotationsListEntry, Tag};
pub use create_key::{CreateKey, NewKey};
pub use cryptography::{Encrypted, GeneratedDataKey, GeneratedRandom, ReEncrypt, ReEncrypted};
pub use key_pair::PublicKey;
pub use key_spec::{KeySpec, KeyUsage};
pub use keys::KeyManager;
pub(crate) use lookup::is_written_as_embedded;
pub use metadata::{AliasListEntry, KeyListEntry, KeyMetadata, MultiRegionConfiguration, MultiRegionKey};
pub use model::{ComparisonKey, EmbeddedKms};
pub use operations::{Decrypted, generate_random, material_id};
pub use policy::parse_key_policy;
pub use purge::ExpiredKey;
pub use rotation::RotationType;
pub use states::KeyState;
pub use transfer::Imported;
