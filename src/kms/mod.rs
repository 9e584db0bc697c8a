//! The embedded KMS: AWS KMS's keys, aliases and states per Region, in one keystore file. It never touches a network.
//!
//! | need | use |
//! | --- | --- |
//! | look keys up, decrypt | [`KeystoreLocation::load`] |
//! | make or change keys | [`KeystoreSession`] |
//! | key file or passphrase | [`KeystoreLocation::change_protection`] |
//! | AWS KMS itself, over the network | [`AwsKms`] (feature `kms-client`) |
//!
//! [`EmbeddedKms`] is the state itself, without I/O. **A change has to be committed before anything wrapped under a new key is written.**
//!
//! ```
//! use coldseal::{EncryptionContext, OpenOptions, SealOptions, arn::AccountId, keyring::AwsKmsKeyring, kms::EmbeddedKms, open, region::Region, seal};
//!
//! # fn main() -> coldseal::Result<()> {
//! let region = Region::new("us-west-2").expect("a Region of AWS");
//! let mut kms = EmbeddedKms::new(AccountId::embedded())?;
//! kms.create_key(region, "example")?;
//! let key = kms.ensure_default_key(region)?;
//! let keyring = AwsKmsKeyring::new(&kms, key);
//!
//! let mut message = Vec::new();
//! seal(&b"attack at dawn"[..], &mut message, &[&keyring], &EncryptionContext::new(), SealOptions::default())?;
//! let mut plaintext = Vec::new();
//! open(&message[..], &mut plaintext, &[&keyring], &OpenOptions::default())?;
//! assert_eq!(plaintext, b"attack at dawn");
//! # Ok(())
//! # }
//! ```

mod algorithm;
mod aliases;
mod answers;
mod asymmetric;
#[cfg(feature = "kms-client")]
mod aws;
mod ciphertext;
mod create_key;
mod cryptography;
#[cfg(feature = "kms-endpoint")]
pub mod endpoint;
mod imported;
mod key_pair;
mod key_spec;
mod keyrings;
mod keys;
mod keystore;
mod lookup;
mod material;
mod metadata;
mod model;
mod multi_region;
mod online;
mod opening;
mod operations;
mod policy;
mod purge;
mod rotation;
mod secret_json;
mod sources;
mod states;
mod tags;
#[cfg(test)]
mod tests;
mod transfer;

pub use algorithm::EncryptionAlgorithm;
pub use answers::{DerivedSharedSecret, KeyDeletion, KeyPublicKey, KeyRotationStatus, ReplicatedKey, RotationsListEntry, Tag};
#[cfg(feature = "kms-client")]
pub use aws::{AwsKms, AwsKmsOptions, CallCounts};
pub use create_key::{CreateKey, NewKey};
pub use cryptography::{Encrypted, GeneratedDataKey, GeneratedRandom, ReEncrypt, ReEncrypted};
#[doc(hidden)]
pub use imported::check_public_key_file;
pub use imported::{
    ImportPublicKeys, ImportedAlias, ImportedKeyMetadata, ImportedPublicKey, ImportedPublicKeys, KeyDescription, KmsPublicKey, NamedKey,
    PublicKeyFile, WhatHappened,
};
pub use key_pair::PublicKey;
pub use key_spec::{KeySpec, KeyUsage};
pub use keys::KeyManager;
pub use keystore::{Committed, KeystoreLocation, KeystoreSession, Passphrases, Protection, ProtectionChanged};
#[doc(hidden)]
pub use keystore::{merge_contents, parse_content, parse_keystore};
pub(crate) use lookup::is_written_as_embedded;
pub use metadata::{AliasListEntry, KeyListEntry, KeyMetadata, MultiRegionConfiguration, MultiRegionKey};
pub use model::{ComparisonKey, EmbeddedKms};
#[cfg(test)]
pub(crate) use online::fake;
pub use online::{LimitedKms, OnlineKey, OnlineKms};
pub(crate) use opening::OnlineKeyring;
pub use opening::OnlineOpening;
pub use operations::{Decrypted, generate_random, material_id};
#[doc(hidden)]
pub use policy::parse_key_policy;
pub use purge::ExpiredKey;
pub use rotation::RotationType;
pub(crate) use sources::{FoundKey, KeyPurpose, KeySource, KeySources};
pub use states::KeyState;
pub use transfer::Imported;
