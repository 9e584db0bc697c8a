//! What the options that name a raw key have in common: a key file, read whole and bounded.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{encryption_context::Purpose, failure::Outcome, files_in_use::FilesInUse, secret_file::SecretFile, usage::UsageError};
use crate::{crypto::KeyFile, error::Error, keyring::Keyring};

/// Longest PEM or DER file that is read. An RSA key of 8192 bits has less than 7 KB in PEM.
const LIMIT: usize = 64 * 1024;

/// A raw key, read from its file once, for as often as it is used.
pub(crate) type RawKey = Arc<dyn Keyring>;

/// The option that names a key's file: an error names it as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOption {
    RawAes,
    RawRsa,
    RawEcdh,
    Signing,
    /// `--recovery-key aes=…`
    RecoveryAes,
    /// `--recovery-key rsa=…`
    RecoveryRsa,
}

impl KeyOption {
    pub(crate) const fn flag(self) -> &'static str {
        match self {
            Self::RawAes => "--raw-aes-key",
            Self::RawRsa => "--raw-rsa-key",
            Self::RawEcdh => "--raw-ecdh-key",
            Self::Signing => "--signing-key",
            Self::RecoveryAes | Self::RecoveryRsa => "--recovery-key",
        }
    }

    /// What stands before a key's name and file.
    const fn kind(self) -> &'static str {
        match self {
            Self::RecoveryAes => "aes=",
            Self::RecoveryRsa => "rsa=",
            Self::RawAes | Self::RawRsa | Self::RawEcdh | Self::Signing => "",
        }
    }

    /// An error about its value.
    pub(crate) fn error(self, what: impl Display) -> UsageError {
        UsageError::parameter(self.flag(), what)
    }
}

/// `NAMESPACE/NAME=FILE`.
pub(crate) struct NamedFile {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) file: PathBuf,
}

impl NamedFile {
    /// In namespace and name a backslash takes `/`, `=` or another backslash as it stands.
    pub(crate) fn parse(option: KeyOption, word: &str, example: &str) -> Outcome<Self> {
        let kind = option.kind();
        let wrong = || option.error(format!("{kind}NAMESPACE/NAME=FILE, for instance {kind}{example}"));
        let (namespace, rest) = until(word, '/', "=").ok_or_else(wrong)?;
        let (name, file) = until(rest, '=', "").ok_or_else(wrong)?;
        Ok(Self { namespace, name, file: PathBuf::from(file) })
    }
}

/// Namespace and name as they stand before `=FILE`.
pub(crate) fn spelled(namespace: &str, name: &str) -> String {
    // A name may hold slashes: only the first one ends the namespace.
    let escaped = |text: &str, ends: &str| {
        text.chars().fold(String::new(), |text, c| if ends.contains(c) { text + "\\" } else { text } + c.encode_utf8(&mut [0; 4]))
    };
    format!("{}/{}", escaped(namespace, "\\/="), escaped(name, "\\="))
}

/// What stands before the first `end` without a backslash, and what follows it; `None` where there is none, or one of `others` comes before it.
fn until<'a>(text: &'a str, end: char, others: &str) -> Option<(String, &'a str)> {
    let mut before = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.as_str().starts_with(['\\', '/', '=']) => before.extend(letters.next()),
            letter if letter == end => return Some((before, letters.as_str())),
            letter if others.contains(letter) => return None,
            letter => before.push(letter),
        }
    }
    None
}

/// Reads the file; of a longer one `limit` bytes and one.
pub(crate) fn read_key_file(files: &FilesInUse, option: KeyOption, file: &Path, limit: usize) -> Outcome<SecretFile> {
    let failed = |error: std::io::Error| option.error(format!("reading {}: {error}", file.display()));
    Ok(SecretFile::read(files, file, limit).map_err(failed)?)
}

/// The RSA or elliptic curve key of a file in PEM or DER. Others may have a public one.
pub(crate) fn read_asymmetric_key(files: &FilesInUse, option: KeyOption, file: &Path) -> Outcome<KeyFile> {
    let read = read_key_file(files, option, file, LIMIT)?;
    let refused = |what: &dyn Display| option.error(format!("{}: {what}", read.path().display()));
    if read.bytes().len() > LIMIT {
        return Err(refused(&format!("longer than the {LIMIT} bytes that a key can have")).into());
    }
    let key = KeyFile::parse(read.bytes().expose()).map_err(|error| refused(&error))?;
    if matches!(key, KeyFile::RsaPrivate(_) | KeyFile::EcPrivate(_)) {
        read.require_private().map_err(Error::from)?;
    }
    Ok(key)
}

/// The refusal of a public key where something is to be opened.
pub(crate) fn cannot_open(option: KeyOption, file: &Path) -> UsageError {
    option
        .error(format!("{} holds a public key, which seals and cannot open", file.display()))
        .with_hint("name the file with the private key")
}

/// The refusal of a key of the other kind.
pub(crate) fn other_kind(option: KeyOption, file: &Path, found: &str) -> UsageError {
    let hint = match option {
        KeyOption::RawAes | KeyOption::RawRsa | KeyOption::Signing => "that is what --raw-ecdh-key FILE is for",
        KeyOption::RawEcdh => "that is what --raw-rsa-key NAMESPACE/NAME=FILE is for",
        KeyOption::RecoveryAes | KeyOption::RecoveryRsa => "a recovery key is an RSA key (rsa=), an AES key (aes=) or a key of KMS (kms=)",
    };
    option.error(format!("{} holds {found}", file.display())).with_hint(hint)
}

/// True where a key has to open.
pub(crate) fn opens(purpose: Purpose) -> bool {
    purpose == Purpose::Open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_can_be_spelled() {
        for (namespace, name) in [
            ("home", "backup"),
            ("a/b", "c/d"),
            ("a=b", "c=d"),
            ("a\\", "\\=\\"),
            ("it's \"x\"", "é 語"),
            ("a\\/b", "a\\\\b"),
            ("\n", "\t"),
        ] {
            let word = format!("{}=key=/file\\=x", spelled(namespace, name));
            let named = NamedFile::parse(KeyOption::RawAes, &word, "example").unwrap_or_else(|_| panic!("{word}"));
            assert_eq!(
                (named.namespace.as_str(), named.name.as_str(), named.file),
                (namespace, name, PathBuf::from("key=/file\\=x")),
                "{word}"
            );
        }
        // A backslash before anything else is one.
        let named = NamedFile::parse(KeyOption::RawAes, "a\\b/c\\d=f", "example").unwrap_or_else(|_| panic!("taken"));
        assert_eq!((named.namespace.as_str(), named.name.as_str()), ("a\\b", "c\\d"));
        for word in ["", "a", "a/b", "a=b/c=d", "a\\/b=c", "a/b\\=c"] {
            assert!(NamedFile::parse(KeyOption::RawAes, word, "example").is_err(), "{word}");
        }
    }
}
