//! A root: what is signed.

use serde::{Deserialize, Serialize};

use super::{canonical_json, canonical_json::number, manifest_digest::ManifestDigest};
use crate::{
    error::{Damage, ManifestFault, Result},
    region::Region,
    timestamp::Timestamp,
    vault::VaultId,
};

/// Format number of a root.
const FORMAT: u32 = 1;

/// The pages of every Region of a vault at one moment. Members stand in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ManifestRoot {
    /// From 1 on; each root of a vault has a larger one than the root before.
    #[serde(deserialize_with = "number")]
    pub(crate) counter: u64,
    format: u32,
    /// The SHA-256 of the root before; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<ManifestDigest>,
    /// In the order of the Regions' names; those that have no secret are not there.
    pub(crate) regions: Vec<RegionPages>,
    pub(crate) time: Timestamp,
    pub(crate) vault_id: VaultId,
}

/// The pages of a Region, each at the index that its entries' names give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RegionPages {
    pub(crate) pages: Vec<ManifestDigest>,
    pub(crate) region: Region,
}

impl ManifestRoot {
    /// A new one. The Regions are those that have pages, in the order of their names.
    pub(super) fn new(
        vault_id: VaultId,
        counter: u64,
        previous: Option<ManifestDigest>,
        time: Timestamp,
        mut regions: Vec<RegionPages>,
    ) -> Self {
        regions.sort_by_key(|pages| pages.region);
        Self { counter, format: FORMAT, previous, regions, time, vault_id }
    }

    pub(super) fn write(&self) -> Result<Vec<u8>> {
        canonical_json::write(self)
    }

    /// Reads the root that has this counter in its name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(bytes: &[u8], counter: u64) -> Result<Self, Damage> {
        let root: Self = canonical_json::read(bytes, FORMAT)?;
        if root.format != FORMAT {
            return Err(Damage::Format { found: root.format, known: FORMAT });
        }
        if root.counter != counter {
            return Err(ManifestFault::OtherCounter(root.counter).into());
        }
        let is_ordered =
            root.regions.is_sorted_by(|a, b| a.region < b.region) && root.regions.iter().all(|region| !region.pages.is_empty());
        if is_ordered { Ok(root) } else { Err(ManifestFault::Unordered.into()) }
    }

    pub(crate) fn pages_of(&self, region: Region) -> Option<&RegionPages> {
        self.regions.iter().find(|pages| pages.region == region)
    }
}
