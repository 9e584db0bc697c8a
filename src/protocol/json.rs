//! Request bodies: JSON in which no object has a member twice.

use std::{borrow::Borrow, cmp::Ordering, collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

/// A value of JSON. Nesting is bounded by `serde_json`, at 128.
#[derive(Debug)]
pub(crate) enum Json<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    /// With a fraction, with an exponent, or out of range.
    Number,
    Text(Text<'a>),
    List(Vec<Json<'a>>),
    Object(Members<'a>),
}

/// Members by name.
pub(crate) type Members<'a> = BTreeMap<Text<'a>, Json<'a>>;

/// Text, which may be a key in base64. `Debug` prints its length alone.
pub(crate) enum Text<'a> {
    /// As it stands in the body.
    Borrowed(&'a str),
    /// It had escapes.
    Owned(Zeroizing<String>),
}

/// The object that a body is; an empty body is one without members.
///
/// # Errors
/// Anything else. The text is the parser's: line and column, and nothing of the body.
pub(crate) fn parse_object(body: &[u8]) -> Result<Members<'_>, String> {
    if body.trim_ascii().is_empty() {
        return Ok(Members::new());
    }
    match serde_json::from_slice(body) {
        Ok(Json::Object(members)) => Ok(members),
        Ok(_) => Err("The body is not a JSON object".to_owned()),
        Err(error) if error.is_data() => Err(format!("A member stands twice (line {}, column {})", error.line(), error.column())),
        Err(error) => Err(format!("The body is not JSON (line {}, column {})", error.line(), error.column())),
    }
}

impl Json<'_> {
    /// What AWS calls such a value in its errors.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL_VALUE",
            Self::Boolean(_) => "BOOLEAN_VALUE",
            Self::Integer(_) => "NUMBER_VALUE",
            Self::Number => "DECIMAL_VALUE",
            Self::Text(_) => "STRING_VALUE",
            Self::List(_) => "START_ARRAY",
            Self::Object(_) => "START_OBJECT",
        }
    }
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes, redacted)", self.as_str().len())
    }
}

impl Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

struct TextVisitor;

impl<'de> de::Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text::Borrowed(text))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text::Owned(Zeroizing::new(text.to_owned())))
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct JsonVisitor;

impl<'de> de::Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Json::Number, Json::Integer))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Json::Number)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        TextVisitor.visit_borrowed_str(text).map(Json::Text)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        TextVisitor.visit_str(text).map(Json::Text)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut members = Members::new();
        while let Some((name, value)) = entries.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("a member twice"));
            }
        }
        Ok(Json::Object(members))
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}
