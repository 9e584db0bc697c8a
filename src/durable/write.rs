//! Whole files in one call.

use std::{io, path::Path};

use super::{
    directory::parent_of,
    leftover::Temporaries,
    new_file::{Existing, NewFile, Sync},
};
use crate::error::{Error, Result};

/// Writes a new file of mode 0600; [`io::ErrorKind::AlreadyExists`] when the name is taken.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, Existing::Refuse, &Temporaries::ANY)
}

/// Writes a file of mode 0600 aside and renames it to its name.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, Existing::Replace, &Temporaries::ANY)
}

fn write(path: &Path, bytes: &[u8], existing: Existing, temporaries: &Temporaries) -> Result<()> {
    let mut file = NewFile::create_of(temporaries, parent_of(path))?;
    io::Write::write_all(&mut file, bytes).map_err(|error| Error::io_at("writing", path, error))?;
    file.publish(path, existing, Sync::FileAndDirectory)
}

impl Temporaries {
    /// As [`write_new`], under a temporary name of these.
    pub(crate) fn write_new(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        write(path, bytes, Existing::Refuse, self)
    }

    /// As [`replace`], under a temporary name of these.
    pub(crate) fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        write(path, bytes, Existing::Replace, self)
    }
}
