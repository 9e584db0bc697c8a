//! JSON of which there is one byte sequence for each content: [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785), restricted to objects with
//! ASCII member names, lists, strings, and whole numbers from 0 to 2^53 - 1.
//!
//! A type that is written here declares its members in the order of their names, refuses members that it does not know, and has maps whose keys
//! are the user's as lists in the order of the keys' bytes. Under these restrictions what `serde_json` writes is what RFC 8785 asks for.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned, de::Error as _};

use crate::error::{Damage, Error, ManifestFault, Result};

/// Numbers below are the same everywhere.
const NUMBER_LIMIT: u64 = 1 << 53;

/// The one byte sequence of this content.
pub(super) fn write<T: Serialize>(content: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(content).map_err(|_| Error::Misuse("a manifest is always JSON"))
}

/// Reads what [`write`] wrote, in this format, and nothing else.
///
/// # Errors
/// [`Damage::Format`] for a newer format, which may have members that are not known here; [`Damage::Manifest`].
pub(super) fn read<T: Serialize + DeserializeOwned>(bytes: &[u8], format: u32) -> Result<T, Damage> {
    /// Its number alone.
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct FormatNumber {
        format: u32,
    }
    let numbered = |found: &FormatNumber| found.format != format;
    let content: T = match serde_json::from_slice(bytes) {
        Ok(content) => content,
        Err(error) => {
            return Err(match serde_json::from_slice::<FormatNumber>(bytes).ok().filter(numbered) {
                Some(FormatNumber { format: found }) => Damage::Format { found, known: format },
                None => ManifestFault::NotJson { line: error.line(), column: error.column() }.into(),
            });
        }
    };
    match serde_json::to_vec(&content) {
        Ok(written) if written == bytes => Ok(content),
        _ => Err(ManifestFault::NotCanonical.into()),
    }
}

/// Takes a number that is one everywhere.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if number < NUMBER_LIMIT { Ok(number) } else { Err(D::Error::custom("a number over 2^53 - 1")) }
}

/// What tells canonical bytes from others without knowing what they are for.
#[cfg(test)]
pub(super) fn is_canonical(bytes: &[u8]) -> bool {
    use serde_json::Value;
    fn is_restricted(value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Number(number) => number.as_u64().is_some_and(|number| number < NUMBER_LIMIT),
            Value::String(_) => true,
            Value::Array(items) => items.iter().all(is_restricted),
            Value::Object(members) => {
                let names: Vec<_> = members.keys().collect();
                names.iter().all(|name| name.is_ascii()) && names.is_sorted_by(|a, b| a < b) && members.values().all(is_restricted)
            }
        }
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return false };
    is_restricted(&value) && serde_json::to_vec(&value).is_ok_and(|written| written == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Sample {
        format: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        names: Vec<String>,
        #[serde(deserialize_with = "number")]
        size: u64,
    }

    #[test]
    fn one_content_has_one_byte_sequence() {
        let sound = br#"{"Format":1,"Names":["\"\\\u0001\n\u007f","\u00e9"],"Size":9007199254740991}"#;
        let sample: Sample = serde_json::from_slice(sound).expect("JSON");
        let written = write(&sample).expect("written");
        assert!(is_canonical(&written) && !is_canonical(sound));
        assert_eq!(written, "{\"Format\":1,\"Names\":[\"\\\"\\\\\\u0001\\n\u{7f}\",\"é\"],\"Size\":9007199254740991}".as_bytes());
        assert_eq!(read::<Sample>(&written, 1).expect("read"), sample);
    }

    #[test]
    fn any_other_form_is_refused() {
        let not_json = |column| Damage::Manifest(ManifestFault::NotJson { line: 1, column });
        let other = || Damage::Manifest(ManifestFault::NotCanonical);
        for (text, expected) in [
            (r#"{"Format":1,"Size":1 }"#, other()),
            ("{\"Format\":1,\"Size\":1}\n", other()),
            (r#"{"Size":1,"Format":1}"#, other()),
            (r#"{"Format":1,"Names":[],"Size":1}"#, other()),
            (r#"{"Format":1,"Names":["\u0041"],"Size":1}"#, other()),
            (r#"{"Format":1,"Names":["\/"],"Size":1}"#, other()),
            (r#"{"Format":1,"Names":["\u000A"],"Size":1}"#, other()),
            (r#"{"Format":1,"Format":1,"Size":1}"#, not_json(20)),
            (r#"{"Format":1,"Size":1,"Size":1}"#, not_json(27)),
            (r#"{"Format":1,"More":1,"Size":1}"#, not_json(18)),
            (r#"{"Format":1,"Size":1.0}"#, not_json(22)),
            (r#"{"Format":1,"Size":1e0}"#, not_json(22)),
            (r#"{"Format":1,"Size":-1}"#, not_json(21)),
            (r#"{"Format":1,"Size":9007199254740992}"#, not_json(35)),
            (r#"{"Format":1,"Size":null}"#, not_json(23)),
            (r#"{"Format":1}"#, not_json(12)),
            ("", not_json(0)),
            (r#"{"Format":2,"More":1,"Size":1}"#, Damage::Format { found: 2, known: 1 }),
        ] {
            let refused = read::<Sample>(text.as_bytes(), 1).expect_err(text);
            match (&refused, &expected) {
                (Damage::Manifest(ManifestFault::NotJson { .. }), Damage::Manifest(ManifestFault::NotJson { .. })) => {}
                _ => assert_eq!(refused, expected, "{text}"),
            }
        }
        assert!(matches!(
            read::<Sample>(b"{\"Format\":1,\"Names\":[\"\xff\"],\"Size\":1}", 1),
            Err(Damage::Manifest(ManifestFault::NotJson { .. }))
        ));
    }
}
