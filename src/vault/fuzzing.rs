//! What the fuzz targets need of the inside.

use super::{
    family::{Located, parse_record},
    json_object::JsonObject,
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

/// Names, and the JSON of what stands in them, of a value that is an object; `None` if it is refused.
#[must_use]
pub fn members(text: &[u8]) -> Option<Vec<(String, String)>> {
    let object = JsonObject::parse(text).ok()?;
    Some(object.members().map(|(name, value)| (name.to_owned(), value.get().to_owned())).collect())
}
