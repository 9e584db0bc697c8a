//! The keystore file: header and sealed content.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    encoding::Base64,
    slot::{RootKey, Slot},
};
use crate::{
    crypto::{SystemRandom, WrappingKey, hkdf_sha512, random_array},
    error::{Error, Result, SetupError},
    kms::key_id::is_uuid,
    secret::SecretBytes,
};

/// Largest keystore file in bytes.
pub(super) const FILE_LIMIT: usize = 64 * 1024 * 1024;
const FORMAT: u32 = 1;
const CONTENT_INFO: &[u8] = b"coldseal keystore v1 content";
/// Used once per content key.
const IV: [u8; 12] = [0; 12];

/// What says how to open the content. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EnvelopeHeader {
    format: u32,
    /// A UUID; never changes.
    pub(super) keystore_id: String,
    pub(super) slot: Slot,
    content_salt: Base64<32>,
}

/// A keystore file that was read; nothing in it is authenticated yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) header: EnvelopeHeader,
    /// As it stands in the file: this is what the content's tag covers.
    pub(super) header_bytes: String,
    pub(super) sealed_content: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeJson<'a> {
    #[serde(borrow)]
    header: &'a RawValue,
    content: &'a str,
}

#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

#[cfg(feature = "cli")]
/// How every keystore file begins, be it one in use or an export.
const BEGINNING: &[u8] = br#"{"header":{"format":"#;

#[cfg(feature = "cli")]
/// Whether a file that begins so is a keystore, as far as a look at it tells.
pub(crate) fn begins_as_keystore(bytes: &[u8]) -> bool {
    bytes.starts_with(BEGINNING)
}

impl Envelope {
    /// Parses a keystore file.
    ///
    /// # Errors
    /// [`Error::Damaged`], or [`Error::Setup`] for a newer format.
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        if bytes.len() > FILE_LIMIT {
            return Err(damaged(path, &format!("is larger than {FILE_LIMIT} bytes")));
        }
        let malformed = |what: &str, error: &serde_json::Error| {
            damaged(path, &format!("{what} is not that of a keystore (line {}, column {})", error.line(), error.column()))
        };
        let file: EnvelopeJson<'_> = serde_json::from_slice(bytes).map_err(|error| malformed("the file", &error))?;
        let header_bytes = file.header.get();
        let FormatOnly { format } = serde_json::from_str(header_bytes).map_err(|error| malformed("the header", &error))?;
        if format > FORMAT {
            return Err(SetupError::NewerKeystore { path: path.to_owned(), format, known: FORMAT }.into());
        }
        let header: EnvelopeHeader = serde_json::from_str(header_bytes).map_err(|error| malformed("the header", &error))?;
        if header.format != FORMAT || !is_uuid(&header.keystore_id) {
            return Err(damaged(path, "the header has an unknown format number or no keystore id"));
        }
        header.slot.check().map_err(|what| damaged(path, &what))?;
        let sealed_content = STANDARD.decode(file.content).map_err(|_| damaged(path, "the content is not base64"))?;
        Ok(Self { header, header_bytes: header_bytes.to_owned(), sealed_content })
    }

    /// Decrypts the content.
    ///
    /// # Errors
    /// [`Error::Damaged`]: header or content are not what was written.
    pub(super) fn open(&self, path: &Path, root_key: &RootKey) -> Result<SecretBytes> {
        let key = content_key(root_key, &self.header.content_salt);
        let opened = key.open(IV, self.header_bytes.as_bytes(), &self.sealed_content);
        opened.map_err(|_| damaged(path, "the keystore was changed: its header or content is not what was written"))
    }
}

/// The bytes of a keystore file with this content, under a fresh salt.
pub(super) fn seal(keystore_id: &str, slot: &Slot, root_key: &RootKey, content: &SecretBytes) -> Result<Vec<u8>> {
    let content_salt = Base64(random_array(&SystemRandom)?);
    let header = EnvelopeHeader { format: FORMAT, keystore_id: keystore_id.to_owned(), slot: slot.clone(), content_salt };
    let header_bytes = serde_json::to_string(&header).expect("a header has no maps with other keys than text");
    let sealed = content_key(root_key, &content_salt).seal(IV, header_bytes.as_bytes(), content.expose())?;
    write_file(&header_bytes, &sealed)
}

/// A header's exact bytes and the content as a file.
pub(super) fn write_file(header_bytes: &str, sealed_content: &[u8]) -> Result<Vec<u8>> {
    let header: &RawValue = serde_json::from_str(header_bytes).expect("a header is JSON");
    let content = STANDARD.encode(sealed_content);
    let mut file = serde_json::to_vec(&EnvelopeJson { header, content: &content }).expect("a header and text are JSON");
    file.push(b'\n');
    if file.len() > FILE_LIMIT {
        let (length, limit) = (u64::try_from(file.len()).unwrap_or(u64::MAX), u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX));
        return Err(Error::TooLong { what: "the keystore", length, limit });
    }
    Ok(file)
}

pub(super) fn damaged(path: &Path, what: &str) -> Error {
    Error::damaged(path, what)
}

fn content_key(root_key: &RootKey, salt: &Base64<32>) -> WrappingKey {
    let key = hkdf_sha512(root_key.expose(), &salt.0, &[CONTENT_INFO]);
    WrappingKey::new(&key[..]).expect("AES-256 keys have 32 bytes")
}
