//! Files of a vault, read whole.

use std::path::Path;

use super::{
    entries::is_absence,
    layout::{self, RECORD},
};
use crate::{
    durable::regular::open_regular,
    error::{Error, Result},
    store::{MAX_RECORD_LENGTH, read_bounded_to},
};

/// Appends a secret's record; false when its folder or record is not there.
pub(super) fn read_record_to(bytes: &mut Vec<u8>, dir: &Path) -> Result<bool> {
    let path = dir.join(RECORD);
    match open_regular(&path).and_then(|file| read_bounded_to(bytes, file, &path, MAX_RECORD_LENGTH)) {
        Ok(()) => {}
        Err(Error::Io { source, .. }) if is_absence(&source) => return Ok(false),
        Err(error) => return Err(error),
    }
    layout::refuse_links(dir).map(|()| true)
}

/// Reads a whole file of at most `limit` bytes; a regular one, not through a symbolic link.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_bounded_to(&mut bytes, open_regular(path)?, path, limit).map(|()| bytes)
}
