//! `--raw-aes-key NAMESPACE/NAME=FILE` and `--recovery-key aes=NAMESPACE/NAME=FILE`

use std::{path::Path, sync::Arc};

use super::{
    failure::Outcome,
    file_content::TextForm,
    files_in_use::FilesInUse,
    raw_key::{KeyOption, NamedFile, RawKey, read_key_file},
    terminal::warn,
    usage::UsageError,
};
use crate::{error::Error, keyring::RawAesKeyring};

const EXAMPLE: &str = "home/backup=backup.key";

/// More than any key in hex or base64, so that it can be said what a file holds.
const MOST_READ: usize = 256;
const LENGTHS: [usize; 3] = [16, 24, 32];

/// Reads the key file: 16, 24 or 32 bytes, nothing else.
pub(crate) fn parse_raw_aes_key(files: &FilesInUse, option: KeyOption, word: &str) -> Outcome<RawKey> {
    let NamedFile { namespace, name, file } = NamedFile::parse(option, word, EXAMPLE)?;
    let bytes = read_key_file(files, option, &file, MOST_READ)?.into_secret().map_err(Error::from)?;
    if !LENGTHS.contains(&bytes.len()) {
        return Err(not_a_key(option, &file, bytes.expose()).into());
    }
    if bytes.expose().iter().all(|byte| (b' '..=b'~').contains(byte)) && files.is_first_said(&file) {
        warn(&of_text(option, &file, bytes.expose()));
    }
    let keyring = RawAesKeyring::new(namespace, name, &bytes).map_err(|error| option.error(error))?;
    Ok(Arc::new(keyring))
}

/// What is wrong with a file of another length, and what its text is, if it stands for a key.
fn not_a_key(option: KeyOption, file: &Path, bytes: &[u8]) -> UsageError {
    let (length, shown) = (bytes.len(), file.display());
    let found = if length > MOST_READ { format!("more than {MOST_READ}") } else { length.to_string() };
    let error = option.error(format!("{shown} has {found} bytes; an AES key has 16, 24 or 32"));
    let has_line_end = || bytes.strip_suffix(b"\n").is_some_and(|key| LENGTHS.contains(&key.strip_suffix(b"\r").unwrap_or(key).len()));
    match TextForm::of(bytes) {
        Some(form) if LENGTHS.contains(&form.bytes()) => {
            let decoder = form.decoder();
            error.with_hint(format!(
                "it holds {form}, which stand for {} bytes: '(umask 077 && {decoder} FILE > KEYFILE)' makes a key file of them",
                form.bytes()
            ))
        }
        _ if has_line_end() => error.with_hint(
            "it ends with a line end, which is no part of a key; '(umask 077 && head -c 32 /dev/urandom > FILE)' makes a new one",
        ),
        _ => error
            .with_hint("(umask 077 && head -c 32 /dev/urandom > FILE) makes one; the bytes stand as they are, without hex or a line end"),
    }
}

/// Of a key that is typed text: it has far fewer than the 8 random bits in each byte that the cipher takes it to have.
fn of_text(option: KeyOption, file: &Path, bytes: &[u8]) -> String {
    let (flag, length, shown) = (option.flag(), bytes.len(), file.display());
    let what = format!("{flag}: all {length} bytes of {shown} are printable text, and are taken as they are");
    match TextForm::of(bytes) {
        Some(form) => format!(
            "{what}; they look like {form} of a key of {} bytes, which '(umask 077 && {} FILE > KEYFILE)' makes of them",
            form.bytes(),
            form.decoder()
        ),
        None => {
            format!("{what}: a key that was typed can be guessed; '(umask 077 && head -c 32 /dev/urandom > FILE)' makes one that cannot")
        }
    }
}
