//! A bundle that lies in a vault, as the root names it.

use std::{fs, path::Path};

use super::{
    freshness::Freshness,
    manifest_files::read_page,
    signed_root::SignedRoot,
    signed_store::{SignedReading, SignedStore},
};
use crate::{
    crypto::sha256,
    error::{Error, PackageRefusal, Result},
    region::Region,
    store::{BlobKey, Item, NameKey, SecretKey, Store, bundle_file, encode},
    vault::Vault,
};

/// A bundle that is the one that was signed.
#[derive(Debug)]
#[non_exhaustive]
pub struct SignedBundle {
    /// All of it.
    pub bytes: Vec<u8>,
    /// The root that counts.
    pub root: SignedRoot,
    /// How it is known to be the newest.
    pub freshness: Freshness,
}

impl SignedReading {
    /// The bundle at this path, where that is the place of one in a vault; `None` elsewhere.
    ///
    /// # Errors
    /// As for [`SignedReading::of`]; [`PackageRefusal::BundleNotNamed`], [`PackageRefusal::OtherBundle`].
    pub fn bundle(self, path: &Path) -> Result<Option<SignedBundle>> {
        let Some((vault, blob)) = place_in_vault(path) else { return Ok(None) };
        vault.require()?;
        let store = vault.shared_store();
        let signed = SignedStore::new(vault.shared_store(), self);
        // The one that is read is the one that is told: another one may be signed meanwhile.
        let (named, root) = signed.with_root(|root| Ok((named_by(&*store, root, &blob)?, root.clone())))?;
        let (_, freshness) = signed.newest()?;
        let counter = root.counter;
        let (size, digest) = named.ok_or(PackageRefusal::BundleNotNamed(counter))?;
        let other = || Error::from(PackageRefusal::OtherBundle(counter));
        let opened = store.open(&blob)?.ok_or_else(other)?;
        let bytes = opened.read(size).map_err(|error| if matches!(error, Error::Damaged { .. }) { other() } else { error })?;
        if sha256(&bytes) != digest {
            return Err(other());
        }
        Ok(Some(SignedBundle { bytes, root, freshness }))
    }
}

/// The vault that has a bundle at this path, and which it is there. No link is followed to the bundle itself.
fn place_in_vault(path: &Path) -> Option<(Vault, BlobKey)> {
    let folder = fs::canonicalize(crate::durable::parent_of(path)).ok()?;
    let path = folder.join(path.file_name()?);
    let mut above = path.ancestors();
    let mut next_name = || above.next()?.file_name();
    let (file, version, name) = (next_name()?.to_str()?, next_name()?.to_str()?, next_name()?.to_owned());
    let primary = Region::new(next_name()?.to_str()?)?;
    // The folder of all Regions lies between.
    let root = above.nth(1)?;
    let vault = Vault::new(root);
    let blob = BlobKey { secret: SecretKey { name: NameKey::listed(name), primary }, version: version.to_owned(), file: file.to_owned() };
    (vault.exists() && vault.store().place(Item::Blob(&blob)) == path).then_some((vault, blob))
}

/// Size and SHA-256 that a root has for a bundle.
fn named_by(store: &dyn Store, root: &SignedRoot, blob: &BlobKey) -> Result<Option<(u64, String)>> {
    let name = &blob.secret.name;
    for pages in &root.root.regions {
        let page = read_page(store, pages, name.page_index(pages.pages.len()))?;
        let of_secret = page.entries.iter().filter(|entry| name.is_of(&entry.name) && entry.arn.region() == blob.secret.primary);
        let mut bundles = of_secret.flat_map(|entry| entry.bundles());
        let found = bundles.find(|(id, _, sha256)| encode(id) == blob.version && bundle_file(pages.region, sha256) == blob.file);
        if let Some((_, size, sha256)) = found {
            return Ok(Some((size, sha256.to_owned())));
        }
    }
    Ok(None)
}
