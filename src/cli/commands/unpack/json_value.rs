//! A secret's value as a member of one JSON object.

use zeroize::Zeroizing;

use super::part::{PartFault, PartNaming};
use crate::{
    cli::commands::value_members::text_of,
    error::Error,
    vault::{
        SecretValueEntry,
        json_object::{JsonObject, NoObject},
    },
};

/// A JSON object is itself, to the byte; other text, and each text where values are whole, a string.
pub(super) fn json_value(entry: &SecretValueEntry, naming: PartNaming<'_>) -> Result<Zeroizing<String>, PartFault> {
    let text = text_of(entry).ok_or(PartFault::Binary)?;
    if matches!(naming, PartNaming::Members { .. }) {
        match JsonObject::parse(text.as_bytes()) {
            Ok(_) => return Ok(Zeroizing::new(text.trim_ascii().to_owned())),
            Err(NoObject::MemberTwice) => return Err(PartFault::MemberTwice),
            Err(NoObject::NotAnObject) => {}
        }
    }
    Ok(json_string(text))
}

/// Text as a JSON string.
pub(super) fn json_string(text: &str) -> Zeroizing<String> {
    // The system's allocator wipes what was outgrown.
    Zeroizing::new(serde_json::to_string(text).map_err(|_| Error::Misuse("text is a JSON string")).unwrap_or_default())
}
