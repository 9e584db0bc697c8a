//! `--raw-ecdh-key FILE`

use std::{path::Path, sync::Arc};

use super::{
    encryption_context::Purpose,
    failure::Outcome,
    files_in_use::FilesInUse,
    raw_key::{KeyOption, RawKey, cannot_open, opens, other_kind, read_asymmetric_key},
};
use crate::{crypto::KeyFile, keyring::RawEcdhKeyring};

const OPTION: KeyOption = KeyOption::RawEcdh;

/// Reads the key file. A private key seals for its own public part; the sender's key is ephemeral either way.
pub(crate) fn parse_raw_ecdh_key(files: &FilesInUse, file: &Path, purpose: Purpose) -> Outcome<RawKey> {
    let keyring = match read_asymmetric_key(files, OPTION, file)? {
        KeyFile::EcPrivate(key) => RawEcdhKeyring::from_private_key(key),
        KeyFile::EcPublic(_) if opens(purpose) => return Err(cannot_open(OPTION, file).into()),
        KeyFile::EcPublic(key) => RawEcdhKeyring::from_public_key(key),
        KeyFile::RsaPrivate(_) | KeyFile::RsaPublic(_) => {
            return Err(other_kind(OPTION, file, "an RSA key").into());
        }
    };
    Ok(Arc::new(keyring))
}
