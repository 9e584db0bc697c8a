//! The vault: secrets, each with metadata and one bundle per version and Region. It holds no keys.
//!
//! Where it lies is a store's business. A change is a function of what was read; a crash at any point leaves each secret as before or as after.

mod batch;
mod bundle;
mod change;
mod check_new_version;
mod create;
mod create_preview;
mod delete;
mod dependents;
mod describe;
mod edk_record;
mod family;
mod finish_replacements;
#[cfg(fuzzing)]
pub mod fuzzing;
mod generate_value;
mod inventory;
pub(crate) mod json_object;
mod keyed_tag;
mod known_recovery;
pub(crate) mod limits;
mod list;
mod list_secret_version_ids;
mod lookup;
mod new_version;
mod openers;
mod pack_source;
mod parameters;
mod permissions;
mod plan;
mod planned_deletion;
mod progress;
mod purge;
mod put_secret_value;
mod random_password;
mod read;
mod read_many;
mod reading;
mod record;
mod record_change;
mod record_tag;
mod record_text;
mod region_keys;
mod remove_regions;
mod replica_state;
mod replicate;
mod reseal;
mod resource_policy;
mod retention;
mod rewrap;
mod rotate;
mod rotation;
mod seal_version;
mod secret_change;
mod secret_members;
mod secret_policy;
#[cfg(feature = "kms-endpoint")]
mod selection;
mod signed_bundles;
mod signed_records;
mod stages;
mod status;
mod stop_replication;
mod tagging;
mod update_secret;
mod update_secret_version_stage;
mod value;
mod vault_id;
mod verify;
mod walk;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

pub use crate::error::CharacterType;
pub use crate::kms::{
    DEFAULT_KEY_ALIAS,
    key_choice::{KeyOptions, RecoveryKey, ReplicaRegion},
};
pub use crate::store::Listed;
pub use batch::{Batch, BatchEntry, BatchPreview, BatchRules, BatchStatus, BatchWriter, GoneSecret, OnDifference, PruneEntry, PruneStatus};
pub use check_new_version::NewVersionCheck;
pub use create::CreateSecret;
pub use create_preview::{BundlePreview, CreationPreview, SecretPreview};
pub use delete::{DeleteSecret, RecoveryWindow, SecretDeletion};
pub use describe::SecretDescription;
pub(crate) use edk_record::EdkRecord;
pub(crate) use family::{Family, Located};
pub use generate_value::GenerateSecretString;
pub use inventory::{InventoryBundle, OpeningKey, OpeningKeyKind, SecretInventory, VaultInventory};
pub use list::{FilterKey, ListSecrets, SecretFilter, SecretListEntry, SecretOrder, SortBy, SortOrder, VersionStages};
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) use list_secret_version_ids::ByCreation;
pub use list_secret_version_ids::{ListedVersions, SecretVersions, SecretVersionsListEntry};
pub use pack_source::PackSource;
pub use permissions::{
    AllowStatement, IdentityPolicy, KeyPolicyStatements, MANAGED_POLICY_LENGTH, PermissionRole, Permissions, PermissionsRequest,
    RegionLeftOut, WhyLeftOut,
};
pub use plan::{NameClash, OnProblem};
pub use progress::Progress;
pub use purge::ExpiredSecret;
pub use put_secret_value::PutSecretValue;
pub use random_password::GetRandomPassword;
pub use read::{SecretValueEntry, VersionSelector};
pub use read_many::{BatchGetSecretValue, SecretValues, UnreadValue};
pub(crate) use record::{BundleRecord, FORMAT as RECORD_FORMAT, PlannedDeletion, Replaced, ReplicaRecord, SecretRecord, VersionRecord};
pub use record::{DataKeyScope, ReplicaStatus, Tag};
pub use record_tag::RecordHand;
pub use remove_regions::RemovedRegions;
pub use replicate::ReplicateSecret;
pub use resource_policy::{PolicyCheck, PolicyValidation, ResourcePolicy};
pub use rewrap::RewrapSecret;
pub use rotate::{RotationChange, SecretRotation};
pub use rotation::{RotationRules, RotationRulesType};
pub use secret_change::{SecretChange, SecretIdentity};
pub use secret_members::{BundleInfo, ReplicationStatus};
pub use secret_policy::{PublicPolicy, SecretPolicy};
#[cfg(feature = "kms-endpoint")]
pub use selection::SecretSelection;
pub(crate) use signed_records::SignedRecords;
pub use status::{RegionStatus, SecretStatus, StateInRegion};
pub use stop_replication::StopReplication;
pub use update_secret::UpdateSecret;
pub use update_secret_version_stage::UpdateSecretVersionStage;
pub use value::{MAX_SECRET_LENGTH, PayloadKind, SecretValue};
pub use vault_id::VaultId;
pub use verify::{BundlesThere, Finding, OpenCounts, OtherRegions, VerifyOptions, VerifyReport, verify};

#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) use list::{AskedPage, RememberedLists};

#[cfg(feature = "cli")]
pub(crate) use bundle::is_reserved;
#[cfg(feature = "cli")]
pub(crate) use openers::Openers;
#[cfg(feature = "cli")]
pub(crate) use parameters::check_tags;
#[cfg(feature = "cli")]
pub(crate) use stages::AWSPENDING;

pub(crate) use walk::each_family;

use crate::{
    crypto::SystemRandom,
    error::{Damage, Error, PackageRefusal, Result, SetupError},
    region::Region,
    store::{Item, Store, Writer, local::LocalStore},
};

/// A vault; it is made by the first writing command.
#[derive(Debug, Clone)]
pub struct Vault {
    store: Arc<dyn Store>,
    /// Is told of work on many secrets.
    progress: Option<Arc<dyn Progress>>,
    /// Asked before a record is changed whose tag does not verify.
    signed: Option<Arc<dyn SignedRecords>>,
}

/// Format number of the vault.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Marker {
    format: u32,
    /// From the first root on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vault_id: Option<VaultId>,
    /// Of a part: the Regions that came along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<Region>,
}

impl Marker {
    fn to_json(&self) -> Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(self).map_err(|_| Error::Misuse("a vault's marker is always JSON"))?;
        json.push(b'\n');
        Ok(json)
    }
}

impl Vault {
    /// The vault in the directory `root`, which need not exist.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self::over(Arc::new(LocalStore::new(root.into())))
    }

    /// The vault in a store.
    pub(crate) const fn over(store: Arc<dyn Store>) -> Self {
        Self { store, progress: None, signed: None }
    }

    /// The same vault, which tells of the secrets that it lists as it reads them.
    #[must_use]
    pub fn with_progress(self, progress: Arc<dyn Progress>) -> Self {
        Self { progress: Some(progress), ..self }
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.store.root()
    }

    /// True when there is a vault; false too where that cannot be seen.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.is_there().unwrap_or_default()
    }

    /// Whether there is a vault. A directory that may not be looked into is an error, not an absent vault.
    fn is_there(&self) -> Result<bool> {
        self.store.exists()
    }

    /// Fails where no change could be written: before somebody works for one that would be lost.
    ///
    /// # Errors
    /// As for [`Vault::require`]; the vault cannot be locked, as on a medium that is read-only.
    pub fn require_writable(&self) -> Result<()> {
        self.require_whole()?;
        self.store.writer().map(drop)
    }

    /// Fails unless there is a vault in a format that this version reads.
    ///
    /// # Errors
    /// [`Error::Setup`] that names the path; a directory that cannot be looked into.
    pub fn require(&self) -> Result<()> {
        if !self.is_there()? {
            return Err(SetupError::NoVault(self.store.absolute_place(Item::Vault)).into());
        }
        self.marker().map(drop)
    }

    /// The id that the vault has from its first root on.
    ///
    /// # Errors
    /// As for [`Vault::require`].
    pub fn id(&self) -> Result<Option<VaultId>> {
        self.require()?;
        Ok(self.marker()?.vault_id)
    }

    /// The Regions that a part of a vault is for, in their order, as an export wrote it; `None` for a whole vault.
    ///
    /// # Errors
    /// As for [`Vault::require`].
    pub fn part_regions(&self) -> Result<Option<Vec<Region>>> {
        self.require()?;
        let Marker { regions, .. } = self.marker()?;
        Ok(Some(regions).filter(|regions| !regions.is_empty()))
    }

    /// Fails for a part: it is changed in the vault that it was carried away from.
    pub(crate) fn require_whole(&self) -> Result<()> {
        self.part_regions()?.map_or(Ok(()), |regions| Err(PackageRefusal::Part(regions).into()))
    }

    /// The marker of a part of the vault with this id.
    pub(crate) fn part_marker(vault_id: &VaultId, regions: &[Region]) -> Result<Vec<u8>> {
        Marker { format: FORMAT, vault_id: Some(vault_id.clone()), regions: regions.to_vec() }.to_json()
    }

    /// The id that the vault has, or gets here.
    pub(crate) fn ensure_id(&self, writer: &dyn Writer) -> Result<VaultId> {
        let marker = self.marker()?;
        if let Some(id) = marker.vault_id {
            return Ok(id);
        }
        let id = VaultId::generate(&SystemRandom)?;
        writer.replace_marker(&Marker { vault_id: Some(id.clone()), ..marker }.to_json()?)?;
        Ok(id)
    }

    /// Whether the vault is read as enough signers signed it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.store.is_signed()
    }

    /// Where the vault lies.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn shared_store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    fn marker(&self) -> Result<Marker> {
        let path = self.store.place(Item::Marker);
        let marker: Marker =
            serde_json::from_slice(&self.store.marker()?).map_err(|_| Error::damaged(&path, "not the JSON of a vault's format number"))?;
        if marker.format != FORMAT {
            return Err(Error::Damaged { path, what: Damage::Format { found: marker.format, known: FORMAT } });
        }
        if !marker.regions.is_sorted_by(|a, b| a < b) {
            return Err(Error::damaged(&path, "the Regions of a part are not in their order"));
        }
        Ok(marker)
    }

    /// Makes the vault where there is none.
    pub(crate) fn initialize(&self) -> Result<()> {
        if self.is_there()? {
            return Ok(());
        }
        self.store.initialize(&Marker { format: FORMAT, vault_id: None, regions: Vec::new() }.to_json()?)
    }
}

#[cfg(test)]
mod tests;
