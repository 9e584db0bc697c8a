//! A part of a signed vault, to be carried away: what some Regions need of what was signed, and nothing else.

use std::path::{Path, PathBuf};

use super::{
    contents,
    differences::{EntryDifference, differences},
    freshness::FreshnessCheck,
    manifest_digest::ManifestDigest,
    part::{PartContent, bundle_bytes, page_bytes},
    signed_root::{TrustedSigners, signed_by_anybody},
    signed_store::accepted,
};
use crate::{
    error::{PackageRefusal, Result},
    region::Region,
    store::{Item, ManifestFile, local::path_in_vault},
    timestamp::Timestamp,
    vault::{Vault, VaultId},
};

/// A signed vault, and the Regions for which a part of it is to be carried away.
#[derive(Debug, Clone, Copy)]
pub struct PackageExport<'a> {
    /// The vault, or a part of one.
    pub vault: &'a Vault,
    /// Whose signatures make a root count; without them, anybody's.
    pub trusted: Option<&'a TrustedSigners>,
    /// What the root is held against, where signers are trusted.
    pub freshness: &'a FreshnessCheck,
    /// Each once, in any order.
    pub regions: &'a [Region],
}

/// What is to be carried away: as it was signed, whatever has changed since.
#[derive(Debug)]
pub struct ExportPlan<'a> {
    vault: &'a Vault,
    content: PartContent,
    /// What the vault holds for these Regions by now that was not signed.
    pub not_signed: Vec<EntryDifference>,
}

/// How much was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenExport {
    /// Secrets.
    pub secrets: u64,
    /// Their bundles.
    pub bundles: u64,
    /// Files, the bundles among them.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

impl<'a> PackageExport<'a> {
    /// Reads what is to be carried away, but for the bundles.
    ///
    /// # Errors
    /// No root that counts; a page of it that is not as it was signed; [`PackageRefusal::NothingInRegion`], [`PackageRefusal::NotInPart`].
    pub fn plan(&self) -> Result<ExportPlan<'a>> {
        let root = match self.trusted {
            Some(trusted) => accepted(self.vault, trusted, self.freshness)?.0,
            None => signed_by_anybody(self.vault)?,
        };
        let mut regions = self.regions.to_vec();
        regions.sort_unstable();
        regions.dedup();
        for region in &regions {
            if !root.part_regions.is_empty() && !root.part_regions.contains(region) {
                return Err(PackageRefusal::NotInPart { asked: *region, part: root.part_regions }.into());
            }
            if root.root.pages_of(*region).is_none() {
                return Err(PackageRefusal::NothingInRegion { region: *region, counter: root.counter }.into());
            }
        }
        let records = contents::records(self.vault)?;
        let now = contents::spread(&records.entries, Some(&root.root))?;
        let mut not_signed = differences(self.vault.store(), Some(&root.root), &now)?;
        not_signed.retain(|difference| difference.regions.iter().any(|region| regions.contains(region)));
        let content = PartContent::of(self.vault.store(), root, &regions)?;
        Ok(ExportPlan { vault: self.vault, content, not_signed })
    }
}

impl ExportPlan<'_> {
    /// The vault that it is of.
    #[must_use]
    pub const fn vault_id(&self) -> &VaultId {
        &self.content.root.vault_id
    }

    /// The root's counter.
    #[must_use]
    pub const fn counter(&self) -> u64 {
        self.content.root.counter
    }

    /// The SHA-256 of the root.
    #[must_use]
    pub const fn sha256(&self) -> &ManifestDigest {
        &self.content.root.sha256
    }

    /// When the root was made.
    #[must_use]
    pub const fn time(&self) -> Timestamp {
        self.content.root.time
    }

    /// Who signed, of those who may; nobody where that is not said.
    #[must_use]
    pub fn principals(&self) -> &[String] {
        &self.content.root.principals
    }

    /// The Regions, in the order of their names.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.content.regions
    }

    /// Hands every file to `put`, with its path as seen from the folder of the part, always in the same order.
    ///
    /// # Errors
    /// A bundle or a page that is not there, or not as it was signed; what `put` says.
    pub fn write(&self, put: &mut dyn FnMut(&Path, &[u8]) -> Result<()>) -> Result<WrittenExport> {
        let (store, content) = (self.vault.store(), &self.content);
        let mut written = WrittenExport::default();
        let mut put = |path: PathBuf, bytes: &[u8]| {
            written.files += 1;
            written.bytes += u64::try_from(bytes.len()).unwrap_or_default();
            put(&path, bytes)
        };
        put(path_in_vault(Item::Marker), &Vault::part_marker(self.vault_id(), &content.regions)?)?;
        let counter = content.root.counter;
        put(path_in_vault(Item::Manifest(&ManifestFile::Root { counter })), &content.root_bytes)?;
        for signature in &content.signatures {
            let file = ManifestFile::Signature { counter, key: signature.key_digest() };
            put(path_in_vault(Item::Manifest(&file)), signature.to_pem().as_bytes())?;
        }
        for digest in content.pages() {
            let file = ManifestFile::Page { sha256: digest.as_str().to_owned() };
            put(path_in_vault(Item::Manifest(&file)), &page_bytes(store, digest)?)?;
        }
        for secret in &content.secrets {
            put(path_in_vault(Item::Record(&secret.key)), &secret.record.to_json()?)?;
        }
        let mut bundles = 0;
        for (blob, bundle) in content.bundles() {
            put(path_in_vault(Item::Blob(&blob)), &bundle_bytes(store, &blob, bundle)?)?;
            bundles += 1;
        }
        let secrets = u64::try_from(content.secrets.len()).unwrap_or_default();
        Ok(WrittenExport { secrets, bundles, ..written })
    }
}
