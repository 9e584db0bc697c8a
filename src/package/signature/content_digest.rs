//! The SHA-512 of what is signed: a signature is over this, so that content of any length streams.

use std::{
    fmt,
    io::{self, Read},
};

use crate::crypto::Sha512;

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// SHA-512 of the content that is signed.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentDigest([u8; Self::LENGTH]);

impl ContentDigest {
    /// Length in bytes.
    pub const LENGTH: usize = 64;

    /// Of bytes in memory.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        let mut hasher = ContentHasher::default();
        hasher.update(content);
        hasher.finish()
    }

    /// Of all that a reader gives.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn read(mut content: impl Read) -> io::Result<Self> {
        let (mut hasher, mut chunk) = (ContentHasher::default(), vec![0; CHUNK]);
        loop {
            match content.read(&mut chunk) {
                Ok(0) => return Ok(hasher.finish()),
                Ok(count) => hasher.update(chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Debug for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentDigest({})", hex::encode(self.0))
    }
}

/// A digest of content that comes in pieces.
#[derive(Debug, Clone, Default)]
pub struct ContentHasher(Sha512);

impl ContentHasher {
    /// Adds bytes.
    pub fn update(&mut self, content: &[u8]) {
        self.0.update(content);
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn finish(self) -> ContentDigest {
        ContentDigest(self.0.finish())
    }
}
