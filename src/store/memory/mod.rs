//! A store in memory, for tests: it loses what is not durable, fails, and is overtaken, as a seed has it.

mod disk;
mod faults;
mod writer;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};

pub(crate) use faults::InjectedFault;

use self::{
    disk::{Disk, Write},
    faults::{CallAnswer, Faults},
    writer::MemoryWriter,
};
use super::{Blob, BlobKey, ChangeMark, Item, Leftover, Listed, ManifestFile, NameKey, Records, SecretKey, Store, Survey, Writer};
use crate::{error::Result, parallel::lock, region::Region};

/// How writers keep out of each other's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writers {
    /// One at a time, record by record, as in a directory.
    Locked,
    /// Many: whoever commits first wins, all records of a name at once, as in a store of objects.
    Racing,
}

#[derive(Debug)]
pub(crate) struct MemoryStore {
    writers: Writers,
    disk: Mutex<Disk>,
    faults: Mutex<Faults>,
}

impl MemoryStore {
    pub(crate) fn new(writers: Writers) -> Self {
        Self { writers, disk: Mutex::default(), faults: Mutex::default() }
    }

    /// Has the call with this number fail, counted from 1 and from now on.
    pub(crate) fn fail_at(&self, call: u64, fault: InjectedFault) {
        lock(&self.faults).fail_at(call, fault);
    }

    /// Has something happen during the call with this number, counted from 1 and from now on.
    pub(crate) fn interrupt_at(&self, call: u64, work: impl FnOnce() + Send + 'static) {
        lock(&self.faults).interrupt_at(call, Box::new(work));
    }

    /// Takes back what was to happen and has not. Gives how many calls there were since it was set.
    pub(crate) fn calm(&self) -> u64 {
        lock(&self.faults).calm()
    }

    /// A power cut, and the start after it: of what is not durable, only that stays for which `stays` says so.
    pub(crate) fn cut_power(&self, stays: impl FnMut() -> bool) {
        lock(&self.disk).cut_power(stays);
    }

    /// Has other bytes in the place of each record, durably, whoever reads it next.
    pub(crate) fn replace_records(&self, replace: impl Fn(&SecretKey, &[u8]) -> Vec<u8>) {
        lock(&self.disk).replace_records(replace);
    }

    /// Whether a writer is there: another one would wait for it.
    pub(crate) fn is_locked(&self) -> bool {
        lock(&self.disk).is_locked
    }

    /// Every call comes through here.
    fn called(&self) -> Result<CallAnswer> {
        let interruption = lock(&self.faults).interruption();
        if let Some(interruption) = interruption {
            interruption();
        }
        lock(&self.faults).answer()
    }

    fn look<T>(&self, look: impl FnOnce(&Disk) -> T) -> Result<T> {
        self.called()?.before()?;
        Ok(look(&lock(&self.disk)))
    }

    fn change(&self, change: impl FnOnce(&mut Disk) -> Result<()>) -> Result<()> {
        let answer = self.called()?;
        answer.before()?;
        change(&mut lock(&self.disk))?;
        answer.after()
    }
}

impl Store for MemoryStore {
    fn root(&self) -> &Path {
        Path::new("memory:")
    }

    fn place(&self, item: Item<'_>) -> PathBuf {
        let of_secret = |secret: &SecretKey| self.root().join(secret.primary.name()).join(secret.name.as_os_str());
        match item {
            Item::Vault => self.root().to_owned(),
            Item::Marker => self.root().join("marker"),
            Item::Secret(secret) => of_secret(secret),
            Item::Record(secret) => of_secret(secret).join("record"),
            Item::Blob(blob) => of_secret(&blob.secret).join(&blob.version).join(&blob.file),
            Item::Manifest(file) => self.root().join(file.to_string()),
        }
    }

    fn absolute_place(&self, item: Item<'_>) -> PathBuf {
        self.place(item)
    }

    fn exists(&self) -> Result<bool> {
        self.look(|disk| disk.now.marker.is_some())
    }

    fn marker(&self) -> Result<Vec<u8>> {
        self.look(|disk| disk.now.marker.clone().unwrap_or_default())
    }

    fn initialize(&self, marker: &[u8]) -> Result<()> {
        self.change(|disk| {
            if disk.now.marker.is_none() {
                disk.write(Write::Marker(marker.to_owned()));
                disk.sync();
            }
            Ok(())
        })
    }

    fn change_mark(&self) -> Option<ChangeMark> {
        None
    }

    fn regions(&self) -> Vec<Region> {
        let disk = lock(&self.disk);
        let is_used = |region: &Region| self.writers == Writers::Racing || disk.now.secrets().any(|secret| secret.primary == *region);
        Region::all().filter(is_used).collect()
    }

    fn secrets(&self) -> Result<Listed<SecretKey>> {
        self.look(|disk| {
            let mut secrets: Vec<_> = disk.now.secrets().cloned().collect();
            secrets.sort();
            secrets.dedup();
            Listed { entries: secrets, faults: Vec::new() }
        })
    }

    fn read(&self, name: &NameKey, regions: &[Region], records: &mut Records) -> Result<()> {
        records.start(self.look(|disk| disk.stamp(name))?);
        for (index, primary) in regions.iter().enumerate() {
            // Where records lie apart, a writer may come between the reads of two.
            if index > 0 && self.writers == Writers::Locked {
                self.look(|_| ())?;
            }
            let key = SecretKey { name: name.clone(), primary: *primary };
            let disk = lock(&self.disk);
            records.add(*primary, |bytes| {
                let record = disk.now.records.get(&key);
                bytes.extend_from_slice(record.map_or(&[], Vec::as_slice));
                Ok(record.is_some())
            })?;
        }
        Ok(())
    }

    fn has_record(&self, secret: &SecretKey) -> Result<bool> {
        self.look(|disk| disk.now.records.contains_key(secret))
    }

    fn open(&self, blob: &BlobKey) -> Result<Option<Blob>> {
        let message = self.look(|disk| disk.now.blobs.get(blob).cloned())?;
        Ok(message.map(|message| Blob { place: self.place(Item::Blob(blob)), content: Box::new(io::Cursor::new(message)) }))
    }

    fn has(&self, blob: &BlobKey) -> bool {
        lock(&self.disk).now.blobs.contains_key(blob)
    }

    fn manifests(&self) -> Result<Vec<ManifestFile>> {
        self.look(|disk| disk.manifests(|file| !matches!(file, ManifestFile::Page { .. })))
    }

    fn pages(&self) -> Result<Vec<ManifestFile>> {
        self.look(|disk| disk.manifests(|file| matches!(file, ManifestFile::Page { .. })))
    }

    fn open_manifest(&self, file: &ManifestFile) -> Result<Option<Blob>> {
        let bytes = self.look(|disk| disk.now.manifests.get(file).cloned())?;
        Ok(bytes.map(|bytes| Blob { place: self.place(Item::Manifest(file)), content: Box::new(io::Cursor::new(bytes)) }))
    }

    fn survey(&self) -> Result<Survey> {
        Ok(Survey { secrets: self.secrets()?.entries, ..Survey::default() })
    }

    fn leftovers(&self, secret: &SecretKey, named: Option<&[BlobKey]>) -> Result<Vec<Leftover>> {
        let named = named.unwrap_or_default();
        let unnamed = self.look(|disk| disk.blobs_of(secret).filter(|blob| !named.contains(blob)).cloned().collect::<Vec<_>>())?;
        Ok(unnamed.iter().map(|blob| Leftover { place: self.place(Item::Blob(blob)), is_writers: true }).collect())
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        self.called()?.before()?;
        if self.writers == Writers::Locked {
            let mut disk = lock(&self.disk);
            assert!(!disk.is_locked, "it would wait for ever");
            disk.is_locked = true;
        }
        Ok(Box::new(MemoryWriter::new(self)))
    }
}
