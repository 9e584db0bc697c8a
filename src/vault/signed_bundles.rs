//! The bundles that roots name: they stay until a newer root is signed, whatever becomes of the secret.
//!
//! Of a root and its pages only that is read here which says where a bundle lies. Whether they are signed, and by whom, is not this module's
//! business: a bundle that stays for nothing does no harm.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use serde::Deserialize;

use crate::{
    arn::SecretArn,
    error::{Error, Result},
    parallel::lock,
    region::Region,
    store::{
        BlobKey, CheckedWriter, MAX_PAGE_LENGTH, MAX_ROOT_LENGTH, ManifestFile, NameChange, NameKey, SecretKey, Store, Writer, bundle_file,
        encode,
    },
    vault::Vault,
};

/// Roots that are looked at: those that lack signatures, and the one before them. Whoever signs removes the pages of older ones.
const MOST_ROOTS: usize = 8;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RootOutline {
    regions: Vec<RegionOutline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RegionOutline {
    pages: Vec<String>,
    region: Region,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PageOutline {
    entries: Vec<EntryOutline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EntryOutline {
    #[serde(rename = "ARN")]
    arn: SecretArn,
    name: String,
    #[serde(default)]
    versions: Vec<VersionOutline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VersionOutline {
    bundle: Option<BundleOutline>,
    version_id: String,
}

#[derive(Deserialize)]
struct BundleOutline {
    #[serde(rename = "SHA256")]
    sha256: String,
}

/// The newest roots of a store.
pub(super) struct SignedBundles<'s> {
    store: &'s dyn Store,
    /// The newest first.
    roots: Vec<RootOutline>,
    /// Pages that were read; `None` for one that is not there.
    pages: Mutex<BTreeMap<String, Option<Arc<PageOutline>>>>,
}

impl<'s> SignedBundles<'s> {
    pub(super) fn of(store: &'s dyn Store) -> Result<Self> {
        let roots = store.manifests()?.into_iter().filter(|file| matches!(file, ManifestFile::Root { .. })).rev().take(MOST_ROOTS);
        let roots = roots.map(|file| outline(store, &file, MAX_ROOT_LENGTH)).collect::<Result<Vec<_>>>()?;
        Ok(Self { store, roots: roots.into_iter().flatten().collect(), pages: Mutex::default() })
    }

    /// Those of the secrets of a name.
    pub(super) fn of_name(&self, name: &NameKey) -> Result<Vec<BlobKey>> {
        let (mut named, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for root in &self.roots {
            let mut is_whole = true;
            for RegionOutline { pages, region } in &root.regions {
                let Some(sha256) = pages.get(name.page_index(pages.len())).filter(|sha256| seen.insert((*sha256).clone())) else {
                    continue;
                };
                match self.page(sha256)? {
                    Some(page) => named.extend(page.bundles(name, *region)),
                    None => is_whole = false,
                }
            }
            if !is_whole {
                // A newer one was signed since.
                break;
            }
        }
        Ok(named.into_iter().collect())
    }

    fn page(&self, sha256: &str) -> Result<Option<Arc<PageOutline>>> {
        if let Some(known) = lock(&self.pages).get(sha256) {
            return Ok(known.clone());
        }
        let page = outline(self.store, &ManifestFile::Page { sha256: sha256.to_owned() }, MAX_PAGE_LENGTH)?.map(Arc::new);
        lock(&self.pages).insert(sha256.to_owned(), page.clone());
        Ok(page)
    }

    /// Those of one secret.
    pub(super) fn of_secret(&self, secret: &SecretKey) -> Result<Vec<BlobKey>> {
        let mut blobs = self.of_name(&secret.name)?;
        blobs.retain(|blob| blob.secret == *secret);
        Ok(blobs)
    }

    /// The change, with what roots name kept by it.
    fn kept_by(&self, mut change: NameChange) -> Result<NameChange> {
        let kept = self.of_name(&change.name)?;
        for record in &mut change.records {
            let of_record = || kept.iter().filter(|blob| blob.secret.primary == record.primary).cloned();
            let (before, after): (Vec<_>, Vec<_>) = (of_record().collect(), of_record().collect());
            record.named_before.extend(before);
            record.named_after.extend(after);
        }
        Ok(change)
    }
}

impl PageOutline {
    fn bundles<'p>(&'p self, name: &'p NameKey, region: Region) -> impl Iterator<Item = BlobKey> + 'p {
        let entries = self.entries.iter().filter(|entry| name.is_of(&entry.name));
        entries.flat_map(move |entry| {
            let secret = SecretKey { name: name.clone(), primary: entry.arn.region() };
            entry.versions.iter().filter_map(move |version| {
                let file = bundle_file(region, &version.bundle.as_ref()?.sha256);
                Some(BlobKey { secret: secret.clone(), version: encode(&version.version_id), file })
            })
        })
    }
}

/// `None` for what is not there, or is none: that is told where it is verified.
fn outline<T: for<'de> Deserialize<'de>>(store: &dyn Store, file: &ManifestFile, limit: u64) -> Result<Option<T>> {
    let read = store.open_manifest(file).and_then(|blob| blob.map(|blob| blob.read(limit)).transpose());
    match read {
        Ok(bytes) => Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok())),
        Err(Error::Damaged { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Vault {
    /// Begins to write. What roots name is removed by nobody who writes through this.
    ///
    /// # Errors
    /// A part is not written to: what it has is what was signed.
    pub(super) fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        let writer = self.store.writer()?;
        let signed = SignedBundles::of(&*self.store)?;
        if signed.roots.is_empty() {
            return Ok(writer);
        }
        self.require_whole()?;
        Ok(Box::new(CheckedWriter::new(writer, move |change| signed.kept_by(change))))
    }
}
