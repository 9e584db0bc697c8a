//! What lies where in a tar archive that anybody may have made. Nothing is unpacked.
//!
//! Headers and checksums are read by the `tar` crate, one by one as they stand; what they may say is decided here.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom},
};

use tar::{Archive, Entry, EntryType};

use crate::{
    error::{ArchiveRefusal, Error, Result},
    store::stored_file::StoredFile,
};

/// Bytes of a path, at most: those of a vault have some 320.
const MAX_PATH: u64 = 1024;
/// A block of the format.
const BLOCK: u64 = 512;
/// The end is two blocks of zeros; GNU tar fills up to 10,240 bytes, some up to more.
const MAX_END: u64 = 1024 * 1024;

/// Where the bytes of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// The files of an archive.
///
/// # Errors
/// [`ArchiveRefusal`] for anything that an export does not write; [`Error::Io`].
pub(super) fn index(source: &mut (impl Read + Seek)) -> Result<BTreeMap<StoredFile, Extent>> {
    let length = source.seek(SeekFrom::End(0)).map_err(unread)?;
    source.rewind().map_err(unread)?;
    let mut files = BTreeMap::new();
    let mut long_name: Option<Vec<u8>> = None;
    let mut end = 0;
    let mut archive = Archive::new(&mut *source);
    for entry in archive.entries_with_seek().map_err(unread)?.raw(true) {
        let mut entry = entry.map_err(|error| broken(error, end))?;
        let extent = Extent { offset: entry.raw_file_position(), length: entry.size() };
        end = end_of(extent).filter(|end| *end <= length).ok_or(ArchiveRefusal::CutOff)?;
        if entry.header().entry_type() == EntryType::GNULongName && long_name.is_none() {
            long_name = Some(read_name(&mut entry)?);
            continue;
        }
        let path = long_name.take().unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let file = checked(&path, entry.header().entry_type())?;
        if extent.length > file.limit() {
            return Err(ArchiveRefusal::TooLarge { name: text(&path), limit: file.limit() }.into());
        }
        if files.insert(file, extent).is_some() {
            return Err(ArchiveRefusal::Twice(text(&path)).into());
        }
    }
    if long_name.is_some() {
        return Err(ArchiveRefusal::CutOff.into());
    }
    check_end(source, end, length)?;
    Ok(files)
}

/// Behind its last block.
fn end_of(extent: Extent) -> Option<u64> {
    extent.offset.checked_add(extent.length)?.checked_next_multiple_of(BLOCK)
}

/// The name that stands in front of a header that has no room for it.
fn read_name(entry: &mut Entry<'_, impl Read>) -> Result<Vec<u8>> {
    let length = entry.size();
    if length > MAX_PATH {
        return Err(ArchiveRefusal::LongName(length).into());
    }
    let mut name = Vec::new();
    entry.read_to_end(&mut name).map_err(unread)?;
    if name.last() == Some(&0) {
        name.pop();
    }
    Ok(name)
}

fn checked(path: &[u8], kind: EntryType) -> Result<StoredFile, ArchiveRefusal> {
    let name = text(path);
    match kind {
        EntryType::Regular => {}
        EntryType::Link | EntryType::Symlink | EntryType::GNULongLink => return Err(ArchiveRefusal::Link(name)),
        _ => return Err(ArchiveRefusal::NotAFile(name)),
    }
    if name.starts_with('/') {
        return Err(ArchiveRefusal::Absolute(name));
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return Err(ArchiveRefusal::Outside(name));
    }
    let parsed = str::from_utf8(path).ok().and_then(StoredFile::parse);
    parsed.ok_or(ArchiveRefusal::Stranger(name))
}

/// For people.
fn text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// Behind the last file are two blocks of zeros at least, and nothing else.
fn check_end(source: &mut (impl Read + Seek), end: u64, length: u64) -> Result<()> {
    let rest = length.saturating_sub(end);
    if rest < 2 * BLOCK {
        return Err(ArchiveRefusal::CutOff.into());
    }
    if rest > MAX_END {
        return Err(ArchiveRefusal::Behind.into());
    }
    let mut bytes = Vec::new();
    source.seek(SeekFrom::Start(end)).and_then(|_| source.take(MAX_END).read_to_end(&mut bytes)).map_err(unread)?;
    if bytes.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(ArchiveRefusal::Behind.into()) }
}

fn unread(error: io::Error) -> Error {
    Error::io("reading the archive", error)
}

/// What the system did not give is no fault of the archive.
fn broken(error: io::Error, at: u64) -> Error {
    if error.raw_os_error().is_some() { unread(error) } else { ArchiveRefusal::NoHeader(at).into() }
}

#[cfg(test)]
mod tests;
