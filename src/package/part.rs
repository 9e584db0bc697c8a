//! What some Regions need of what was signed: the root with its signatures, these Regions' pages, and the secrets that they list.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cut::{CutRecord, joined},
    manifest_digest::ManifestDigest,
    manifest_files::{damaged, read, read_page, read_root},
    manifest_root::RegionPages,
    signature::SshSignature,
    signed_root::{SignedRoot, holding_signatures, roots},
};
use crate::{
    crypto::sha256,
    error::{Damage, Error, ManifestFault, PackageRefusal, Result},
    region::Region,
    store::{BlobKey, Item, MAX_PAGE_LENGTH, ManifestFile, NameKey, SecretKey, Store},
    vault::{BundleRecord, Located, SecretRecord},
};

/// All of it but the bundles, which are many.
#[derive(Debug)]
pub(super) struct PartContent {
    pub(super) root: SignedRoot,
    pub(super) root_bytes: Vec<u8>,
    /// Those that hold.
    pub(super) signatures: Vec<SshSignature>,
    /// In the order of their names.
    pub(super) regions: Vec<Region>,
    /// In the order of name and primary Region, each with these Regions' bundles.
    pub(super) secrets: Vec<Located>,
}

/// The entries of one secret, each with its Region.
type Cuts = Vec<(Region, CutRecord)>;

impl PartContent {
    /// Reads what a root names for these Regions.
    ///
    /// # Errors
    /// A page that is not as it was signed.
    pub(super) fn of(store: &dyn Store, root: SignedRoot, regions: &[Region]) -> Result<Self> {
        let counter = root.counter;
        let missing = || damaged(store, &ManifestFile::Root { counter }, ManifestFault::Missing.into());
        let stored = read_root(store, counter)?.filter(|stored| stored.digest() == root.sha256).ok_or_else(missing)?;
        let keys = roots(&store.manifests()?).remove(&counter).unwrap_or_default();
        let signatures = holding_signatures(store, &stored, keys)?;
        let mut cuts: BTreeMap<(String, Region), Cuts> = BTreeMap::new();
        for pages in root.root.regions.iter().filter(|pages| regions.contains(&pages.region)) {
            for index in 0..pages.pages.len() {
                for entry in read_page(store, pages, index)?.entries {
                    cuts.entry((entry.name.clone(), entry.arn.region())).or_default().push((pages.region, entry));
                }
            }
        }
        let secrets = cuts.into_iter().map(|((name, primary), cuts)| located(store, &name, primary, cuts, regions));
        let secrets = secrets.collect::<Result<_>>()?;
        Ok(Self { root, root_bytes: stored.bytes, signatures, regions: regions.to_vec(), secrets })
    }

    /// The pages that the root names for the Regions.
    pub(super) fn pages(&self) -> BTreeSet<&ManifestDigest> {
        let of_regions = self.root.root.regions.iter().filter(|pages| self.regions.contains(&pages.region));
        of_regions.flat_map(|RegionPages { pages, .. }| pages).collect()
    }

    /// Every bundle of the secrets.
    pub(super) fn bundles(&self) -> impl Iterator<Item = (BlobKey, &BundleRecord)> {
        self.secrets.iter().flat_map(bundles_of)
    }
}

/// The bundles of a secret.
pub(super) fn bundles_of(secret: &Located) -> impl Iterator<Item = (BlobKey, &BundleRecord)> {
    let versions = secret.record.versions.iter();
    versions.flat_map(move |version| version.bundles.iter().map(move |bundle| (secret.blob(version, bundle), bundle)))
}

fn located(store: &dyn Store, name: &str, primary: Region, cuts: Cuts, regions: &[Region]) -> Result<Located> {
    let key = SecretKey { name: NameKey::of(name), primary };
    let refused = |what: Damage| Error::Damaged { path: store.place(Item::Record(&key)), what };
    let record = joined(cuts).map_err(|fault| refused(fault.into()))?.ok_or(Error::Misuse("a secret is listed somewhere"))?;
    let record = SecretRecord { part_regions: regions.to_vec(), ..record };
    // Nothing in it leads out of the secret's folder, whoever signed it.
    match record.fault(&key) {
        Some(what) => Err(refused(Damage::Content(what))),
        None => Ok(Located { key, record }),
    }
}

/// The bytes of a page.
///
/// # Errors
/// It is not the one that is named.
pub(super) fn page_bytes(store: &dyn Store, digest: &ManifestDigest) -> Result<Vec<u8>> {
    let file = ManifestFile::Page { sha256: digest.as_str().to_owned() };
    let bytes = read(store, &file, MAX_PAGE_LENGTH)?.ok_or_else(|| damaged(store, &file, ManifestFault::Missing.into()))?;
    if ManifestDigest::of(&bytes) == *digest { Ok(bytes) } else { Err(damaged(store, &file, ManifestFault::OtherContent.into())) }
}

/// The bytes of a bundle.
///
/// # Errors
/// It is not there, or not the one that was signed.
pub(super) fn bundle_bytes(store: &dyn Store, blob: &BlobKey, bundle: &BundleRecord) -> Result<Vec<u8>> {
    let place = || store.place(Item::Blob(blob));
    let opened = store.open(blob)?.ok_or_else(|| PackageRefusal::BundleMissing(place()))?;
    let read = match opened.read(bundle.size) {
        Err(Error::Damaged { .. }) => return Err(PackageRefusal::BundleChanged(place()).into()),
        read => read?,
    };
    if sha256(&read) == bundle.sha256 { Ok(read) } else { Err(PackageRefusal::BundleChanged(place()).into()) }
}
