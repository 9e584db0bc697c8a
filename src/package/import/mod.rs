//! Brings a part of a vault to where it is read: verified first, then in an order in which a reader beside it always finds all that a root names.

mod delivery;
mod difference;
mod write;

use std::{fs::File, path::Path, sync::Arc};

pub use self::difference::ImportedSecrets;
use self::{delivery::delivery, difference::compare};
use super::{
    freshness::{Freshness, FreshnessCheck},
    part::PartContent,
    signed_root::{SignedRoot, TrustedSigners},
};
use crate::{
    error::Result,
    region::Region,
    store::{Item, archive::ArchiveStore},
    vault::Vault,
};

/// A part that was carried here, and where it is to go.
#[derive(Debug, Clone, Copy)]
pub struct PackageImport<'a> {
    /// What an export wrote.
    pub source: &'a Vault,
    /// Where nothing is, or an earlier part of the same vault for the same Regions.
    pub target: &'a Vault,
    /// Whose signatures count.
    pub trusted: &'a TrustedSigners,
    /// What the root is held against, and where it is remembered.
    pub freshness: &'a FreshnessCheck,
}

/// What an import would do.
#[derive(Debug)]
pub struct ImportPlan {
    content: PartContent,
    /// How it is known to be the newest.
    pub freshness: Freshness,
    /// What becomes of the secrets that are there.
    pub secrets: ImportedSecrets,
}

impl ImportPlan {
    /// The root that it brings.
    #[must_use]
    pub const fn root(&self) -> &SignedRoot {
        &self.content.root
    }

    /// The Regions that it is for.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.content.regions
    }
}

/// The part of a vault in an archive, as [`write_archive`](super::write_archive) wrote it. It is read where it lies; `path` is how it is named to
/// people.
///
/// # Errors
/// [`ArchiveRefusal`](crate::error::ArchiveRefusal) for what no export writes; [`Error::Io`](crate::error::Error::Io).
pub fn part_in_archive(path: &Path, file: File) -> Result<Vault> {
    Ok(Vault::over(Arc::new(ArchiveStore::open(path, file)?)))
}

impl PackageImport<'_> {
    /// Verifies all of the part, and compares it with what is there. Nothing is changed, and nothing remembered.
    ///
    /// # Errors
    /// No root that counts, or one that is older than what is known; anything of the part that is not as it was signed, missing, or not named by
    /// the root; what is there is no earlier part of the same, or was changed.
    pub fn plan(&self) -> Result<ImportPlan> {
        let content = delivery(self.source, self.trusted)?;
        let place = self.target.store().absolute_place(Item::Vault);
        let freshness = self.freshness.check(&place, &content.root.vault_id, &content.root.to_be_remembered())?;
        let secrets = compare(self.target, self.trusted, &content)?;
        Ok(ImportPlan { content, freshness, secrets })
    }
}
