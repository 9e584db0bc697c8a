//! A part of a vault that came in one file. It is read where it lies, and nothing of it is unpacked.

mod index;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use self::index::{Extent, index};
use super::{
    Blob, BlobKey, ChangeMark, Item, Leftover, Listed, ManifestFile, NameKey, Records, SecretKey, Stamp, Store, Survey, Writer,
    local::path_in_vault, read_bounded_to, stored_file::StoredFile,
};
use crate::{
    error::{PackageRefusal, Result},
    parallel::lock,
    region::Region,
};

/// An archive with an index of its files.
#[derive(Debug)]
pub(crate) struct ArchiveStore {
    /// As the user named it.
    path: PathBuf,
    file: Arc<Mutex<File>>,
    files: BTreeMap<StoredFile, Extent>,
}

impl ArchiveStore {
    /// Reads the headers of an archive.
    ///
    /// # Errors
    /// [`ArchiveRefusal`](crate::error::ArchiveRefusal); [`Error::Io`](crate::error::Error::Io).
    pub(crate) fn open(path: &Path, mut file: File) -> Result<Self> {
        let files = index(&mut file)?;
        Ok(Self { path: path.to_owned(), file: Arc::new(Mutex::new(file)), files })
    }

    fn content(&self, file: &StoredFile) -> Option<Blob> {
        let extent = *self.files.get(file)?;
        let content = ArchiveSection { file: Arc::clone(&self.file), extent, position: 0 };
        Some(Blob { place: self.place(file.item()), content: Box::new(content) })
    }

    fn manifests_as(&self, is_wanted: impl Fn(&ManifestFile) -> bool) -> Vec<ManifestFile> {
        let manifest = |file: &StoredFile| match file {
            StoredFile::Manifest(manifest) if is_wanted(manifest) => Some(manifest.clone()),
            _ => None,
        };
        self.files.keys().filter_map(manifest).collect()
    }

    fn keys(&self) -> BTreeSet<&SecretKey> {
        self.files.keys().filter_map(StoredFile::secret).collect()
    }

    /// The bundles of a secret.
    fn blobs<'a>(&'a self, secret: &'a SecretKey) -> impl Iterator<Item = &'a BlobKey> {
        let first = StoredFile::Blob(BlobKey { secret: secret.clone(), version: String::new(), file: String::new() });
        let blobs = self.files.range(first..).map_while(|(file, _)| match file {
            StoredFile::Blob(blob) => Some(blob),
            _ => None,
        });
        blobs.take_while(move |blob| blob.secret == *secret)
    }
}

impl Store for ArchiveStore {
    fn root(&self) -> &Path {
        &self.path
    }

    fn place(&self, item: Item<'_>) -> PathBuf {
        match item {
            Item::Vault => self.path.clone(),
            item => self.path.join(path_in_vault(item)),
        }
    }

    fn absolute_place(&self, item: Item<'_>) -> PathBuf {
        let place = self.place(item);
        std::path::absolute(&place).unwrap_or(place)
    }

    fn exists(&self) -> Result<bool> {
        Ok(self.files.contains_key(&StoredFile::Marker))
    }

    fn marker(&self) -> Result<Vec<u8>> {
        self.content(&StoredFile::Marker).map_or_else(|| Ok(Vec::new()), |blob| blob.read(StoredFile::Marker.limit()))
    }

    fn initialize(&self, _: &[u8]) -> Result<()> {
        Err(PackageRefusal::ReadOnly.into())
    }

    fn change_mark(&self) -> Option<ChangeMark> {
        None
    }

    fn regions(&self) -> Vec<Region> {
        let primaries: BTreeSet<Region> = self.keys().into_iter().map(|secret| secret.primary).collect();
        Region::all().filter(|region| primaries.contains(region)).collect()
    }

    fn secrets(&self) -> Result<Listed<SecretKey>> {
        Ok(Listed { entries: self.keys().into_iter().cloned().collect(), faults: Vec::new() })
    }

    fn read(&self, name: &NameKey, regions: &[Region], records: &mut Records) -> Result<()> {
        records.start(Stamp::LOCKED);
        for primary in regions {
            let file = StoredFile::Record(SecretKey { name: name.clone(), primary: *primary });
            let Some(record) = self.content(&file) else { continue };
            records.add(*primary, |bytes| read_bounded_to(bytes, record.content, &record.place, file.limit()).map(|()| true))?;
        }
        Ok(())
    }

    fn has_record(&self, secret: &SecretKey) -> Result<bool> {
        Ok(self.files.contains_key(&StoredFile::Record(secret.clone())))
    }

    fn open(&self, blob: &BlobKey) -> Result<Option<Blob>> {
        Ok(self.content(&StoredFile::Blob(blob.clone())))
    }

    fn has(&self, blob: &BlobKey) -> bool {
        self.files.contains_key(&StoredFile::Blob(blob.clone()))
    }

    fn manifests(&self) -> Result<Vec<ManifestFile>> {
        Ok(self.manifests_as(|file| !matches!(file, ManifestFile::Page { .. })))
    }

    fn pages(&self) -> Result<Vec<ManifestFile>> {
        Ok(self.manifests_as(|file| matches!(file, ManifestFile::Page { .. })))
    }

    fn open_manifest(&self, file: &ManifestFile) -> Result<Option<Blob>> {
        Ok(self.content(&StoredFile::Manifest(file.clone())))
    }

    /// Nothing else is in an archive that was opened.
    fn survey(&self) -> Result<Survey> {
        Ok(Survey { secrets: self.secrets()?.entries, ..Survey::default() })
    }

    fn leftovers(&self, secret: &SecretKey, named: Option<&[BlobKey]>) -> Result<Vec<Leftover>> {
        let unnamed = self.blobs(secret).filter(|blob| !named.is_some_and(|named| named.contains(blob)));
        Ok(unnamed.map(|blob| Leftover { place: self.place(Item::Blob(blob)), is_writers: true }).collect())
    }

    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        Err(PackageRefusal::ReadOnly.into())
    }
}

/// The bytes of one file. Several may be read at once.
struct ArchiveSection {
    file: Arc<Mutex<File>>,
    extent: Extent,
    /// Seen from the file's first byte.
    position: u64,
}

impl Read for ArchiveSection {
    fn read(&mut self, dest: &mut [u8]) -> io::Result<usize> {
        let rest = self.extent.length.saturating_sub(self.position);
        let wanted = usize::try_from(rest).unwrap_or(usize::MAX).min(dest.len());
        let mut file = lock(&self.file);
        file.seek(SeekFrom::Start(self.extent.offset.saturating_add(self.position)))?;
        let count = file.read(dest.get_mut(..wanted).unwrap_or_default())?;
        self.position += u64::try_from(count).unwrap_or_default();
        Ok(count)
    }
}

/// For the fuzz target: each file's path, and where its bytes lie.
#[cfg(fuzzing)]
pub(crate) fn files_of(bytes: &[u8]) -> Option<Vec<(PathBuf, u64, u64)>> {
    let files = index(&mut io::Cursor::new(bytes)).ok()?;
    Some(files.into_iter().map(|(file, extent)| (path_in_vault(file.item()), extent.offset, extent.length)).collect())
}
