//! The key file: 32 random bytes that only its owner may read.

use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    path::Path,
};

use crate::{
    crypto::{Random, SystemRandom},
    error::{Error, Result, SetupError},
    secret::SecretBytes,
};

const LENGTH: usize = 32;

/// The bytes of a key file; `None` when there is no file.
///
/// # Errors
/// [`Error::Setup`] unless it is a regular file of exactly 32 bytes that neither group nor others may read or write.
pub(super) fn read(path: &Path) -> Result<Option<SecretBytes>> {
    let failed = |error| Error::io_at("read", path, error);
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    check_access(path, &file.metadata().map_err(failed)?)?;
    let wrong_length = || Error::from(SetupError::NotAKeyFile { path: path.to_owned(), length: LENGTH });
    let mut key = SecretBytes::zeroed(LENGTH);
    match file.read_exact(key.expose_mut()) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(wrong_length()),
        read => read.map_err(failed)?,
    }
    if file.read(&mut [0]).map_err(failed)? == 0 { Ok(Some(key)) } else { Err(wrong_length()) }
}

/// The bytes of a new key file.
///
/// # Errors
/// [`Error::Random`].
pub(super) fn generate() -> Result<SecretBytes> {
    let mut key = SecretBytes::zeroed(LENGTH);
    SystemRandom.fill(key.expose_mut())?;
    Ok(key)
}

#[cfg(unix)]
fn check_access(path: &Path, metadata: &Metadata) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        return Err(SetupError::KeyFileAccess { path: path.to_owned(), mode }.into());
    }
    regular(path, metadata)
}

#[cfg(not(unix))]
fn check_access(path: &Path, metadata: &Metadata) -> Result<()> {
    regular(path, metadata)
}

fn regular(path: &Path, metadata: &Metadata) -> Result<()> {
    if metadata.is_file() { Ok(()) } else { Err(SetupError::KeyFileNotRegular(path.to_owned()).into()) }
}
