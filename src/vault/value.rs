//! The value of a secret's version.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, ErrorCode, Result},
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
    /// `InvalidParameterException`, naming `seal` for what is too long.
    pub fn new(kind: PayloadKind, bytes: SecretBytes) -> Result<Self> {
        let refuse = |message: String| Err(Error::service(ErrorCode::InvalidParameterException, message));
        if bytes.is_empty() {
            return refuse("a secret value needs at least 1 byte".to_owned());
        }
        if bytes.len() > MAX_SECRET_LENGTH {
            return refuse(format!(
                "the secret value has {} bytes; a secret holds at most {MAX_SECRET_LENGTH}. Use 'coldseal seal' for larger payloads",
                bytes.len()
            ));
        }
        if kind == PayloadKind::String && std::str::from_utf8(bytes.expose()).is_err() {
            return refuse("a SecretString must be UTF-8; use --secret-binary fileb://… for other bytes".to_owned());
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
