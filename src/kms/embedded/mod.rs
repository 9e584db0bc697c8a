//! The state of the embedded KMS, and the operations on it. Nothing here does I/O.
//!
//! A file may use those of the lines above its own, and none below:
//!
//! | files | what |
//! | --- | --- |
//! | `ciphertext`, `key_pair`, `material`, `tags`, `alias_name` | what a key is made of, and the rules for its names |
//! | `key` | a key as it is stored |
//! | `state` | all keys and aliases of all Regions |
//! | `clock` | how far the clock is believed |
//! | `key_state` | what a key is at this moment |
//! | `key_handle`, `key_cryptography`, `multi_region` | a key that was looked up, and what it can do |
//! | `lookup`, `key_directory` | from a name, an ARN or a public part to the key |
//! | `key_policy`, `imported_key_metadata`, `describe_key` | what is told of a key |
//! | the others | the operations, one file per subject; `kms_calls` and `keyring` are what keyrings use |
//!
//! An operation looks its key up once and holds it ([`key_handle::KeyRef`]). In a file of an operation stands also what it answers.

mod alias_name;
mod aliases;
pub(in crate::kms) mod ciphertext;
mod clock;
mod create_key;
mod default_key;
mod deletion;
mod derive_shared_secret;
mod describe_key;
mod encrypt_decrypt;
mod export_import;
mod generate;
mod get_public_key;
mod import_public_keys;
mod imported_key_metadata;
mod key;
mod key_cryptography;
mod key_directory;
mod key_handle;
mod key_pair;
mod key_policy;
mod key_properties;
mod key_state;
mod keyring;
mod kms_calls;
mod lookup;
mod material;
mod multi_region;
mod replicate_key;
mod rotation;
mod state;
mod tagging;
mod tags;
#[cfg(test)]
mod tests;
mod update_primary_region;

pub(in crate::kms) use alias_name::check_name as check_alias_name;
pub use aliases::AliasListEntry;
pub use clock::ClockDoubt;
pub use create_key::{CreateKey, NewKey};
pub use default_key::DEFAULT_KEY_ALIAS;
pub use deletion::{ExpiredKey, KeyDeletion};
pub use derive_shared_secret::DerivedSharedSecret;
pub use describe_key::{KeyDescription, KeyListEntry, KeyMetadata, MultiRegionConfiguration, MultiRegionKey};
pub use encrypt_decrypt::{Decrypted, Encrypted, ReEncrypt, ReEncrypted, material_id};
pub use export_import::Imported;
pub use generate::{GeneratedDataKey, GeneratedRandom, generate_random};
pub use get_public_key::KeyPublicKey;
pub use import_public_keys::{ImportPublicKeys, ImportedAlias, ImportedPublicKey, ImportedPublicKeys, WhatHappened};
pub use imported_key_metadata::ImportedKeyMetadata;
pub use key::KeyManager;
pub(in crate::kms) use key::{AutomaticRotation, Deletion, Key, MultiRegion};
pub(in crate::kms) use key_pair::KeyPair;
pub(in crate::kms) use key_policy::check as check_key_policy;
pub use key_state::KeyState;
pub(crate) use lookup::{EMBEDDED_PREFIX, is_written_as_embedded};
pub use material::RotationType;
pub(in crate::kms) use material::{KeyMaterial, Material, MaterialVersions};
pub use replicate_key::ReplicatedKey;
pub use rotation::{KeyRotationStatus, RotationsListEntry};
pub(in crate::kms) use state::Clock;
pub(in crate::kms) use state::{Alias, RegionState};
pub use state::{ComparisonKey, EmbeddedKms};
pub use tags::KeyTag;
pub(in crate::kms) use tags::{Tags, are_valid as are_valid_tags};
