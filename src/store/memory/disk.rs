//! What is there, and what of it would be there after a power cut.

use std::collections::BTreeMap;

use super::super::{BlobKey, ManifestFile, NameKey, SecretKey, Stamp};

#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    pub(super) marker: Option<Vec<u8>>,
    pub(super) records: BTreeMap<SecretKey, Vec<u8>>,
    pub(super) blobs: BTreeMap<BlobKey, Vec<u8>>,
    pub(super) manifests: BTreeMap<ManifestFile, Vec<u8>>,
    stamps: BTreeMap<NameKey, u64>,
}

/// What cannot be there in part.
#[derive(Debug)]
pub(super) enum Write {
    Marker(Vec<u8>),
    Blob(BlobKey, Vec<u8>),
    NoBlob(BlobKey),
    Manifest(ManifestFile, Vec<u8>),
    NoManifest(ManifestFile),
    /// Records of one name, as they are to be.
    Records(NameKey, Vec<(SecretKey, Option<Vec<u8>>)>, u64),
}

#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) now: Contents,
    durable: Contents,
    unsynced: Vec<Write>,
    commits: u64,
    pub(super) is_locked: bool,
}

impl Contents {
    fn apply(&mut self, write: &Write) {
        match write {
            Write::Marker(marker) => self.marker = Some(marker.clone()),
            Write::Blob(blob, message) => _ = self.blobs.insert(blob.clone(), message.clone()),
            Write::NoBlob(blob) => _ = self.blobs.remove(blob),
            Write::Manifest(file, bytes) => _ = self.manifests.insert(file.clone(), bytes.clone()),
            Write::NoManifest(file) => _ = self.manifests.remove(file),
            Write::Records(name, records, stamp) => {
                self.stamps.insert(name.clone(), *stamp);
                for (secret, record) in records {
                    match record {
                        Some(record) => _ = self.records.insert(secret.clone(), record.clone()),
                        None => _ = self.records.remove(secret),
                    }
                }
            }
        }
    }

    /// Every secret of which there is anything.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &SecretKey> {
        self.records.keys().chain(self.blobs.keys().map(|blob| &blob.secret))
    }
}

impl Disk {
    pub(super) fn write(&mut self, write: Write) {
        self.now.apply(&write);
        self.unsynced.push(write);
    }

    pub(super) fn commit(&mut self, name: &NameKey, records: Vec<(SecretKey, Option<Vec<u8>>)>) {
        self.commits += 1;
        self.write(Write::Records(name.clone(), records, self.commits));
    }

    pub(super) fn sync(&mut self) {
        for write in std::mem::take(&mut self.unsynced) {
            self.durable.apply(&write);
        }
    }

    pub(super) fn cut_power(&mut self, mut stays: impl FnMut() -> bool) {
        for write in std::mem::take(&mut self.unsynced) {
            if stays() {
                self.durable.apply(&write);
            }
        }
        self.now = self.durable.clone();
    }

    pub(super) fn replace_records(&mut self, replace: impl Fn(&SecretKey, &[u8]) -> Vec<u8>) {
        self.sync();
        for (secret, record) in &mut self.now.records {
            *record = replace(secret, record);
        }
        self.durable = self.now.clone();
    }

    pub(super) fn stamp(&self, name: &NameKey) -> Stamp {
        Stamp(self.now.stamps.get(name).copied().unwrap_or_default())
    }

    pub(super) fn manifests(&self, is_wanted: impl Fn(&ManifestFile) -> bool) -> Vec<ManifestFile> {
        self.now.manifests.keys().filter(|file| is_wanted(file)).cloned().collect()
    }

    /// Whether a record of its secret names a blob, now or after a power cut.
    pub(super) fn is_named(&self, blob: &BlobKey) -> bool {
        let records = [&self.now, &self.durable].into_iter().filter_map(|contents| contents.records.get(&blob.secret));
        // The name has the digest of the content.
        records.into_iter().any(|record| record.windows(blob.file.len()).any(|part| part == blob.file.as_bytes()))
    }

    pub(super) fn blobs_of<'d>(&'d self, secret: &'d SecretKey) -> impl Iterator<Item = &'d BlobKey> {
        self.now.blobs.keys().filter(move |blob| blob.secret == *secret)
    }
}
