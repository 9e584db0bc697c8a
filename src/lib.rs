//! coldseal packs secrets on a machine that need not have a network.
//!
//! A payload becomes one AWS Encryption SDK message (format 2.0, suite `0x0478`, or `0x0578` with a signature) per AWS Region, each under that Region's KMS key.
//!
//! | need | use |
//! | --- | --- |
//! | encrypt a stream for one or more keys | [`seal`] with [`keyring`]s |
//! | decrypt one | [`open`], for a pipe [`message::open_held`], or [`message::Opener`] to look at the authenticated header first |
//! | other keys for an existing message | [`rewrap`] |
//! | look at a message without a key | [`inspect`] |
//! | one payload for several Regions, each under its own KMS key | [`region_bundles::RegionPlan`] |
//! | KMS keys without a network | [`kms::EmbeddedKms`], kept by [`kms::KeystoreSession`] |
//! | AWS KMS itself, over the network | `kms::AwsKms` (feature `kms-client`) |
//! | secrets with versions, replicas and metadata | [`vault::Vault`] |
//! | a vault checked without a key | [`vault::verify`] |
//!
//! `examples/` in the source has a program for each of the four that follow.
//!
//! # Files
//!
//! ```
//! use coldseal::{EncryptionContext, OpenOptions, SealOptions, SecretBytes, keyring::RawAesKeyring, open, seal};
//!
//! # fn main() -> coldseal::Result<()> {
//! let keyring = RawAesKeyring::new("example", "key-1", &SecretBytes::new(vec![7; 32]))?;
//! let context: EncryptionContext = [("purpose", "example")].into_iter().collect();
//!
//! let mut message = Vec::new();
//! seal(&b"attack at dawn"[..], &mut message, &[&keyring], &context, SealOptions::default())?;
//!
//! let mut plaintext = Vec::new();
//! let opened = open(&message[..], &mut plaintext, &[&keyring], &OpenOptions::default())?;
//! assert_eq!(plaintext, b"attack at dawn");
//! assert_eq!(opened.header.encryption_context, context);
//! # Ok(())
//! # }
//! ```
//!
//! # Regions
//!
//! Every Region's key is found first; keys are durable before anything is sealed under them, which is what [`kms::KeysDurable`] proves.
//!
//! ```
//! use coldseal::{
//!     EncryptionContext, SealOptions,
//!     kms::{KeyFileOnly, KeystoreLocation, KeystoreSession},
//!     region_bundles::{RegionPlan, Writing},
//!     vault::{KeyOptions, ReplicaRegion},
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let location = KeystoreLocation::new(folder.join("keystore.json"));
//! let mut session = KeystoreSession::begin(&location, &KeyFileOnly, None)?;
//! let keys = KeyOptions::default();
//! let plan = RegionPlan::new(session.kms_mut(), &keys, &["us-west-2", "eu-west-1"].map(ReplicaRegion::new))?;
//! let durable = session.commit()?;
//! let bundles = plan.seal(&durable, &keys, &b"attack at dawn"[..], &EncryptionContext::new(), SealOptions::default())?;
//! bundles.write_files(folder, &["us-west-2.bundle", "eu-west-1.bundle"], Writing::default())?;
//! # assert!(folder.join("eu-west-1.bundle").exists());
//! # Ok(())
//! # }
//! ```
//!
//! # A vault, under keys of the embedded KMS
//!
//! ```
//! use coldseal::{
//!     SecretBytes,
//!     kms::{KeyFileOnly, KeystoreLocation, KeystoreSession},
//!     region::Region,
//!     vault::{CreateSecret, KeyOptions, PayloadKind, ReplicaRegion, SecretValue, Vault, VersionSelector},
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! # let (west, europe) = (Region::new("us-west-2").ok_or("")?, Region::new("eu-west-1").ok_or("")?);
//! let location = KeystoreLocation::new(folder.join("keystore.json"));
//! let vault = Vault::new(folder.join("vault"));
//!
//! let mut session = KeystoreSession::begin(&location, &KeyFileOnly, None)?;
//! let mut request = CreateSecret::new("production/db", west);
//! request.value = Some(SecretValue::new(PayloadKind::String, SecretBytes::new(b"attack at dawn".to_vec()))?);
//! request.replicas = vec![ReplicaRegion::new("eu-west-1")];
//! vault.create_secret(&mut session, &KeyOptions::default(), &request)?;
//!
//! let kms = location.load(&KeyFileOnly)?.expect("made above");
//! let entry = vault.get_secret_value(&kms, "production/db", Some(europe), &VersionSelector::default())?;
//! assert_eq!(entry.value.expose(), b"attack at dawn");
//! # Ok(())
//! # }
//! ```
//!
//! # AWS KMS
//!
//! With the feature `kms-client`, and the credentials and settings that the AWS CLI would use.
//!
//! ```no_run
//! # #[cfg(feature = "kms-client")]
//! # fn main() -> coldseal::Result<()> {
//! use coldseal::{EncryptionContext, SealOptions, keyring::AwsKmsKeyring, kms::{AwsKms, AwsKmsOptions, OnlineKms as _}, region::Region, seal};
//!
//! let kms = AwsKms::new(AwsKmsOptions::default())?;
//! let key = kms.describe_key(Region::new("us-west-2").expect("a Region of AWS"), "alias/example")?.arn;
//! let mut message = Vec::new();
//! seal(&b"attack at dawn"[..], &mut message, &[&AwsKmsKeyring::new(&kms, key)], &EncryptionContext::new(), SealOptions::default())?;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "kms-client"))]
//! # fn main() {}
//! ```

pub mod arn;
#[cfg(feature = "cli")]
pub mod cli;
pub mod crypto;
mod durable;
#[cfg(feature = "kms-endpoint")]
pub mod endpoint;
pub mod error;
mod format;
pub mod keyring;
pub mod kms;
pub mod message;
pub mod package;
pub mod page;
mod parallel;
mod policy;
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
mod protocol;
pub mod region;
pub mod region_bundles;
mod secret;
mod sequence_number;
mod store;
mod suite;
mod text;
mod timestamp;
pub mod vault;

pub use error::{Error, ErrorCode, FormatError, FormatProblem, KeyProblem, Refusal, Result, SetupError};
pub use format::{ContentType, EncryptedDataKey, EncryptionContext, EncryptionContextPairs, Header, HeaderLimits, MessageId, ParsedHeader};
pub use message::{FrameLength, OpenOptions, Opened, SealOptions, Sealed, inspect, open, rewrap, seal};
pub use secret::{DataKey, SecretBytes};
pub use suite::AlgorithmSuite;
pub use timestamp::{ClockOutOfRange, NotATime, Timestamp};

/// The README's library example is compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
