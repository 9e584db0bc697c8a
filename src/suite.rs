//! Algorithm suites of the AWS Encryption SDK that coldseal writes and reads.

/// A suite with key commitment. Suites without it are never written and never read.
///
/// Source: AWS Encryption SDK specification, "Supported Algorithm Suites".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AlgorithmSuite {
    /// `0x0478`: AES-256-GCM, HKDF-SHA-512, key commitment.
    Aes256GcmHkdfSha512CommitKey,
}

impl AlgorithmSuite {
    /// The two-byte code of the suite.
    #[must_use]
    pub const fn id(self) -> u16 {
        match self {
            Self::Aes256GcmHkdfSha512CommitKey => 0x0478,
        }
    }

    /// The suite with this code, if coldseal reads it.
    #[must_use]
    pub const fn from_id(id: u16) -> Option<Self> {
        match id {
            0x0478 => Some(Self::Aes256GcmHkdfSha512CommitKey),
            _ => None,
        }
    }

    /// The name that the specification and `inspect` use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes256GcmHkdfSha512CommitKey => "AES_256_GCM_HKDF_SHA512_COMMIT_KEY",
        }
    }
}
