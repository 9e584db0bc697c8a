//! The embedded KMS: AWS KMS's keys, aliases and states per Region, in one keystore file. It never touches a network.
//!
//! | need | use |
//! | --- | --- |
//! | look keys up, decrypt | [`KeystoreLocation::load`] |
//! | make or change keys | [`KeystoreSession`] |
//! | key file or passphrase | [`KeystoreLocation::change_protection`] |
//! | AWS KMS itself, over the network | [`AwsKms`] (feature `kms-client`) |
//!
//! [`EmbeddedKms`] is the state itself, without I/O. A change has to be committed before anything
//! is sealed under a new key: what seals for a secret demands [`KeysDurable`], which the commit gives.
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

mod aws;
mod embedded;
mod encryption_algorithm;
mod imported;
pub(crate) mod key_choice;
mod key_id;
mod key_spec;
mod keystore;
pub(crate) mod member_limits;
mod public_key;
pub(crate) mod secret_json;

pub(crate) use aws::OnlineKeyring;
#[cfg(test)]
pub(crate) use aws::fake;
#[cfg(feature = "kms-client")]
pub use aws::{AwsKms, AwsKmsOptions, CaBundle, CaBundleError, CallCounts};
pub use aws::{LimitedKms, OnlineKey, OnlineKms, OnlineOpening};
#[cfg(test)]
use embedded::Clock;
pub use embedded::{
    AliasListEntry, ClockDoubt, ComparisonKey, CreateKey, DEFAULT_KEY_ALIAS, Decrypted, DerivedSharedSecret, EmbeddedKms, Encrypted,
    ExpiredKey, GeneratedDataKey, GeneratedRandom, ImportPublicKeys, Imported, ImportedAlias, ImportedKeyMetadata, ImportedPublicKey,
    ImportedPublicKeys, KeyDeletion, KeyDescription, KeyListEntry, KeyManager, KeyMetadata, KeyPublicKey, KeyRotationStatus, KeyState,
    KeyTag, MultiRegionConfiguration, MultiRegionKey, NewKey, ReEncrypt, ReEncrypted, ReplicatedKey, RotationType, RotationsListEntry,
    WhatHappened, generate_random, material_id,
};
pub(crate) use embedded::{EMBEDDED_PREFIX, is_written_as_embedded};
pub use encryption_algorithm::EncryptionAlgorithm;
pub use imported::{KmsPublicKey, NamedKey, PublicKeyFile};
pub(crate) use key_id::is_key_id;
pub(crate) use key_id::random_uuid;
pub use key_spec::{KeySpec, KeyUsage};
#[cfg(feature = "kms-endpoint")]
pub(crate) use keystore::LiveKeystore;
#[cfg(feature = "cli")]
pub(crate) use keystore::begins_as_keystore;
#[cfg(fuzzing)]
pub use keystore::fuzzing;
pub use keystore::{
    Committed, KeyFileOnly, KeysDurable, KeystoreLocation, KeystoreSession, Passphrases, Protection, ProtectionChanged, SecretFileAccess,
};
pub use public_key::PublicKey;
