//! The vault: a directory of secrets, each with metadata and one bundle per version and Region. It holds no keys.
//!
//! Reading needs no lock; one writer at a time holds one. A crash at any point leaves each secret as before or as after.

mod batch;
mod bundle;
mod change;
mod commit;
mod create;
mod dependents;
mod describe;
mod edk_record;
mod family;
mod keys;
mod layout;
mod list;
mod lookup;
mod openers;
mod parameters;
mod plan;
mod read;
mod record;
mod replicate;
mod resource_policy;
mod rewrap;
mod rotation;
mod seal_version;
mod settle;
mod tagging;
mod value;
mod verify;
mod walk;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use batch::{Batch, BatchEntry, BatchStatus, BatchWriter};
pub use create::CreateSecret;
pub use describe::{BundleInfo, ReplicationStatus, SecretChange, SecretDescription, SecretListEntry, VersionStages};
#[doc(hidden)]
pub use family::parse_secret;
pub use keys::{KeyOptions, RecoveryKey};
pub use list::{FilterKey, ListSecrets, SecretFilter, SortBy, SortOrder};
pub use plan::{DEFAULT_KEY_ALIAS, NameClash, OnProblem, ReplicaRegion};
pub use read::{SecretValueEntry, VersionSelector};
pub use record::{DataKeyScope, ReplicaStatus, Tag};
pub use replicate::ReplicateSecret;
pub use resource_policy::ResourcePolicy;
pub use rewrap::RewrapSecret;
pub use rotation::{RotationRules, RotationRulesType};
pub use value::{MAX_SECRET_LENGTH, PayloadKind, SecretValue};
pub use verify::{Finding, OpenCounts, OtherRegions, VerifyOptions, VerifyReport, verify};

#[cfg(feature = "cli")]
pub(crate) use bundle::is_reserved;
pub(crate) use keys::borrowed;
#[cfg(feature = "cli")]
pub(crate) use openers::Openers;
#[cfg(feature = "cli")]
pub(crate) use parameters::check_tags;
pub(crate) use plan::{Named, Problem, Target, UntouchedRegions, check_suite_of_all, refusal, target, unchosen_keys};
pub(crate) use seal_version::wrap_problem;

use crate::{
    durable::{self, Lock},
    error::{Damage, Error, Result, SetupError},
};

/// A vault at a path; the directory is made by the first writing command.
#[derive(Debug, Clone)]
pub struct Vault {
    root: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Marker {
    format: u32,
}

impl Vault {
    /// The vault at `root`, which need not exist.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// True when there is a vault; false too where that cannot be seen.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.is_there().unwrap_or_default()
    }

    /// Whether there is a vault. A directory that may not be looked into is an error, not an absent vault.
    fn is_there(&self) -> Result<bool> {
        let absolute = self.absolute_root();
        let looked = family::looked_at(&self.root.join(layout::MARKER));
        let marker = looked.map_err(|error| Error::io_at("looking for the vault at", &absolute, error))?;
        Ok(marker.is_some_and(|marker| marker.is_file()))
    }

    /// Fails unless there is a vault in a format that this version reads.
    ///
    /// # Errors
    /// [`Error::Setup`] that names the path; a directory that cannot be looked into.
    pub fn require(&self) -> Result<()> {
        if !self.is_there()? {
            return Err(SetupError::NoVault(self.absolute_root()).into());
        }
        let path = self.root.join(layout::MARKER);
        let marker: Marker = serde_json::from_slice(&family::read_bounded(&path, 4096)?)
            .map_err(|_| Error::damaged(&path, "not the JSON of a vault's format number"))?;
        if marker.format != record::FORMAT {
            return Err(Error::Damaged { path, what: Damage::Format { found: marker.format, known: record::FORMAT } });
        }
        Ok(())
    }

    /// Makes the directory and its marker when they are missing.
    fn initialize(&self) -> Result<()> {
        if self.is_there()? {
            return Ok(());
        }
        durable::create_dir_all(&self.root.join(layout::SECRETS))?;
        let mut marker =
            serde_json::to_vec_pretty(&Marker { format: record::FORMAT }).map_err(|_| Error::Misuse("a number is always JSON"))?;
        marker.push(b'\n');
        match durable::write_new(&self.root.join(layout::MARKER), &marker) {
            // Another writer was first.
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        }
    }

    fn lock(&self) -> Result<Lock> {
        Lock::exclusive(&self.root.join(layout::LOCK))
    }

    fn absolute_root(&self) -> PathBuf {
        std::path::absolute(&self.root).unwrap_or_else(|_| self.root.clone())
    }
}

#[cfg(test)]
mod tests;
