//! A vault that is a directory. The rename of `secret.json` is the only commit; one writer at a time holds a lock, and readers need none.

mod entries;
mod folders;
mod group;
pub(crate) mod layout;
mod manifests;
mod read;
pub(crate) mod secret_writer;
mod single;
mod survey;

use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

pub(crate) use read::{is_one_file, open_lone};
pub(crate) use survey::{PathContent, look_at};

use self::{
    entries::{is_occupied, looked_at, names},
    folders::Folders,
    group::LocalGroup,
    layout::{LOCK, MANIFESTS, MARKER, PAGES},
    read::{opened, read_bounded, read_record_in, read_record_to},
    secret_writer::SecretWriter,
    single::Single,
};
use super::{
    Blob, BlobKey, ChangeMark, GroupSize, Item, Leftover, Listed, ManifestFile, NameKey, PutManifest, Records, SecretKey, Stamp, Store,
    Survey, WriteGroup, Writer,
};
use crate::{
    durable::{
        self, Group, Lock, OpenFolder,
        regular::{open_regular, refuse_link},
    },
    error::{Error, Result},
    region::Region,
};

/// Where something lies, as seen from the vault's own folder.
pub(crate) fn path_in_vault(item: Item<'_>) -> PathBuf {
    Folders::relative().place(item)
}

/// Longest marker that is read.
const MAX_MARKER_LENGTH: u64 = 4096;

/// A directory, which need not exist.
#[derive(Debug, Clone)]
pub(crate) struct LocalStore {
    folders: Folders,
    make_group: fn() -> Group,
}

impl LocalStore {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self::at(Folders::of(root))
    }

    /// With the folders that [`look_at`] found.
    pub(crate) const fn at(folders: Folders) -> Self {
        Self { folders, make_group: Group::new }
    }

    /// Has the barriers of groups fail, or tell of themselves.
    #[cfg(test)]
    pub(crate) fn with_groups(root: PathBuf, make_group: fn() -> Group) -> Self {
        Self { make_group, ..Self::new(root) }
    }
}

impl Store for LocalStore {
    fn root(&self) -> &Path {
        &self.folders.root
    }

    fn place(&self, item: Item<'_>) -> PathBuf {
        self.folders.place(item)
    }

    fn absolute_place(&self, item: Item<'_>) -> PathBuf {
        self.folders.absolute_place(item)
    }

    fn exists(&self) -> Result<bool> {
        let looked = looked_at(&self.folders.root.join(MARKER));
        let marker = looked.map_err(|error| Error::io_at("looking for the vault at", &self.absolute_place(Item::Vault), error))?;
        Ok(marker.is_some_and(|marker| marker.is_file()))
    }

    fn marker(&self) -> Result<Vec<u8>> {
        read_bounded(&self.folders.root.join(MARKER), MAX_MARKER_LENGTH)
    }

    fn initialize(&self, marker: &[u8]) -> Result<()> {
        durable::create_dir_all(&self.folders.secrets)?;
        match durable::write_new(&self.folders.root.join(MARKER), marker) {
            // Another writer was first.
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        }
    }

    /// The times of the lock, where each writer leaves that of its changes, and of the folders in which secrets come and go.
    fn change_mark(&self) -> Option<ChangeMark> {
        if !Lock::is_free(&self.folders.root.join(LOCK)) {
            return None;
        }
        let folders = self.regions().into_iter().map(|region| self.folders.region_dir(region));
        let paths = [self.folders.root.join(LOCK), self.folders.secrets.clone()].into_iter().chain(folders);
        let time = |path: PathBuf| looked_at(&path)?.map_or(Ok(SystemTime::UNIX_EPOCH), |found| found.modified());
        ChangeMark::settled(paths.map(time).collect::<io::Result<_>>().ok()?)
    }

    /// Those that have a folder. All of them where that cannot be listed: to look into each then says why.
    fn regions(&self) -> Vec<Region> {
        let folders = names(&self.folders.secrets).ok();
        let has_folder = |region: Region| folders.as_ref().is_none_or(|folders| folders.iter().any(|folder| folder == region.name()));
        Region::all().filter(|region| has_folder(*region)).collect()
    }

    fn secrets(&self) -> Result<Listed<SecretKey>> {
        let mut secrets = Listed::default();
        let is_listed = names(&self.folders.secrets).is_ok();
        for primary in self.regions() {
            match names(&self.folders.region_dir(primary)) {
                Ok(listed) => secrets.entries.extend(listed.into_iter().map(|name| SecretKey { name: NameKey::listed(name), primary })),
                Err(error) if is_listed => secrets.add_fault(error),
                // It keeps every Region from being listed: which ones there are is not known.
                Err(error) => return Err(error),
            }
        }
        // Stable: the Regions of a name stay in their order.
        secrets.entries.sort_by(|secret, other| secret.name.cmp(&other.name));
        Ok(secrets)
    }

    fn read(&self, name: &NameKey, regions: &[Region], records: &mut Records) -> Result<()> {
        records.start(Stamp::LOCKED);
        for region in regions {
            let open = || OpenFolder::open(&self.folders.region_dir(*region));
            records.add_from(*region, open, |bytes, folder| match folder {
                Some(folder) if read_record_in(bytes, folder, name) => Ok(true),
                _ => read_record_to(bytes, &self.folders.record_path(name, *region)),
            })?;
            if records.get(*region).is_some() {
                records.look_once(*region, || layout::refuse_links_around(&self.folders.region_dir(*region)))?;
            }
        }
        Ok(())
    }

    fn has_record(&self, secret: &SecretKey) -> Result<bool> {
        let path = self.folders.record_path(&secret.name, secret.primary);
        is_occupied(&path).map_err(|error| Error::io_at("looking at", &path, error))
    }

    fn open(&self, blob: &BlobKey) -> Result<Option<Blob>> {
        let place = self.folders.blob_path(blob);
        refuse_link(durable::parent_of(&place))?;
        opened(open_regular(&place), place)
    }

    fn has(&self, blob: &BlobKey) -> bool {
        self.folders.blob_path(blob).exists()
    }

    fn manifests(&self) -> Result<Vec<ManifestFile>> {
        manifests::listed(&self.folders.root.join(MANIFESTS), ManifestFile::parse)
    }

    fn pages(&self) -> Result<Vec<ManifestFile>> {
        manifests::listed(&self.folders.root.join(MANIFESTS).join(PAGES), ManifestFile::parse_page)
    }

    fn open_manifest(&self, file: &ManifestFile) -> Result<Option<Blob>> {
        manifests::open(self.place(Item::Manifest(file)))
    }

    fn survey(&self) -> Result<Survey> {
        survey::of(&self.folders)
    }

    fn leftovers(&self, secret: &SecretKey, named: Option<&[BlobKey]>) -> Result<Vec<Leftover>> {
        let paths = secret_writer::leftovers(&self.folders.secret_dir(secret), named)?;
        Ok(paths.into_iter().map(|place| Leftover { is_writers: layout::is_writers(&place), place }).collect())
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        let lock = Lock::exclusive(&self.folders.root.join(LOCK))?;
        Ok(Box::new(LocalWriter { store: self, lock }))
    }
}

/// The one writer.
struct LocalWriter<'s> {
    store: &'s LocalStore,
    lock: Lock,
}

impl Writer for LocalWriter<'_> {
    fn group(&self, size: GroupSize) -> Box<dyn WriteGroup + '_> {
        match size {
            GroupSize::One => Box::new(Single::new(&self.store.folders, &self.lock)),
            GroupSize::Many => Box::new(LocalGroup::new(&self.store.folders, (self.store.make_group)(), &self.lock)),
        }
    }

    fn put_pages(&self, pages: &[(ManifestFile, Vec<u8>)]) -> Result<()> {
        manifests::put_pages(&self.store.folders, &(self.store.make_group)(), pages)
    }

    fn put_blobs(&self, blobs: &[(BlobKey, Vec<u8>)]) -> Result<()> {
        let group = (self.store.make_group)();
        self.lock.touch();
        for (blob, message) in blobs {
            SecretWriter::begin_in(&group, &self.store.folders.secret_dir(&blob.secret))?.put_blob(blob, message)?;
        }
        group.make_durable()
    }

    fn put_manifest(&self, file: &ManifestFile, bytes: &[u8]) -> Result<PutManifest> {
        manifests::put(&self.store.place(Item::Manifest(file)), bytes)
    }

    fn remove_manifest(&self, file: &ManifestFile) -> Result<()> {
        manifests::remove(&self.store.place(Item::Manifest(file)))
    }

    fn replace_marker(&self, marker: &[u8]) -> Result<()> {
        let place = self.store.place(Item::Marker);
        refuse_link(&place)?;
        durable::replace(&place, marker)
    }
}
