//! What tells one vault from another, wherever it is carried.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{crypto::Random, error::Result, kms::random_uuid};

/// A vault's id: a random UUID in lower case, which it gets with its first root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct VaultId(String);

/// The text is not a UUID in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a vault, which is a UUID in lower case")]
pub struct NotAVaultId;

impl VaultId {
    pub(crate) fn generate(random: &dyn Random) -> Result<Self> {
        random_uuid(random).map(Self)
    }

    /// Its 36 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for VaultId {
    type Error = NotAVaultId;

    fn try_from(text: String) -> Result<Self, NotAVaultId> {
        let is_same = uuid::Uuid::parse_str(&text).is_ok_and(|uuid| uuid.hyphenated().to_string() == text);
        if is_same { Ok(Self(text)) } else { Err(NotAVaultId) }
    }
}

impl FromStr for VaultId {
    type Err = NotAVaultId;

    fn from_str(text: &str) -> Result<Self, NotAVaultId> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
