//! What AWS's service model says of the members of a request, and the checks that follow from it.
//!
//! All members are checked before an operation begins, and all that is wrong is told at once, as AWS does.

use std::ops::RangeInclusive;

use base64::{Engine as _, decoded_len_estimate, engine::general_purpose::STANDARD};

use super::json::{Json, Members, Text};
use crate::{
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    secret::SecretBytes,
};

/// Longest value that an error repeats, in characters.
const SHOWN_LIMIT: usize = 256;

/// A member of a request.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) is_required: bool,
}

impl Member {
    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: true }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false }
    }
}

/// The type of a member, with its constraints.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Length in characters.
    Text {
        length: RangeInclusive<usize>,
        pattern: Option<&'static Pattern>,
    },
    OneOf(&'static [&'static str]),
    Integer(RangeInclusive<i64>),
    Boolean,
    /// Length in bytes.
    Blob(RangeInclusive<usize>),
    /// An encryption context.
    Pairs,
    List {
        count: RangeInclusive<usize>,
        of: &'static Kind,
    },
    Tags,
    /// One that is refused, whatever is in it.
    Structure,
}

/// A regular expression of the model, and what does its work.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) text: &'static str,
    pub(crate) matches: fn(&str) -> bool,
}

/// A member's value that keeps the model's constraints.
#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Blob(SecretBytes),
    Pairs(EncryptionContext),
    Texts(Vec<String>),
    Tags(Vec<(String, String)>),
    Structure,
}

pub(crate) const TAG_KEY: Kind = Kind::Text { length: 1..=128, pattern: None };
const TAG_VALUE: Kind = Kind::Text { length: 0..=256, pattern: None };

/// What is wrong with a request by the model.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<String>);

impl Violations {
    /// A member that is required and not there.
    pub(crate) fn missing(&mut self, path: &str) {
        self.0.push(format!("Value null at '{path}' failed to satisfy constraint: Member must not be null"));
    }

    fn add(&mut self, value: Option<&str>, path: &str, constraint: &str) {
        let shown = value.filter(|value| value.chars().count() <= SHOWN_LIMIT);
        let value = shown.map_or_else(String::new, |value| format!(" '{}'", value.escape_debug()));
        self.0.push(format!("Value{value} at '{path}' failed to satisfy constraint: Member must {constraint}"));
    }

    /// # Errors
    /// `ValidationException` with everything that was found.
    pub(crate) fn check(self) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let (count, plural) = (self.0.len(), if self.0.len() == 1 { "" } else { "s" });
        let message = format!("{count} validation error{plural} detected: {}", self.0.join("; "));
        Err(Error::service(ErrorCode::ValidationException, message))
    }
}

/// `NumberOfBytes` as errors spell it.
pub(crate) fn path_of(member: &str) -> String {
    let mut characters = member.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

impl Kind {
    /// Converts a value; what breaks a constraint goes to `violations`.
    ///
    /// # Errors
    /// `SerializationException` for a value of another type.
    pub(crate) fn convert(&self, json: Json<'_>, path: &str, violations: &mut Violations) -> Result<Value> {
        match (self, json) {
            (Self::Text { length, pattern }, Json::Text(text)) => {
                check_text(text.as_str(), length, *pattern, path, violations);
                Ok(Value::Text(text.as_str().to_owned()))
            }
            (Self::OneOf(names), Json::Text(text)) => {
                if !names.contains(&text.as_str()) {
                    let constraint = format!("satisfy enum value set: [{}]", names.join(", "));
                    violations.add(Some(text.as_str()), path, &constraint);
                }
                Ok(Value::Text(text.as_str().to_owned()))
            }
            (Self::Integer(range), Json::Integer(value)) => {
                check_bounds(value, range, |bound| violations.add(Some(&value.to_string()), path, &format!("have value {bound}")));
                Ok(Value::Integer(value))
            }
            (Self::Boolean, Json::Boolean(value)) => Ok(Value::Boolean(value)),
            (Self::Blob(length), Json::Text(text)) => {
                let bytes = decode(&text).ok_or_else(|| not_base64(path))?;
                // Its value may be a secret.
                check_bounds(bytes.len(), length, |bound| violations.add(None, path, &format!("have length {bound}")));
                Ok(Value::Blob(bytes))
            }
            (Self::Pairs, Json::Object(members)) => pairs(members, path).map(Value::Pairs),
            (Self::List { count, of }, Json::List(items)) => {
                check_bounds(items.len(), count, |bound| violations.add(None, path, &format!("have length {bound}")));
                let items = items.into_iter().zip(1_usize..);
                items.map(|(item, at)| of.text(item, &format!("{path}.{at}.member"), violations)).collect::<Result<_>>().map(Value::Texts)
            }
            (Self::Tags, Json::List(items)) => {
                let items = items.into_iter().zip(1_usize..);
                items.map(|(item, at)| tag(item, &format!("{path}.{at}.member"), violations)).collect::<Result<_>>().map(Value::Tags)
            }
            (Self::Structure, Json::Object(_)) => Ok(Value::Structure),
            (_, json) => Err(self.mismatch(&json, path)),
        }
    }

    fn text(&self, json: Json<'_>, path: &str, violations: &mut Violations) -> Result<String> {
        match self.convert(json, path, violations)? {
            Value::Text(text) => Ok(text),
            _ => Err(Error::Misuse("only text is taken out as text")),
        }
    }

    fn mismatch(&self, json: &Json<'_>, path: &str) -> Error {
        let wanted = match self {
            Self::Text { .. } | Self::OneOf(_) => "String",
            Self::Integer(_) => "Integer",
            Self::Boolean => "Boolean",
            Self::Blob(_) => "Blob",
            Self::Pairs => "Map",
            Self::List { .. } | Self::Tags => "List",
            Self::Structure => "Structure",
        };
        serialization(format!("{} can not be converted to {wanted} at '{path}'", json.kind()))
    }
}

pub(crate) fn serialization(message: impl Into<String>) -> Error {
    Error::service(ErrorCode::SerializationException, message)
}

fn check_text(text: &str, length: &RangeInclusive<usize>, pattern: Option<&'static Pattern>, path: &str, violations: &mut Violations) {
    check_bounds(text.chars().count(), length, |bound| violations.add(Some(text), path, &format!("have length {bound}")));
    if let Some(pattern) = pattern.filter(|pattern| !(pattern.matches)(text)) {
        violations.add(Some(text), path, &format!("satisfy regular expression pattern: {}", pattern.text));
    }
}

fn check_bounds<N: Copy + PartialOrd + std::fmt::Display>(value: N, range: &RangeInclusive<N>, mut broken: impl FnMut(&str)) {
    if value < *range.start() {
        broken(&format!("greater than or equal to {}", range.start()));
    } else if value > *range.end() {
        broken(&format!("less than or equal to {}", range.end()));
    }
}

fn decode(text: &Text<'_>) -> Option<SecretBytes> {
    let text = text.as_str();
    let mut bytes = SecretBytes::zeroed(decoded_len_estimate(text.len()));
    let length = STANDARD.decode_slice(text, bytes.expose_mut()).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

fn not_base64(path: &str) -> Error {
    serialization(format!("The value at '{path}' is not base64"))
}

fn pairs(members: Members<'_>, path: &str) -> Result<EncryptionContext> {
    let mut context = EncryptionContext::new();
    for (key, value) in members {
        let Json::Text(value) = value else {
            return Err(serialization(format!("{} can not be converted to String in '{path}'", value.kind())));
        };
        context.insert(key.as_str(), value.as_str());
    }
    if context.to_bytes().is_err() {
        let message = format!("The encryption context at '{path}' is larger than 65535 bytes");
        return Err(Error::service(ErrorCode::ValidationException, message));
    }
    Ok(context)
}

fn tag(json: Json<'_>, path: &str, violations: &mut Violations) -> Result<(String, String)> {
    let Json::Object(mut members) = json else {
        return Err(serialization(format!("{} can not be converted to Structure at '{path}'", json.kind())));
    };
    let mut member = |name: &str, kind: &Kind| {
        let path = format!("{path}.{}", path_of(name));
        match members.remove(name) {
            None | Some(Json::Null) => {
                violations.missing(&path);
                Ok(String::new())
            }
            Some(value) => kind.text(value, &path, violations),
        }
    };
    Ok((member("TagKey", &TAG_KEY)?, member("TagValue", &TAG_VALUE)?))
}
