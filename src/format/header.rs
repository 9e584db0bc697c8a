//! The message header (specification, "Message Header", version 2.0).

use std::fmt;

use super::{
    EncryptionContext, TAG_LENGTH,
    cursor::{Cursor, put_count, put_vector, too_large},
};
use crate::{
    error::{FormatError, FormatProblem},
    suite::AlgorithmSuite,
};

const VERSION: u8 = 2;
const FRAMED: u8 = 2;
const NON_FRAMED: u8 = 1;

/// Length of a message id in bytes.
pub(crate) const MESSAGE_ID_LENGTH: usize = 32;
/// Length of the key commitment in bytes.
pub(crate) const COMMITMENT_LENGTH: usize = 32;

/// Bytes of an encrypted data key without content.
const SHORTEST_KEY: usize = 6;

const EDK_COUNT: &str = "encrypted data key count";
const FRAME_LENGTH: &str = "frame length";

/// The 32 random bytes that tell messages apart and salt the key derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub [u8; MESSAGE_ID_LENGTH]);

/// An encrypted data key as it stands in a header: three byte strings of at most 65,535 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedDataKey {
    /// Key provider id; UTF-8, for instance `aws-kms`.
    pub provider_id: String,
    /// Key provider information: a key ARN, or a layout of the provider's own.
    pub provider_info: Vec<u8>,
    /// The wrapped data key.
    pub ciphertext: Vec<u8>,
}

impl fmt::Debug for EncryptedDataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "EncryptedDataKey({} {}, {} bytes)",
            self.provider_id.escape_debug(),
            self.provider_info.escape_ascii(),
            self.ciphertext.len()
        )
    }
}

/// How the body is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// Frames of this many bytes, 1 to 2^32-1.
    Framed {
        /// Bytes of plaintext in a regular frame.
        frame_length: u32,
    },
    /// One block. Read, never written.
    NonFramed,
}

/// A message header without its authentication tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The algorithm suite.
    pub suite: AlgorithmSuite,
    /// The message id.
    pub message_id: MessageId,
    /// The stored encryption context.
    pub encryption_context: EncryptionContext,
    /// At least one.
    pub encrypted_data_keys: Vec<EncryptedDataKey>,
    /// Framed or not.
    pub content_type: ContentType,
    /// The key commitment.
    pub commitment: [u8; COMMITMENT_LENGTH],
}

/// What a parser takes before it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderLimits {
    /// Encrypted data keys; 128 by default.
    pub max_encrypted_data_keys: u16,
    /// Bytes of the whole header with its tag; 1 MiB by default.
    pub max_header_length: usize,
}

impl Default for HeaderLimits {
    fn default() -> Self {
        Self { max_encrypted_data_keys: 128, max_header_length: 1 << 20 }
    }
}

/// A header as read, with what is needed to authenticate it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedHeader {
    /// The fields.
    pub header: Header,
    /// Number of bytes before the tag: what the tag authenticates.
    pub authenticated_length: usize,
    /// The authentication tag, not yet verified.
    pub tag: [u8; TAG_LENGTH],
}

impl ParsedHeader {
    /// Bytes of the header with its tag.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.authenticated_length.saturating_add(TAG_LENGTH)
    }
}

impl Header {
    /// Parses the header at the start of `bytes`; what follows it is not looked at.
    ///
    /// # Errors
    /// [`FormatProblem::Truncated`] says how many bytes are needed at least; everything else names the field that is wrong.
    pub fn parse(bytes: &[u8], limits: HeaderLimits) -> Result<ParsedHeader, FormatError> {
        Self::parse_fields(bytes, limits).map_err(|error| match error.problem {
            FormatProblem::Truncated { needed } if needed > limits.max_header_length => header_too_large(needed, limits),
            _ => error,
        })
    }

    fn parse_fields(bytes: &[u8], limits: HeaderLimits) -> Result<ParsedHeader, FormatError> {
        let mut cursor = Cursor::new(bytes);
        let version = cursor.u8("version")?;
        if version != VERSION {
            return Err(unsupported("version", u64::from(version)));
        }
        let suite_id = cursor.u16("algorithm suite id")?;
        let suite = AlgorithmSuite::from_id(suite_id).ok_or(unsupported("algorithm suite id", u64::from(suite_id)))?;
        let message_id = MessageId(cursor.array("message id")?);
        let encryption_context = EncryptionContext::from_bytes(cursor.vector("encryption context")?)?;
        let encrypted_data_keys = parse_encrypted_data_keys(&mut cursor, limits)?;
        let content_type = parse_content_type(&mut cursor)?;
        let commitment = cursor.array("key commitment")?;
        let authenticated_length = cursor.position();
        let tag = cursor.array("header authentication tag")?;
        if cursor.position() > limits.max_header_length {
            return Err(header_too_large(cursor.position(), limits));
        }
        let header = Self { suite, message_id, encryption_context, encrypted_data_keys, content_type, commitment };
        Ok(ParsedHeader { header, authenticated_length, tag })
    }

    /// The bytes that the header tag authenticates; the tag follows them in a message.
    ///
    /// # Errors
    /// A field that is longer than its length prefix can say, no EDK, or a frame length of 0.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        let mut out = Vec::with_capacity(1024);
        out.push(VERSION);
        out.extend_from_slice(&self.suite.id().to_be_bytes());
        out.extend_from_slice(&self.message_id.0);
        self.encryption_context.write_vector(&mut out)?;
        if self.encrypted_data_keys.is_empty() {
            return Err(FormatError::new(EDK_COUNT, FormatProblem::Zero));
        }
        put_count(&mut out, self.encrypted_data_keys.len(), EDK_COUNT)?;
        for edk in &self.encrypted_data_keys {
            put_vector(&mut out, edk.provider_id.as_bytes(), "key provider id")?;
            put_vector(&mut out, &edk.provider_info, "key provider information")?;
            put_vector(&mut out, &edk.ciphertext, "encrypted data key")?;
        }
        let (content_type, frame_length) = match self.content_type {
            ContentType::Framed { frame_length: 0 } => return Err(FormatError::new(FRAME_LENGTH, FormatProblem::Zero)),
            ContentType::Framed { frame_length } => (FRAMED, frame_length),
            ContentType::NonFramed => (NON_FRAMED, 0),
        };
        out.push(content_type);
        out.extend_from_slice(&frame_length.to_be_bytes());
        out.extend_from_slice(&self.commitment);
        Ok(out)
    }
}

fn parse_encrypted_data_keys(cursor: &mut Cursor<'_>, limits: HeaderLimits) -> Result<Vec<EncryptedDataKey>, FormatError> {
    let count = cursor.u16(EDK_COUNT)?;
    if count == 0 {
        return Err(FormatError::new(EDK_COUNT, FormatProblem::Zero));
    }
    if count > limits.max_encrypted_data_keys {
        return Err(too_large(EDK_COUNT, usize::from(count), u64::from(limits.max_encrypted_data_keys)));
    }
    // No more than there can be in what is there: a count alone allocates nothing.
    let mut keys = Vec::with_capacity(usize::from(count).min(cursor.remaining() / SHORTEST_KEY));
    for _ in 0..count {
        keys.push(EncryptedDataKey {
            provider_id: cursor.text("key provider id")?.to_owned(),
            provider_info: cursor.vector("key provider information")?.to_vec(),
            ciphertext: cursor.vector("encrypted data key")?.to_vec(),
        });
    }
    Ok(keys)
}

fn parse_content_type(cursor: &mut Cursor<'_>) -> Result<ContentType, FormatError> {
    let code = cursor.u8("content type")?;
    if code != FRAMED && code != NON_FRAMED {
        return Err(unsupported("content type", u64::from(code)));
    }
    match (code, cursor.u32(FRAME_LENGTH)?) {
        (FRAMED, 0) => Err(FormatError::new(FRAME_LENGTH, FormatProblem::Zero)),
        (FRAMED, frame_length) => Ok(ContentType::Framed { frame_length }),
        (_, 0) => Ok(ContentType::NonFramed),
        (_, found) => Err(FormatError::new(FRAME_LENGTH, FormatProblem::Unexpected { expected: 0, found: u64::from(found) })),
    }
}

const fn unsupported(field: &'static str, value: u64) -> FormatError {
    FormatError::new(field, FormatProblem::Unsupported { value })
}

fn header_too_large(length: usize, limits: HeaderLimits) -> FormatError {
    too_large("header", length, u64::try_from(limits.max_header_length).unwrap_or(u64::MAX))
}
