//! Message format 2.0 of the AWS Encryption SDK: bytes to types and back, on slices. No cryptography, no I/O.
//! [`walker::Walker`] goes over a whole message.
//!
//! ```text
//! header   02 || u16 suite || message id(32) || u16 EC length || EC || u16 EDK count || EDKs || content type || u32 frame length || commitment(32) || tag(16)
//! EDK      u16 length, provider id || u16 length, provider info || u16 length, ciphertext
//! regular  u32 seq || iv(12) || content(frame length) || tag(16)
//! final    ffffffff || u32 seq || iv(12) || u32 content length || content || tag(16)
//! single   iv(12) || u64 content length || content || tag(16)
//! footer   u16 length || signature                                                           (suite 0x0578)
//! ```

pub(crate) mod body;
mod cursor;
mod encryption_context;
pub(crate) mod footer;
mod header;
pub(crate) mod walker;

pub use encryption_context::{EncryptionContext, EncryptionContextPairs};
pub use header::{ContentType, EncryptedDataKey, Header, HeaderLimits, MessageId, ParsedHeader};

pub(crate) use crate::sequence_number::{IV_LENGTH, SequenceNumber};

/// Length of an authentication tag in bytes.
pub(crate) const TAG_LENGTH: usize = 16;

#[cfg(test)]
mod tests;
