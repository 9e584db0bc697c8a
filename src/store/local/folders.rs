//! The folders of a vault.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::layout::{MANIFESTS, MARKER, PAGES, RECORD, SECRETS};
use crate::{
    durable,
    region::Region,
    store::{BlobKey, Item, ManifestFile, NameKey, SecretKey},
};

/// Where a vault's folders are; none of them need be there.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    pub(super) root: PathBuf,
    /// The folder of the Regions' folders.
    pub(super) secrets: PathBuf,
}

impl Folders {
    pub(super) fn of(root: PathBuf) -> Self {
        Self { secrets: root.join(SECRETS), root }
    }

    /// Seen from the vault's own folder.
    pub(super) fn relative() -> Self {
        Self::of(PathBuf::new())
    }

    /// For the folder of one secret, which may lie anywhere in the folder of a Region.
    pub(super) fn around(secrets: &Path) -> Self {
        Self { root: durable::parent_of(secrets).to_owned(), secrets: secrets.to_owned() }
    }

    /// Where something lies.
    pub(super) fn place(&self, item: Item<'_>) -> PathBuf {
        match item {
            Item::Vault => self.root.clone(),
            Item::Marker => self.root.join(MARKER),
            Item::Secret(secret) => self.secret_dir(secret),
            Item::Record(secret) => self.record_path(&secret.name, secret.primary),
            Item::Blob(blob) => self.blob_path(blob),
            Item::Manifest(file @ ManifestFile::Page { .. }) => self.root.join(MANIFESTS).join(PAGES).join(file.to_string()),
            Item::Manifest(file) => self.root.join(MANIFESTS).join(file.to_string()),
        }
    }

    /// The same in a form that means the same everywhere, where that can be told.
    pub(super) fn absolute_place(&self, item: Item<'_>) -> PathBuf {
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        match item {
            Item::Vault | Item::Marker | Item::Manifest(_) => Self::of(absolute(&self.root)).place(item),
            Item::Secret(_) | Item::Record(_) | Item::Blob(_) => Self::around(&absolute(&self.secrets)).place(item),
        }
    }

    pub(super) fn region_dir(&self, region: Region) -> PathBuf {
        self.below([region.name().as_ref()])
    }

    pub(super) fn secret_dir(&self, secret: &SecretKey) -> PathBuf {
        self.below([secret.primary.name().as_ref(), secret.name.as_os_str()])
    }

    pub(super) fn record_path(&self, name: &NameKey, primary: Region) -> PathBuf {
        self.below([primary.name().as_ref(), name.as_os_str(), RECORD.as_ref()])
    }

    pub(super) fn blob_path(&self, blob: &BlobKey) -> PathBuf {
        let BlobKey { secret, version, file } = blob;
        self.below([secret.primary.name().as_ref(), secret.name.as_os_str(), version.as_ref(), file.as_ref()])
    }

    /// A path below the folder of the Regions' folders, made at once.
    fn below<const N: usize>(&self, names: [&OsStr; N]) -> PathBuf {
        let length = names.iter().fold(self.secrets.as_os_str().len(), |length, name| length + 1 + name.len());
        let mut path = PathBuf::with_capacity(length);
        path.push(&self.secrets);
        path.extend(names);
        path
    }
}
