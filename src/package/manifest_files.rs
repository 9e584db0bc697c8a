//! Roots and pages as they lie in a store.

use super::{
    manifest_digest::ManifestDigest,
    manifest_page::{ManifestPage, PagePlace},
    manifest_root::{ManifestRoot, RegionPages},
};
use crate::{
    error::{Damage, Error, ManifestFault, Result},
    store::{Item, MAX_PAGE_LENGTH, MAX_ROOT_LENGTH, ManifestFile, Store},
};

/// A root with the bytes that are signed.
#[derive(Debug)]
pub(crate) struct StoredRoot {
    pub(crate) root: ManifestRoot,
    pub(crate) bytes: Vec<u8>,
}

impl StoredRoot {
    pub(crate) fn digest(&self) -> ManifestDigest {
        ManifestDigest::of(&self.bytes)
    }
}

/// Reads a root; `None` where it is not there.
///
/// # Errors
/// [`Error::Damaged`]; [`Error::Io`].
pub(crate) fn read_root(store: &dyn Store, counter: u64) -> Result<Option<StoredRoot>> {
    let Some(bytes) = read(store, &ManifestFile::Root { counter }, MAX_ROOT_LENGTH)? else { return Ok(None) };
    let root = ManifestRoot::read(&bytes, counter).map_err(|what| damaged(store, &ManifestFile::Root { counter }, what))?;
    Ok(Some(StoredRoot { root, bytes }))
}

/// Reads a page that a root names.
///
/// # Errors
/// [`Error::Damaged`], where it is not there too; [`Error::Io`].
pub(crate) fn read_page(store: &dyn Store, pages: &RegionPages, index: usize) -> Result<ManifestPage> {
    let digest = pages.pages.get(index).ok_or(Error::Misuse("a page's index is below their count"))?;
    let file = ManifestFile::Page { sha256: digest.as_str().to_owned() };
    let bytes = read(store, &file, MAX_PAGE_LENGTH)?.ok_or_else(|| damaged(store, &file, ManifestFault::Missing.into()))?;
    if ManifestDigest::of(&bytes) != *digest {
        return Err(damaged(store, &file, ManifestFault::OtherContent.into()));
    }
    let place = PagePlace { region: pages.region, index, count: pages.pages.len() };
    ManifestPage::read(&bytes, place).map_err(|what| damaged(store, &file, what))
}

/// Reads a manifest of at most `limit` bytes.
pub(crate) fn read(store: &dyn Store, file: &ManifestFile, limit: u64) -> Result<Option<Vec<u8>>> {
    let Some(blob) = store.open_manifest(file)? else { return Ok(None) };
    match blob.read(limit) {
        Err(Error::Damaged { .. }) => Err(damaged(store, file, ManifestFault::TooLarge(limit).into())),
        read => read.map(Some),
    }
}

pub(super) fn damaged(store: &dyn Store, file: &ManifestFile, what: Damage) -> Error {
    Error::Damaged { path: store.place(Item::Manifest(file)), what }
}
