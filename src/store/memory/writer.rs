//! What writes to a store in memory.

use super::{MemoryStore, Writers, disk::Write};
use crate::{
    error::{Error, Result},
    parallel::lock,
    store::{
        BlobKey, Commit, GroupSize, Item, ManifestFile, NameChange, PutManifest, RecordChange, SecretKey, Staged, Store as _, WriteGroup,
        Writer,
    },
};

pub(super) struct MemoryWriter<'s>(&'s MemoryStore);

impl<'s> MemoryWriter<'s> {
    pub(super) const fn new(store: &'s MemoryStore) -> Self {
        Self(store)
    }
}

impl Drop for MemoryWriter<'_> {
    fn drop(&mut self) {
        if self.0.writers == Writers::Locked {
            lock(&self.0.disk).is_locked = false;
        }
    }
}

impl Writer for MemoryWriter<'_> {
    fn group(&self, _: GroupSize) -> Box<dyn WriteGroup + '_> {
        Box::new(MemoryGroup(self.0))
    }

    fn put_pages(&self, pages: &[(ManifestFile, Vec<u8>)]) -> Result<()> {
        for (page, bytes) in pages {
            if self.put_manifest(page, bytes)? == PutManifest::Taken && lock(&self.0.disk).now.manifests.get(page) != Some(bytes) {
                return Err(Error::damaged(self.0.place(Item::Manifest(page)), "exists with other content than its name says"));
            }
        }
        Ok(())
    }

    fn put_blobs(&self, blobs: &[(BlobKey, Vec<u8>)]) -> Result<()> {
        for (blob, message) in blobs {
            self.0.change(|disk| match disk.now.blobs.get(blob) {
                Some(there) if there == message => Ok(()),
                Some(_) => Err(Error::damaged(self.0.place(Item::Blob(blob)), "exists with other content than its name says")),
                None => {
                    disk.write(Write::Blob(blob.clone(), message.clone()));
                    Ok(())
                }
            })?;
        }
        self.0.change(|disk| {
            disk.sync();
            Ok(())
        })
    }

    fn put_manifest(&self, file: &ManifestFile, bytes: &[u8]) -> Result<PutManifest> {
        let mut put = PutManifest::Taken;
        self.0.change(|disk| {
            if !disk.now.manifests.contains_key(file) {
                disk.write(Write::Manifest(file.clone(), bytes.to_owned()));
                disk.sync();
                put = PutManifest::Done;
            }
            Ok(())
        })?;
        Ok(put)
    }

    fn remove_manifest(&self, file: &ManifestFile) -> Result<()> {
        self.0.change(|disk| {
            disk.write(Write::NoManifest(file.clone()));
            disk.sync();
            Ok(())
        })
    }

    fn replace_marker(&self, marker: &[u8]) -> Result<()> {
        self.0.change(|disk| {
            disk.write(Write::Marker(marker.to_owned()));
            disk.sync();
            Ok(())
        })
    }
}

struct MemoryGroup<'s>(&'s MemoryStore);

impl WriteGroup for MemoryGroup<'_> {
    fn stage(&self, mut change: NameChange) -> Result<Box<dyn Staged + '_>> {
        let blobs: Vec<_> = change.records.iter_mut().flat_map(|record| std::mem::take(&mut record.blobs)).collect();
        let wanted = blobs.iter().map(|(blob, _)| blob.clone()).collect();
        let mut staged = StagedInMemory { store: self.0, change, wanted, put: Vec::new() };
        for (blob, message) in blobs {
            if let Err(error) = staged.put(blob, message) {
                staged.take_back();
                return Err(error);
            }
        }
        Ok(Box::new(staged))
    }

    fn barrier(&self) -> Result<()> {
        self.0.change(|disk| {
            disk.sync();
            Ok(())
        })
    }
}

struct StagedInMemory<'s> {
    store: &'s MemoryStore,
    change: NameChange,
    /// The new blobs.
    wanted: Vec<BlobKey>,
    /// Those among them that were not there before.
    put: Vec<BlobKey>,
}

impl StagedInMemory<'_> {
    fn put(&mut self, blob: BlobKey, message: Vec<u8>) -> Result<()> {
        let (store, put) = (self.store, &mut self.put);
        store.change(|disk| match disk.now.blobs.get(&blob) {
            Some(there) if *there == message => Ok(()),
            Some(_) => {
                let path = store.place(Item::Blob(&blob));
                Err(Error::damaged(path, "exists with other content than its name says"))
            }
            None => {
                put.push(blob.clone());
                disk.write(Write::Blob(blob, message));
                Ok(())
            }
        })
    }

    fn key(&self, record: &RecordChange) -> SecretKey {
        SecretKey { name: self.change.name.clone(), primary: record.primary }
    }

    /// Removes what was put, unless a record is there by now that may name it: this one, or that of a writer who was first and put the same.
    fn take_back(&self) {
        let unnamed: Vec<_> = {
            let disk = lock(&self.store.disk);
            self.put.iter().filter(|blob| !disk.is_named(blob)).cloned().collect()
        };
        unnamed.into_iter().for_each(|blob| self.remove(blob));
    }

    fn remove(&self, blob: BlobKey) {
        // What cannot be removed stays.
        let _ = self.store.change(|disk| {
            disk.write(Write::NoBlob(blob));
            Ok(())
        });
    }

    /// Record by record, each durable before the next.
    fn commit_each(&self) -> Result<()> {
        for (index, record) in self.change.records.iter().enumerate() {
            let is_last = index + 1 == self.change.records.len();
            self.store.change(|disk| {
                disk.commit(&self.change.name, vec![(self.key(record), record.after.clone())]);
                if !is_last {
                    disk.sync();
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// All at once, if nobody was first.
    fn commit_all(&self) -> Result<Commit> {
        let mut commit = Commit::Done;
        self.store.change(|disk| {
            // Whoever put the same may have taken it back since.
            let is_whole = self.wanted.iter().all(|blob| disk.now.blobs.contains_key(blob));
            if !is_whole || disk.stamp(&self.change.name) != self.change.stamp {
                commit = Commit::Lost;
                return Ok(());
            }
            let records = self.change.records.iter().map(|record| (self.key(record), record.after.clone()));
            disk.commit(&self.change.name, records.collect());
            Ok(())
        })?;
        Ok(commit)
    }
}

impl Staged for StagedInMemory<'_> {
    fn commit(&mut self) -> Result<Commit> {
        let committed = match self.store.writers {
            Writers::Locked => self.commit_each().map(|()| Commit::Done),
            Writers::Racing => self.commit_all(),
        };
        if committed.is_err() {
            self.take_back();
        }
        committed
    }

    fn abandon(self: Box<Self>) {
        self.take_back();
    }

    fn finish(self: Box<Self>) {
        for record in &self.change.records {
            let old: Vec<BlobKey> = match self.store.writers {
                // What others left goes too.
                Writers::Locked => lock(&self.store.disk).blobs_of(&self.key(record)).cloned().collect(),
                Writers::Racing => record.named_before.clone(),
            };
            old.into_iter().filter(|blob| !record.named_after.contains(blob)).for_each(|blob| self.remove(blob));
        }
    }
}
