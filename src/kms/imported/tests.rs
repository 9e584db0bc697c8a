//! Importing: what is refused and why, and that nothing is shadowed.
#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

mod collisions;
mod files;
mod use_of_keys;

use super::*;
use crate::{
    arn::KeyArn,
    error::{Error, ErrorCode, Result},
    kms::{EmbeddedKms, ImportPublicKeys, ImportedPublicKeys},
    region::Region,
};

pub(super) const RSA_4096: &str = include_str!("../../../tests/data/public-keys/rsa-4096.json");
pub(super) const RSA_3072: &str = include_str!("../../../tests/data/public-keys/rsa-3072.json");
pub(super) const RSA_2048: &str = include_str!("../../../tests/data/public-keys/rsa-2048.json");
pub(super) const P256: &str = include_str!("../../../tests/data/public-keys/p256.json");
pub(super) const P384: &str = include_str!("../../../tests/data/public-keys/p384.json");
pub(super) const P521: &str = include_str!("../../../tests/data/public-keys/p521.json");
pub(super) const ALIASES: &str = include_str!("../../../tests/data/public-keys/aliases.json");

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}

fn kms() -> EmbeddedKms {
    EmbeddedKms::new("000000000000".parse().expect("an account")).expect("random bytes")
}

fn key(json: &str) -> KmsPublicKey {
    KmsPublicKey::from_answer(json).expect("a public key")
}

fn file(text: &str) -> PublicKeyFile {
    PublicKeyFile::parse(text.as_bytes(), None).expect("a file to import")
}

/// A request to import these files.
fn request(files: &[&str]) -> ImportPublicKeys {
    let files = files.iter().enumerate().map(|(index, text)| (format!("file-{index}"), file(text))).collect();
    ImportPublicKeys { files, ..ImportPublicKeys::default() }
}

/// The AWS name and message of a refusal.
fn refusal<T>(result: Result<T>) -> (ErrorCode, String) {
    match result.map(drop).expect_err("refused") {
        Error::Service(error) => (error.code(), error.to_string()),
        other => panic!("not a refusal by AWS name: {other}"),
    }
}

/// Refused by this name, with these parts in the message, and nothing has changed.
fn assert_unchanged(kms: &mut EmbeddedKms, request: &ImportPublicKeys, code: ErrorCode, parts: &[&str]) {
    kms.dirty = false;
    let before = format!("{kms:?}");
    let (found, message) = refusal(kms.import_public_keys(request));
    assert_eq!(found, code, "{message}");
    for part in parts {
        assert!(message.contains(part), "'{part}' is not in: {message}");
    }
    assert_eq!((before, kms.is_dirty()), (format!("{kms:?}"), false));
}
