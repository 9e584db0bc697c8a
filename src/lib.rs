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
//! | seal one payload for several Regions, each under its own KMS key | [`region_bundles::RegionPlan`] |
//! | KMS keys without a network | [`kms::EmbeddedKms`], kept by [`kms::KeystoreSession`] |
//! | AWS KMS itself, over the network | [`kms::AwsKms`] (feature `kms-client`) |
//! | secrets with versions, replicas and metadata | [`vault::Vault`] |
//! | a vault checked without a key | [`vault::verify`] |
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

pub mod arn;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod crypto;
mod durable;
pub mod error;
#[doc(hidden)]
pub mod format;
#[doc(hidden)]
pub mod json_stream;
pub mod keyring;
pub mod kms;
pub mod message;
pub mod page;
mod parallel;
mod policy;
pub mod region;
pub mod region_bundles;
mod secret;
mod sequence_number;
#[doc(hidden)]
pub mod shorthand;
mod suite;
mod text;
mod timestamp;
pub mod vault;

pub use error::{Error, ErrorCode, FormatError, FormatProblem, KeyProblem, Refusal, Result, SetupError};
pub use format::{ContentType, EncryptedDataKey, EncryptionContext, Header, HeaderLimits, MessageId};
pub use message::{FrameLength, OpenOptions, Opened, SealOptions, Sealed, inspect, open, rewrap, seal};
pub use secret::{DataKey, SecretBytes};
pub use suite::AlgorithmSuite;
pub use timestamp::{NotATime, Timestamp};

/// The README's library example is compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
