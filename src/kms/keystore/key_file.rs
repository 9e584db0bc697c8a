//! The key file: 32 random bytes that only its owner may read.

use std::{io, path::Path};

use crate::{
    crypto::{Random, SystemRandom},
    durable::{self, SecretFileAccess},
    error::{Error, Result, SetupError},
    secret::SecretBytes,
};

const LENGTH: usize = 32;

/// The bytes of a key file; `None` when there is no file.
///
/// # Errors
/// [`Error::Setup`] unless it is a regular file of exactly 32 bytes that may be read as a secret.
pub(super) fn read(path: &Path, access: SecretFileAccess) -> Result<Option<SecretBytes>> {
    let failed = |error| Error::io_at("read", path, error);
    let file = match durable::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(SetupError::KeyFileNotRegular(path.to_owned()).into());
    }
    access.check(path, &metadata)?;
    let key = durable::read_to(LENGTH, file).map_err(failed)?;
    if key.len() == LENGTH { Ok(Some(key)) } else { Err(SetupError::NotAKeyFile { path: path.to_owned(), length: LENGTH }.into()) }
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
