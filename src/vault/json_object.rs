//! The JSON object that a value is, or that a value is made of: its members in their order, what stands in them kept to the byte.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The members by name, none twice. `Debug` prints none of them.
pub(crate) struct JsonObject<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// Why text is no [`JsonObject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoObject {
    /// It is no JSON, or that of something else.
    NotAnObject,
    /// Whoever reads it takes one or the other.
    MemberTwice,
}

impl<'a> JsonObject<'a> {
    /// # Errors
    /// See [`NoObject`].
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, NoObject> {
        let object: Self = serde_json::from_slice(text).map_err(|_| NoObject::NotAnObject)?;
        let mut names = BTreeSet::new();
        if object.0.iter().all(|(name, _)| names.insert(name.as_ref())) { Ok(object) } else { Err(NoObject::MemberTwice) }
    }

    /// Names, and the JSON of what stands in them.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }
}

impl fmt::Debug for JsonObject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonObject({} members, redacted)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for JsonObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = JsonObject<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(MemberName(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(JsonObject(members))
    }
}

/// Not copied where it has no escapes.
#[derive(Deserialize)]
struct MemberName<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, NoObject> {
        let object = JsonObject::parse(text.as_bytes())?;
        Ok(object.members().map(|(name, value)| (name.to_owned(), value.get().to_owned())).collect())
    }

    #[test]
    fn members_keep_their_order_and_their_text() {
        let expected = [("b", "1.50"), ("a", "{ \"x\" : [ ] }"), ("é\"", "\"\\u0041\""), ("", "null")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(read(" {\"b\": 1.50, \"a\":{ \"x\" : [ ] } , \"\\u00e9\\\"\": \"\\u0041\", \"\": null}\n"), Ok(expected));
        assert_eq!(read("{}"), Ok(Vec::new()));
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(read(&nested).expect("an object").len(), 1, "nesting is not walked over");
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "x", "[]", "null", "1", "\"a\"", "{", "{} {}", "{\"a\"}", "{'a': 1}", "{\"a\": 1,}", "{1: 2}", "\u{feff}{}"] {
            assert_eq!(read(text), Err(NoObject::NotAnObject), "{text}");
        }
        assert_eq!(read(r#"{"a": 1, "\u0061": 2}"#), Err(NoObject::MemberTwice));
        assert!(JsonObject::parse(b"{\"a\": \"\xff\"}").is_err());
    }

    #[test]
    fn debug_output_is_redacted() {
        let printed = format!("{:?}", JsonObject::parse(br#"{"user": "EXAMPLE"}"#));
        assert_eq!(printed, "Ok(JsonObject(1 members, redacted))");
    }
}
