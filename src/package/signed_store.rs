//! A vault as it was signed: records come from the newest root that enough signers signed, and bundles are those that it names.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::{
    cut::{CutRecord, joined},
    freshness::{Freshness, FreshnessCheck},
    manifest_files::read_page,
    manifest_page::ManifestPage,
    manifest_root::RegionPages,
    signed_root::{RootPassedOver, SignedRoot, TrustedSigners, newest_of},
};
use crate::{
    error::{Damage, Error, ManifestFault, PackageRefusal, Result},
    parallel::lock,
    region::Region,
    store::{Blob, BlobKey, ChangeMark, Item, Leftover, Listed, ManifestFile, NameKey, Records, SecretKey, Stamp, Store, Survey, Writer},
    vault::{SecretRecord, Vault},
};

/// How a reader takes what was signed.
#[derive(Debug, Clone)]
pub struct SignedReading {
    /// Whose signatures count.
    pub trusted: TrustedSigners,
    /// What a root is held against.
    pub freshness: FreshnessCheck,
    /// The one Region whose pages are read; without it, those of all Regions.
    pub region: Option<Region>,
}

/// The root that counts, found when the vault's manifests were these.
#[derive(Debug)]
struct Current {
    manifests: Vec<ManifestFile>,
    root: Arc<SignedRoot>,
    freshness: Freshness,
}

/// What a vault serves is what was signed, whatever has changed since.
#[derive(Debug)]
pub(super) struct SignedStore {
    inner: Arc<dyn Store>,
    reading: SignedReading,
    current: Mutex<Option<Current>>,
}

/// A vault as it was signed, and the root that says so.
#[derive(Debug)]
#[non_exhaustive]
pub struct SignedVault {
    /// Reads what was signed, and changes nothing. Long after, it takes newer roots.
    pub vault: Vault,
    /// The root that counts now.
    pub root: SignedRoot,
    /// How it is known to be the newest.
    pub freshness: Freshness,
}

impl SignedReading {
    /// The vault as it was signed.
    ///
    /// # Errors
    /// No root that counts; one that is older than what was accepted before, or not what is expected; a state that cannot be read or written.
    pub fn of(self, vault: &Vault) -> Result<SignedVault> {
        vault.require()?;
        let store = SignedStore::new(vault.shared_store(), self);
        let (root, freshness) = store.newest()?;
        Ok(SignedVault { vault: Vault::over(Arc::new(store)), root: (*root).clone(), freshness })
    }
}

/// Finds the root that counts, and holds it against what is known; it is remembered.
pub(super) fn accepted(
    vault: &Vault,
    trusted: &TrustedSigners,
    freshness: &FreshnessCheck,
) -> Result<(SignedRoot, Freshness, Vec<RootPassedOver>)> {
    let (root, passed_over) = newest_of(vault, trusted)?.require(vault.store())?;
    let known = freshness.accept(&vault.store().absolute_place(Item::Vault), &root.vault_id, &root.to_be_remembered())?;
    Ok((root, known, passed_over))
}

/// How often a reader looks again that a signer overtakes.
const ATTEMPTS: usize = 5;

impl SignedStore {
    pub(super) fn new(inner: Arc<dyn Store>, reading: SignedReading) -> Self {
        Self { inner, reading, current: Mutex::default() }
    }

    /// The root that counts. It is looked for again when other manifests are there than before: a newer root may come, and an older one go, between
    /// two looks.
    pub(super) fn newest(&self) -> Result<(Arc<SignedRoot>, Freshness)> {
        let mut current = lock(&self.current);
        let mut manifests = self.inner.manifests()?;
        if let Some(known) = current.as_ref().filter(|known| known.manifests == manifests) {
            return Ok((Arc::clone(&known.root), known.freshness));
        }
        let vault = Vault::over(Arc::clone(&self.inner));
        let look = || accepted(&vault, &self.reading.trusted, &self.reading.freshness);
        let mut found = look();
        for _ in 1..ATTEMPTS {
            let now = if found.is_err() { self.inner.manifests()? } else { break };
            if now == manifests {
                break;
            }
            manifests = now;
            found = look();
        }
        let (root, freshness, _) = found?;
        let root = Arc::new(root);
        *current = Some(Current { manifests, root: Arc::clone(&root), freshness });
        Ok((root, freshness))
    }

    /// What `read` makes of the root that counts. A page that is gone may be one of a root that is not the newest any more.
    pub(super) fn with_root<T>(&self, read: impl Fn(&SignedRoot) -> Result<T>) -> Result<T> {
        let (mut root, _) = self.newest()?;
        let mut result = read(&root);
        for _ in 1..ATTEMPTS {
            if !matches!(&result, Err(Error::Damaged { what: Damage::Manifest(ManifestFault::Missing), .. })) {
                break;
            }
            let (now, _) = self.newest()?;
            if now.counter == root.counter {
                break;
            }
            root = now;
            result = read(&root);
        }
        result
    }

    fn regions_of<'r>(&self, root: &'r SignedRoot) -> impl Iterator<Item = &'r RegionPages> {
        let asked = self.reading.region;
        root.root.regions.iter().filter(move |pages| asked.is_none_or(|asked| asked == pages.region))
    }

    /// The entries of a name, for each of its secrets by primary Region.
    fn entries(&self, root: &SignedRoot, name: &NameKey) -> Result<BTreeMap<Region, Vec<(Region, CutRecord)>>> {
        let mut entries: BTreeMap<Region, Vec<(Region, CutRecord)>> = BTreeMap::new();
        for pages in self.regions_of(root) {
            let page = read_page(&*self.inner, pages, name.page_index(pages.pages.len()))?;
            for entry in page.entries.into_iter().filter(|entry| name.is_of(&entry.name)) {
                entries.entry(entry.arn.region()).or_default().push((pages.region, entry));
            }
        }
        Ok(entries)
    }
}

impl Store for SignedStore {
    fn root(&self) -> &Path {
        self.inner.root()
    }

    fn place(&self, item: Item<'_>) -> PathBuf {
        self.inner.place(item)
    }

    fn absolute_place(&self, item: Item<'_>) -> PathBuf {
        self.inner.absolute_place(item)
    }

    fn is_signed(&self) -> bool {
        true
    }

    fn exists(&self) -> Result<bool> {
        self.inner.exists()
    }

    fn marker(&self) -> Result<Vec<u8>> {
        self.inner.marker()
    }

    fn initialize(&self, _: &[u8]) -> Result<()> {
        Err(PackageRefusal::ReadOnly.into())
    }

    /// Roots may come from anywhere.
    fn change_mark(&self) -> Option<ChangeMark> {
        None
    }

    fn regions(&self) -> Vec<Region> {
        Region::all().collect()
    }

    fn secrets(&self) -> Result<Listed<SecretKey>> {
        self.with_root(|root| {
            let mut secrets: Vec<SecretKey> = Vec::new();
            for pages in self.regions_of(root) {
                for index in 0..pages.pages.len() {
                    let ManifestPage { entries, .. } = read_page(&*self.inner, pages, index)?;
                    secrets.extend(entries.iter().map(|entry| SecretKey { name: NameKey::of(&entry.name), primary: entry.arn.region() }));
                }
            }
            secrets.sort();
            secrets.dedup();
            Ok(Listed { entries: secrets, faults: Vec::new() })
        })
    }

    fn read(&self, name: &NameKey, regions: &[Region], records: &mut Records) -> Result<()> {
        let (mut entries, part_regions) = self.with_root(|root| Ok((self.entries(root, name)?, root.part_regions.clone())))?;
        records.start(Stamp::LOCKED);
        for primary in regions {
            let Some(cuts) = entries.remove(primary) else { continue };
            let key = SecretKey { name: name.clone(), primary: *primary };
            let joined = joined(cuts);
            let record = joined.map_err(|fault| Error::Damaged { path: self.place(Item::Record(&key)), what: fault.into() })?;
            let Some(record) = record.map(|record| SecretRecord { part_regions: part_regions.clone(), ..record }) else { continue };
            records.add(*primary, |bytes| {
                bytes.extend(record.to_json()?);
                Ok(true)
            })?;
        }
        Ok(())
    }

    fn has_record(&self, secret: &SecretKey) -> Result<bool> {
        Ok(self.with_root(|root| self.entries(root, &secret.name))?.contains_key(&secret.primary))
    }

    fn open(&self, blob: &BlobKey) -> Result<Option<Blob>> {
        self.inner.open(blob)
    }

    fn has(&self, blob: &BlobKey) -> bool {
        self.inner.has(blob)
    }

    fn manifests(&self) -> Result<Vec<ManifestFile>> {
        self.inner.manifests()
    }

    fn pages(&self) -> Result<Vec<ManifestFile>> {
        self.inner.pages()
    }

    fn open_manifest(&self, file: &ManifestFile) -> Result<Option<Blob>> {
        self.inner.open_manifest(file)
    }

    fn survey(&self) -> Result<Survey> {
        Ok(Survey { secrets: self.secrets()?.entries, ..Survey::default() })
    }

    fn leftovers(&self, _: &SecretKey, _: Option<&[BlobKey]>) -> Result<Vec<Leftover>> {
        Ok(Vec::new())
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        Err(PackageRefusal::ReadOnly.into())
    }
}
