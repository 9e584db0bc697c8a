//! The value of a secret's version.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Result, SecretRefusal},
    secret::SecretBytes,
};

/// Most bytes that a secret's value may have, as in Secrets Manager.
pub const MAX_SECRET_LENGTH: usize = 65_536;

/// Whether a value is text or bytes; stands in the encryption context as `coldseal:payload`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PayloadKind {
    /// `SecretString`: UTF-8.
    String,
    /// `SecretBinary`.
    Binary,
}

impl PayloadKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Binary => "binary",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::String, Self::Binary].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A secret value of 1 to 65,536 bytes.
#[derive(Debug)]
pub struct SecretValue {
    kind: PayloadKind,
    bytes: SecretBytes,
}

impl SecretValue {
    /// Checks length and, for a string, UTF-8.
    ///
    /// # Errors
    /// `InvalidParameterException`.
    pub fn new(kind: PayloadKind, bytes: SecretBytes) -> Result<Self> {
        if bytes.is_empty() {
            return Err(SecretRefusal::EmptyValue.into());
        }
        if bytes.len() > MAX_SECRET_LENGTH {
            return Err(SecretRefusal::ValueTooLong { length: bytes.len(), limit: MAX_SECRET_LENGTH }.into());
        }
        if kind == PayloadKind::String && std::str::from_utf8(bytes.expose()).is_err() {
            return Err(SecretRefusal::ValueNotUtf8.into());
        }
        Ok(Self { kind, bytes })
    }

    /// Text or bytes.
    #[must_use]
    pub const fn kind(&self) -> PayloadKind {
        self.kind
    }

    /// The bytes. Every caller is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.bytes.expose()
    }
}
