//! A member's value: converted from what a client sent, and checked against the model.
//!
//! All members are checked before an operation begins, and all that is wrong is told at once, as AWS does.

use std::{collections::BTreeMap, ops::RangeInclusive};

use base64::{Engine as _, decoded_len_estimate, engine::general_purpose::STANDARD};

use super::{
    json::{Json, Members, Text},
    member::{Kind, Member, Need, Pattern},
};
use crate::{
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    secret::SecretBytes,
};

/// Longest value that an error repeats, in characters.
const SHOWN_LIMIT: usize = 256;

/// A member's value.
#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Blob(SecretBytes),
    Pairs(EncryptionContext),
    Texts(Vec<String>),
    Structures(Vec<Structure>),
    /// One that is refused, whatever is in it.
    Refused,
}

/// The members of a structure by name.
pub(crate) type Structure = BTreeMap<&'static str, Value>;

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
            (Self::Structures { count, members }, Json::List(items)) => {
                check_bounds(items.len(), count, |bound| violations.add(None, path, &format!("have length {bound}")));
                let items = items.into_iter().zip(1_usize..);
                let structures = items.map(|(item, at)| structure(members, item, &format!("{path}.{at}.member"), violations));
                structures.collect::<Result<_>>().map(Value::Structures)
            }
            (Self::Structure, Json::Object(_)) => Ok(Value::Refused),
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
            Self::List { .. } | Self::Structures { .. } => "List",
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

fn structure(members: &[Member], json: Json<'_>, path: &str, violations: &mut Violations) -> Result<Structure> {
    let Json::Object(given) = json else {
        return Err(serialization(format!("{} can not be converted to Structure at '{path}'", json.kind())));
    };
    convert_members(members, given, |name| format!("{path}.{}", path_of(name)), violations)
}

/// Converts the members of an object. Others are passed over, as AWS does, and `null` is as good as nothing.
///
/// # Errors
/// As for [`Kind::convert`].
pub(crate) fn convert_members(
    members: &[Member],
    mut given: Members<'_>,
    path: impl Fn(&str) -> String,
    violations: &mut Violations,
) -> Result<Structure> {
    let mut values = Structure::new();
    for Member { name, kind, need } in members {
        match given.remove(*name) {
            None | Some(Json::Null) if *need == Need::Required => violations.missing(&path(name)),
            None | Some(Json::Null) => {}
            Some(json) => drop(values.insert(*name, kind.convert(json, &path(name), violations)?)),
        }
    }
    Ok(values)
}
