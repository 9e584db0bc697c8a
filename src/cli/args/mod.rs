//! Groups of flags that several commands have. Nothing here is checked against files, keys or the vault.

mod each_secret;
mod global;
mod keys;
pub(crate) mod kms;
mod message;
mod outputs;
mod paging;
mod recovery;
mod region_problems;
mod secret_value;
mod serve;
mod serving;
mod signed_reading;
mod signed_writing;
mod signing;

pub(crate) use each_secret::EachSecretArgs;
pub(crate) use global::{Color, GlobalArgs};
pub(crate) use keys::KeyArgs;
pub(crate) use message::{FrameArgs, MessageArgs, ThreadsArgs};
pub(crate) use outputs::{OutputArgs, RegionBundleArgs, WriteArgs};
pub(crate) use paging::{KmsPagingArgs, PagingArgs};
pub(crate) use recovery::{OpeningKeyArgs, RawOpeningKeyArgs, ValueOpeningArgs, WrapArgs};
pub(crate) use region_problems::RegionProblemArgs;
pub(crate) use secret_value::SecretValueArgs;
#[cfg(feature = "kms-endpoint")]
pub(crate) use serve::SERVED_KMS;
pub(crate) use serve::ServeSecretsArgs;
pub(crate) use serving::EndpointArgs;
pub(crate) use signed_reading::{FreshnessArgs, SignedReadingArgs};
pub(crate) use signed_writing::SignedWritingArgs;
pub(crate) use signing::{SignersArgs, SigningKeyArgs};
