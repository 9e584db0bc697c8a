//! What the fuzz targets need of the inside.

use std::path::PathBuf;

use crate::store::archive;

use super::{
    cut::{cut, joined},
    manifest_page::{ManifestPage, PagePlace},
    manifest_root::ManifestRoot,
};

/// A root that is taken, whatever its counter.
#[derive(Debug)]
pub struct FuzzedRoot(ManifestRoot);

impl FuzzedRoot {
    /// `None` if it is refused.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let named: ManifestRoot = serde_json::from_slice(bytes).ok()?;
        ManifestRoot::read(bytes, named.counter).ok().map(Self)
    }

    /// As it is written.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.write().expect("what was read can be written")
    }
}

/// The only page of a Region that is taken, whatever the Region.
#[derive(Debug)]
pub struct FuzzedPage(ManifestPage);

impl FuzzedPage {
    /// `None` if it is refused.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let named: ManifestPage = serde_json::from_slice(bytes).ok()?;
        ManifestPage::read(bytes, PagePlace { region: named.region, index: 0, count: 1 }).ok().map(Self)
    }

    /// As it is written.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.write().expect("what was read can be written")
    }

    /// # Panics
    /// An entry that is cut once more is another one.
    pub fn check_cuts(&self) {
        let region = self.0.region;
        for entry in &self.0.entries {
            let record = joined(vec![(region, entry.clone())]).expect("one cut agrees with itself").expect("there is one");
            assert_eq!(cut(&record, region), *entry);
        }
    }
}

/// The files of an archive that is taken: the path of each, and where its bytes lie. `None` if it is refused.
#[must_use]
pub fn archive_files(bytes: &[u8]) -> Option<Vec<(PathBuf, u64, u64)>> {
    archive::files_of(bytes)
}
