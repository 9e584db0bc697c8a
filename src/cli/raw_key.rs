//! What the options `--raw-aes-key`, `--raw-rsa-key` and `--raw-ecdh-key` have in common: a key file, read whole and bounded.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{encryption_context::Purpose, failure::Outcome, usage::UsageError};
use crate::{crypto::KeyFile, keyring::Keyring, secret::SecretBytes};

/// Longest PEM or DER file that is read. An RSA key of 8192 bits has less than 7 KB in PEM.
const LIMIT: usize = 64 * 1024;

/// A raw key with the file that it came from.
pub(crate) struct RawKey {
    pub(crate) keyring: Box<dyn Keyring>,
    pub(crate) file: PathBuf,
}

/// `NAMESPACE/NAME=FILE`.
pub(crate) struct NamedFile<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) file: PathBuf,
}

impl<'a> NamedFile<'a> {
    pub(crate) fn parse(parameter: &str, word: &'a str, shape: &str) -> Outcome<Self> {
        let wrong = || UsageError::parameter(parameter, shape);
        let (name, file) = word.split_once('=').ok_or_else(wrong)?;
        let (namespace, name) = name.split_once('/').ok_or_else(wrong)?;
        Ok(Self { namespace, name, file: PathBuf::from(file) })
    }
}

/// The file's bytes; of a longer file `limit` and one.
pub(crate) fn read_key_file(parameter: &str, file: &Path, limit: usize) -> Outcome<SecretBytes> {
    let failed = |error: std::io::Error| UsageError::parameter(parameter, format!("reading {}: {error}", file.display()));
    let mut bytes = SecretBytes::zeroed(limit.saturating_add(1));
    let mut length: usize = 0;
    let mut opened = std::fs::File::open(file).map_err(failed)?;
    loop {
        match opened.read(bytes.expose_mut().get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error).into()),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// The RSA or elliptic curve key of a file in PEM or DER.
pub(crate) fn read_asymmetric_key(parameter: &str, file: &Path) -> Outcome<KeyFile> {
    let bytes = read_key_file(parameter, file, LIMIT)?;
    let refused = |what: &dyn std::fmt::Display| UsageError::parameter(parameter, format!("{}: {what}", file.display()));
    if bytes.len() > LIMIT {
        return Err(refused(&format!("longer than the {LIMIT} bytes that a key can have")).into());
    }
    Ok(KeyFile::parse(bytes.expose()).map_err(|error| refused(&error))?)
}

/// The refusal of a public key where something is to be opened.
pub(crate) fn cannot_open(parameter: &str, file: &Path) -> UsageError {
    UsageError::parameter(parameter, format!("{} holds a public key, which seals and cannot open", file.display()))
        .with_hint("name the file with the private key")
}

/// The refusal of a key of the other kind.
pub(crate) fn other_kind(parameter: &str, file: &Path, found: &str, option: &str) -> UsageError {
    UsageError::parameter(parameter, format!("{} holds {found}", file.display())).with_hint(format!("that is what {option} is for"))
}

/// True where a key has to open.
pub(crate) fn opens(purpose: Purpose) -> bool {
    purpose == Purpose::Open
}
