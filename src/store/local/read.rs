//! Files of a vault, read whole.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{entries::is_absence, layout::RECORD};
use crate::{
    durable::{
        OpenFolder, parent_of,
        regular::{open_regular, refuse_link},
    },
    error::{Error, Result},
    store::{Blob, MAX_RECORD_LENGTH, NameKey, read_bounded_to},
};

/// Appends the record of a secret that is at this path; false when it or its folder is not there. The folders around that one are not looked at.
pub(super) fn read_record_to(bytes: &mut Vec<u8>, path: &Path) -> Result<bool> {
    match open_regular(path).and_then(|file| read_bounded_to(bytes, file, path, MAX_RECORD_LENGTH)) {
        Ok(()) => {}
        Err(Error::Io { source, .. }) if is_absence(&source) => return Ok(false),
        Err(error) => return Err(error),
    }
    refuse_link(parent_of(path)).map(|()| true)
}

/// The same of the secret of this name in an open folder of a Region; false too where anything is not as it mostly is, which its path says.
pub(super) fn read_record_in(bytes: &mut Vec<u8>, folder: &OpenFolder, name: &NameKey) -> bool {
    let mut below = PathBuf::with_capacity(name.as_os_str().len() + 1 + RECORD.len());
    below.push(name.as_os_str());
    below.push(RECORD);
    folder.read_regular(&below, bytes, MAX_RECORD_LENGTH)
}

/// What came of opening a blob at this place.
pub(super) fn opened(file: Result<File>, place: PathBuf) -> Result<Option<Blob>> {
    match file {
        Ok(file) => Ok(Some(Blob { place, content: Box::new(file) })),
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens a bundle that is named by its path and not by what is in a vault; through a link, if that is what was named.
pub(crate) fn open_lone(path: &Path) -> Result<Option<Blob>> {
    opened(File::open(path).map_err(|error| Error::io_at("reading", path, error)), path.to_owned())
}

/// Whether two paths lead to one file.
pub(crate) fn is_one_file(a: &Path, b: &Path) -> bool {
    a == b || fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// Reads a whole file of at most `limit` bytes; a regular one, not through a symbolic link.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_bounded_to(&mut bytes, open_regular(path)?, path, limit).map(|()| bytes)
}
