//! A store is where a vault lies. What a record says is the vault's business, how its bytes stay is the store's.
//!
//! What a store promises, which one suite of tests holds against each:
//!
//! | what | promise |
//! | --- | --- |
//! | the unit of commit | is the name: all records of a name are read with one [`Stamp`], and a change is committed only if the stamp still holds |
//! | reading | needs no lock; a record is read whole or not at all, a blob is never half there; what is not there is `None`, never an error |
//! | [`WriteGroup::stage`] | changes nothing that a record names; an error leaves everything as it was |
//! | [`WriteGroup::barrier`] | what was staged or committed before is durable when it returns; once failed, it is never tried again, and nothing more may be written |
//! | [`Staged::commit`] | record by record in the order of the change, each durable before the next, or all at once; an error before the first leaves everything as it was, a later one says that the change may have happened |
//! | [`Commit::Lost`] | another writer was first, or took back a blob that both had put: nothing was changed, and the change is made anew from what is there now |
//! | [`Staged::abandon`] | removes what was staged, and nothing that any record names or may name after a power cut |
//! | [`Staged::finish`] | after the last barrier: removes what the records named before and do not name any more, and where one writer works at a time what others left too |
//! | [`Writer::put_blobs`] | puts what a root names, before that is there; whoever writes a secret next may remove what neither names |
//! | manifests | are put once, each durable when that returns, and never changed: whoever comes second is told; a page's same bytes again are no error |
//! | blobs | are put under their content's name and never changed; the same bytes again are no error, others are |
//! | a power cut | loses any part of what no barrier made durable, and nothing else |
//! | places | say where something lies, for people: a path, an address; nobody opens them |

pub(crate) mod archive;
mod change_mark;
mod checked_writer;
mod key;
mod listed;
pub(crate) mod local;
mod manifest_file;
#[cfg(test)]
pub(crate) mod memory;
mod records;
pub(crate) mod stored_file;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

pub(crate) use change_mark::ChangeMark;
pub(crate) use checked_writer::CheckedWriter;
pub(crate) use key::{BlobKey, Item, NameKey, SecretKey, bundle_file, encode, is_bundle_file};
pub use listed::Listed;
pub(crate) use manifest_file::{MAX_COUNTER, MAX_PAGE_LENGTH, MAX_ROOT_LENGTH, ManifestFile};
pub(crate) use records::{NameChange, RecordChange, Records, Stamp};

use crate::{
    error::{Error, Result},
    region::Region,
};

/// Longest record that is read.
pub(crate) const MAX_RECORD_LENGTH: u64 = 16 * 1024 * 1024;

/// Where a vault lies.
pub(crate) trait Store: fmt::Debug + Send + Sync {
    /// The store itself, as the user named it.
    fn root(&self) -> &Path;

    /// Where something lies, as the user named the store.
    fn place(&self, item: Item<'_>) -> PathBuf;

    /// The same in a form that means the same everywhere.
    fn absolute_place(&self, item: Item<'_>) -> PathBuf;

    /// Whether everything that it has is known to be what enough signers signed.
    fn is_signed(&self) -> bool {
        false
    }

    /// Whether there is a vault. Where that cannot be told, that is an error.
    fn exists(&self) -> Result<bool>;

    /// The vault's marker, of a vault that exists.
    fn marker(&self) -> Result<Vec<u8>>;

    /// Makes a vault with this marker, durably; another writer may be first.
    fn initialize(&self, marker: &[u8]) -> Result<()>;

    /// Tells whether anybody has written since; `None` where that cannot be told, or somebody writes or has just done so.
    fn change_mark(&self) -> Option<ChangeMark>;

    /// The Regions in which a secret can be primary: all of them, where that is not known, or where another writer may add one before what is
    /// read in them is committed to.
    fn regions(&self) -> Vec<Region>;

    /// The secrets that there may be, those of one name next to each other; the faults say where there may be more.
    fn secrets(&self) -> Result<Listed<SecretKey>>;

    /// Reads the records of a name in place of what `records` held. Only these Regions are looked into.
    fn read(&self, name: &NameKey, regions: &[Region], records: &mut Records) -> Result<()>;

    /// Whether a secret has a record, or something in its place. Where that cannot be told, that is an error.
    fn has_record(&self, secret: &SecretKey) -> Result<bool>;

    /// Opens a blob, no link is followed; `None` where it is not there, be it that a writer has removed it.
    fn open(&self, blob: &BlobKey) -> Result<Option<Blob>>;

    /// Whether a blob is there.
    fn has(&self, blob: &BlobKey) -> bool;

    /// The roots and their signatures, in any number and from anybody.
    fn manifests(&self) -> Result<Vec<ManifestFile>>;

    /// The pages.
    fn pages(&self) -> Result<Vec<ManifestFile>>;

    /// Opens a manifest, no link is followed; `None` where it is not there.
    fn open_manifest(&self, file: &ManifestFile) -> Result<Option<Blob>>;

    /// All secrets, for `verify`, and what lies about beside them.
    fn survey(&self) -> Result<Survey>;

    /// What lies with a secret and that its record does not name; without a record, all of it.
    fn leftovers(&self, secret: &SecretKey, named: Option<&[BlobKey]>) -> Result<Vec<Leftover>>;

    /// Begins to write. Where there is a lock, this waits for it; it is held until the writer is dropped.
    fn writer(&self) -> Result<Box<dyn Writer + '_>>;
}

/// What writes to a store. Before anything of a change is there, the [`ChangeMark`] moves.
pub(crate) trait Writer: Send + Sync {
    /// Begins a group of changes that share their barriers.
    fn group(&self, size: GroupSize) -> Box<dyn WriteGroup + '_>;

    /// Puts pages, durable together when this returns. One that is there is no error, unless it has other bytes.
    fn put_pages(&self, pages: &[(ManifestFile, Vec<u8>)]) -> Result<()>;

    /// Puts blobs that no record need name yet, durable together when this returns. One that is there is no error, unless it has other bytes.
    fn put_blobs(&self, blobs: &[(BlobKey, Vec<u8>)]) -> Result<()>;

    /// Puts a root or a signature where none of its name is; durable when this returns.
    fn put_manifest(&self, file: &ManifestFile, bytes: &[u8]) -> Result<PutManifest>;

    /// Removes a manifest, if it is there.
    fn remove_manifest(&self, file: &ManifestFile) -> Result<()>;

    /// Puts another marker in the place of the vault's, durable when this returns.
    fn replace_marker(&self, marker: &[u8]) -> Result<()>;
}

/// What came of putting a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum PutManifest {
    Done,
    /// One of this name is there, which stays as it is.
    Taken,
}

/// A blob that is open.
pub(crate) struct Blob {
    /// Where it lies, for people.
    pub(crate) place: PathBuf,
    pub(crate) content: Box<dyn io::Read + Send>,
}

impl Blob {
    /// Reads all of it, at most `limit` bytes.
    pub(crate) fn read(self, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        read_bounded_to(&mut bytes, self.content, &self.place, limit).map(|()| bytes)
    }
}

/// How many changes a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupSize {
    One,
    Many,
}

/// Changes that become durable together. Several threads may stage at once.
pub(crate) trait WriteGroup: Send + Sync {
    fn stage(&self, change: NameChange) -> Result<Box<dyn Staged + '_>>;

    fn barrier(&self) -> Result<()>;
}

/// A change that lacks its commit and two barriers: one before it, one after.
pub(crate) trait Staged: Send {
    fn commit(&mut self) -> Result<Commit>;

    fn abandon(self: Box<Self>);

    fn finish(self: Box<Self>);
}

/// How a commit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Commit {
    Done,
    Lost,
}

/// What `verify` looks at.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) secrets: Vec<SecretKey>,
    pub(crate) strays: Vec<(PathBuf, Stray)>,
    /// What cannot be looked into.
    pub(crate) faults: Vec<(PathBuf, Error)>,
}

/// What lies in a store and is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stray {
    /// Not the vault's.
    Stranger,
    /// Not the folder of a Region.
    NoRegion,
    /// A symbolic link in the place of something of the vault.
    Link,
}

/// Something that no record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leftover {
    pub(crate) place: PathBuf,
    /// It has a name that a writer gives; others are somebody else's.
    pub(crate) is_writers: bool,
}

/// Most records fit: one read takes them, and the next one sees their end.
const FIRST_READ: usize = 8 * 1024;

/// Appends all that can be read, at most `limit` bytes.
pub(crate) fn read_bounded_to(bytes: &mut Vec<u8>, reader: impl io::Read, place: &Path, limit: u64) -> Result<()> {
    use io::Read as _;
    bytes.reserve(FIRST_READ);
    let length = reader.take(limit.saturating_add(1)).read_to_end(bytes).map_err(|error| Error::io_at("reading", place, error))?;
    tracing::debug!(path = %place.display(), length, "read the file");
    if u64::try_from(length).unwrap_or(u64::MAX) > limit {
        return Err(Error::damaged(place, format!("larger than the {limit} bytes that it can have")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
