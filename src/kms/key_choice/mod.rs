//! Which key: from what a user named, or did not name, to the key that is meant.
//!
//! A name means a key of the keystore, embedded or imported, or with AWS KMS at hand one there; one that could mean two is refused. Where
//! nothing is named, a Region has a key that was set, else the default key, which is made when it is first needed. The command line reads
//! words, the vault reads records; both come here with them.

mod chosen_key;
mod key_options;
mod known_keys;
mod problem;
mod region_key;
mod unchosen;

pub(crate) use chosen_key::ChosenKey;
#[cfg(any(test, feature = "cli"))]
pub(crate) use chosen_key::KeyOrigin;
pub(crate) use key_options::borrowed;
pub use key_options::{KeyOptions, RecoveryKey};
#[cfg(any(test, feature = "cli"))]
pub(crate) use known_keys::KeyPurpose;
pub(crate) use problem::{Problem, check_suite, check_suite_of_all, refusal, wrap_problem};
pub use region_key::ReplicaRegion;
#[cfg(feature = "cli")]
pub(crate) use region_key::names_default_key;
pub(crate) use region_key::{Named, key_of_region, name_of_key};
pub(crate) use unchosen::{UntouchedRegions, unchosen_keys};
