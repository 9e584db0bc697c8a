//! `--raw-aes-key NAMESPACE/NAME=FILE`

use super::{
    failure::Outcome,
    files_in_use::FilesInUse,
    raw_key::{NamedFile, RawKey, read_key_file},
    usage::UsageError,
};
use crate::{error::Error, keyring::RawAesKeyring};

const PARAMETER: &str = "--raw-aes-key";
const SHAPE: &str = "NAMESPACE/NAME=FILE, for instance home/backup=backup.key";

/// Reads the key file: 16, 24 or 32 bytes, nothing else.
pub(crate) fn parse_raw_aes_key(files: &FilesInUse, word: &str) -> Outcome<RawKey> {
    let NamedFile { namespace, name, file } = NamedFile::parse(PARAMETER, word, SHAPE)?;
    let bytes = read_key_file(files, PARAMETER, &file, 32)?.into_secret().map_err(Error::from)?;
    let length = bytes.len();
    if !matches!(length, 16 | 24 | 32) {
        let found = if length > 32 { "more than 32".to_owned() } else { length.to_string() };
        let error = UsageError::parameter(PARAMETER, format!("{} has {found} bytes; an AES key has 16, 24 or 32", file.display()));
        return Err(error
            .with_hint("(umask 077 && head -c 32 /dev/urandom > FILE) makes one; the bytes stand as they are, without hex or a line end")
            .into());
    }
    let keyring = RawAesKeyring::new(namespace, name, &bytes).map_err(|error| UsageError::parameter(PARAMETER, error))?;
    Ok(Box::new(keyring))
}
