#![allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails")]

mod body;
mod header;
mod properties;
mod walker;

use super::{ContentType, EncryptedDataKey, EncryptionContext, Header, MessageId};
use crate::suite::AlgorithmSuite;

/// A header with two pairs and two EDKs.
fn sample() -> Header {
    let edk = |provider_id: &str| EncryptedDataKey {
        provider_id: provider_id.to_owned(),
        provider_info: b"key information".to_vec(),
        ciphertext: vec![0xC1; 48],
    };
    Header {
        suite: AlgorithmSuite::Aes256GcmHkdfSha512CommitKey,
        message_id: MessageId([0x1D; 32]),
        encryption_context: [("a", "b"), ("purpose", "test")].into_iter().collect::<EncryptionContext>(),
        encrypted_data_keys: vec![edk("aws-kms"), edk("example")],
        content_type: ContentType::Framed { frame_length: 4096 },
        commitment: [0xC0; 32],
    }
}

/// The header's bytes behind which a tag stands.
fn with_tag(header: &Header) -> Vec<u8> {
    let mut bytes = header.to_bytes().expect("a valid header");
    bytes.extend_from_slice(&[0x7A; 16]);
    bytes
}
