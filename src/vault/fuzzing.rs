//! What the fuzz targets need of the inside.

use super::{
    family::{Located, parse_record},
    record::SecretRecord,
};
use crate::error::Result;

/// What a `secret.json` says.
#[derive(Debug, PartialEq, Eq)]
pub struct Record(SecretRecord);

impl Record {
    /// The `secret.json` of any secret; `None` if it is refused.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let named: SecretRecord = serde_json::from_slice(bytes).ok()?;
        parse_record(bytes, &Located::of(named).key).ok().map(Self)
    }

    /// As it is written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        self.0.to_json()
    }
}
