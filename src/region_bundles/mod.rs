//! Sealing for Regions: from one payload one message for each Region, each under that Region's key.
//!
//! ```text
//! RegionPlan::new    every Region's key is found, or every problem told at once
//! session.commit()   keys that were made for it are durable, and KeysDurable is the proof
//! RegionPlan::seal   the data key is wrapped for every Region, or every Region whose key does not wrap is told
//! write, write_files the payload is read once; of several files all appear or none
//! ```
//!
//! All messages have one data key, and each a message id and frames of its own. Each says which Region it is for, in the pair
//! [`REGION_PAIR`] of its encryption context, so that the one of another Region cannot be put in its place unnoticed.
//!
//! ```
//! use coldseal::{
//!     EncryptionContext, OpenOptions, SealOptions,
//!     keyring::AwsKmsDiscoveryKeyring,
//!     kms::{KeyFileOnly, KeystoreLocation, KeystoreSession},
//!     open,
//!     region_bundles::{REGION_PAIR, RegionPlan},
//!     vault::{KeyOptions, ReplicaRegion},
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let location = KeystoreLocation::new(folder.path().join("keystore.json"));
//! let mut session = KeystoreSession::begin(&location, &KeyFileOnly, None)?;
//! let keys = KeyOptions::default();
//! let regions = ["us-west-2", "eu-west-1"].map(ReplicaRegion::new);
//!
//! let plan = RegionPlan::new(session.kms_mut(), &keys, &regions)?;
//! let durable = session.commit()?;
//! let context = EncryptionContext::from_iter([("purpose", "example")]);
//! let bundles = plan.seal(&durable, &keys, &b"attack at dawn"[..], &context, SealOptions::default())?;
//!
//! let (mut west, mut europe) = (Vec::new(), Vec::new());
//! bundles.write(vec![&mut west, &mut europe])?;
//!
//! let mut options = OpenOptions::default();
//! options.required_context.push((REGION_PAIR.to_owned(), Some("eu-west-1".to_owned())));
//! let mut plaintext = Vec::new();
//! open(&europe[..], &mut plaintext, &[&AwsKmsDiscoveryKeyring::new(session.kms())], &options)?;
//! assert_eq!(plaintext, b"attack at dawn");
//! # Ok(())
//! # }
//! ```

mod files;
mod plan;
#[cfg(test)]
mod tests;
mod wrapped;

pub use files::Writing;
pub use plan::RegionPlan;
pub use wrapped::RegionBundles;

pub use crate::message::REGION_PAIR;
