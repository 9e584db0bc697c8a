//! `--raw-aes-key NAMESPACE/NAME=FILE`

use std::{io::Read as _, path::PathBuf};

use super::{failure::Outcome, usage::UsageError};
use crate::{keyring::RawAesKeyring, secret::SecretBytes};

const PARAMETER: &str = "--raw-aes-key";
const SHAPE: &str = "NAMESPACE/NAME=FILE, for instance home/backup=backup.key";

/// A raw AES key with the file that it came from.
pub(crate) struct RawAesKey {
    pub(crate) keyring: RawAesKeyring,
    pub(crate) file: PathBuf,
}

/// Reads the key file: 16, 24 or 32 bytes, nothing else.
pub(crate) fn parse_raw_aes_key(word: &str) -> Outcome<RawAesKey> {
    let (name, file) = word.split_once('=').ok_or_else(|| UsageError::parameter(PARAMETER, SHAPE))?;
    let (namespace, name) = name.split_once('/').ok_or_else(|| UsageError::parameter(PARAMETER, SHAPE))?;
    let file = PathBuf::from(file);
    let failed = |error: std::io::Error| UsageError::parameter(PARAMETER, format!("reading {}: {error}", file.display()));
    let mut bytes = SecretBytes::zeroed(33);
    let mut length: usize = 0;
    let mut opened = std::fs::File::open(&file).map_err(failed)?;
    loop {
        match opened.read(bytes.expose_mut().get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error).into()),
        }
    }
    bytes.truncate(length);
    if !matches!(length, 16 | 24 | 32) {
        let found = if length > 32 { "more than 32".to_owned() } else { length.to_string() };
        let error = UsageError::parameter(PARAMETER, format!("{} has {found} bytes; an AES key has 16, 24 or 32", file.display()));
        return Err(error
            .with_hint("head -c 32 /dev/urandom > FILE makes one; the bytes stand as they are, without hex or a line end")
            .into());
    }
    let keyring = RawAesKeyring::new(namespace, name, &bytes).map_err(|error| UsageError::parameter(PARAMETER, error))?;
    Ok(RawAesKey { keyring, file })
}
