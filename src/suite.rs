//! Algorithm suites of the AWS Encryption SDK that coldseal writes and reads.

/// A suite with key commitment. Suites without it are never written and never read.
///
/// Source: AWS Encryption SDK specification, "Supported Algorithm Suites".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AlgorithmSuite {
    /// `0x0478`: AES-256-GCM, HKDF-SHA-512, key commitment.
    #[default]
    Aes256GcmHkdfSha512CommitKey,
    /// `0x0578`: the same, and an ECDSA signature over the whole message: P-384 with SHA-384, by a key made for this message.
    Aes256GcmHkdfSha512CommitKeyEcdsaP384,
}

impl AlgorithmSuite {
    /// The two-byte code of the suite.
    #[must_use]
    pub const fn id(self) -> u16 {
        match self {
            Self::Aes256GcmHkdfSha512CommitKey => 0x0478,
            Self::Aes256GcmHkdfSha512CommitKeyEcdsaP384 => 0x0578,
        }
    }

    /// The suite with this code, if coldseal reads it.
    #[must_use]
    pub const fn from_id(id: u16) -> Option<Self> {
        match id {
            0x0478 => Some(Self::Aes256GcmHkdfSha512CommitKey),
            0x0578 => Some(Self::Aes256GcmHkdfSha512CommitKeyEcdsaP384),
            _ => None,
        }
    }

    /// The name that the specification and `inspect` use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes256GcmHkdfSha512CommitKey => "AES_256_GCM_HKDF_SHA512_COMMIT_KEY",
            Self::Aes256GcmHkdfSha512CommitKeyEcdsaP384 => "AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384",
        }
    }

    /// True when a signature ends the message.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Aes256GcmHkdfSha512CommitKeyEcdsaP384)
    }
}
