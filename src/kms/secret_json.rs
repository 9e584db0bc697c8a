//! JSON that holds keys: written in one piece, into memory that is wiped.

use std::io;

use base64::{display::Base64Display, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer};

use crate::{keyring::CiphertextBlob, secret::SecretBytes};

/// Length in bytes of the JSON of a value whose maps have text for keys.
pub(crate) fn length(value: &impl Serialize) -> usize {
    let mut length = ByteCount(0);
    serde_json::to_writer(&mut length, value).expect("counting bytes does not fail");
    length.0
}

/// The JSON of a value whose maps have text for keys. It is measured first: a buffer that grew would leave keys behind in the memory that it
/// gave back.
pub(crate) fn write(value: &impl Serialize) -> SecretBytes {
    let mut json = SecretBytes::zeroed(length(value));
    serde_json::to_writer(json.expose_mut(), value).expect("the same value has the same length twice");
    json
}

/// Bytes as base64, without a copy of the text.
pub(crate) fn as_base64<S: Serializer>(bytes: &impl AsRef<[u8]>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(bytes.as_ref(), &STANDARD))
}

/// As [`as_base64`], for bytes whose every reader is a place to review.
pub(crate) fn secret_as_base64<S: Serializer>(bytes: &SecretBytes, serializer: S) -> Result<S::Ok, S::Error> {
    as_base64(&bytes.expose(), serializer)
}

/// As [`as_base64`], for what KMS encrypted.
pub(crate) fn blob<S: Serializer>(blob: &CiphertextBlob, serializer: S) -> Result<S::Ok, S::Error> {
    as_base64(&blob.0, serializer)
}

/// Counts what is written.
struct ByteCount(usize);

impl io::Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
