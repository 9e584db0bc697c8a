//! The folders of a vault.

use std::path::{Path, PathBuf};

use super::layout::SECRETS;
use crate::{
    durable,
    region::Region,
    store::{BlobKey, SecretKey},
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

    /// For the folder of one secret, which may lie anywhere in the folder of a Region.
    pub(super) fn around(secrets: &Path) -> Self {
        Self { root: durable::parent_of(secrets).to_owned(), secrets: secrets.to_owned() }
    }

    pub(super) fn region_dir(&self, region: Region) -> PathBuf {
        self.secrets.join(region.name())
    }

    pub(super) fn secret_dir(&self, secret: &SecretKey) -> PathBuf {
        self.region_dir(secret.primary).join(secret.name.as_os_str())
    }

    pub(super) fn blob_path(&self, blob: &BlobKey) -> PathBuf {
        self.secret_dir(&blob.secret).join(&blob.version).join(&blob.file)
    }
}
