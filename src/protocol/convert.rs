//! What a client sent: converted to the values of members, and checked against the model.
//!
//! All members are checked before an operation begins, and all that is wrong is told at once, as AWS does.

use std::ops::RangeInclusive;

use base64::{Engine as _, decoded_len_estimate, engine::general_purpose::STANDARD};

use super::{
    json::{Json, Members, Text, parse_object},
    member::{Kind, Member, Need, Pattern},
    value::{Structure, Value, path_of},
};
use crate::{
    error::{Constraint, Error, RequestRefusal, Result, Violation},
    format::EncryptionContext,
    secret::SecretBytes,
};

/// Longest value that an error repeats, in characters.
const SHOWN_LIMIT: usize = 256;

/// The members of the object that a body is.
///
/// # Errors
/// `SerializationException` for what is not a JSON object, has a member twice or a value of another type; `ValidationException` with all
/// that breaks the model's constraints.
pub(super) fn parse(members: &[Member], body: &[u8]) -> Result<Structure> {
    let given = parse_object(body).map_err(serialization)?;
    let mut violations = Vec::new();
    let values = convert_members(members, given, path_of, &mut violations)?;
    if violations.is_empty() { Ok(values) } else { Err(RequestRefusal::Invalid(violations).into()) }
}

impl Kind {
    /// Converts a value; what breaks a constraint goes to `violations`.
    ///
    /// # Errors
    /// `SerializationException` for a value of another type.
    fn convert(&self, json: Json<'_>, path: &str, violations: &mut Vec<Violation>) -> Result<Value> {
        match (self, json) {
            (Self::Text { length, pattern }, Json::Text(text)) => {
                check_text(text.as_str(), length, *pattern, path, violations);
                Ok(Value::Text(text.as_str().to_owned()))
            }
            (Self::OneOf(names), Json::Text(text)) => {
                if !names.contains(&text.as_str()) {
                    violations.push(shown(path, text.as_str(), Constraint::OneOf(names.to_vec())));
                }
                Ok(Value::Text(text.as_str().to_owned()))
            }
            (Self::Integer(range), Json::Integer(value)) => {
                violations.extend(out_of(value, range).map(|broken| Violation::by(path, value.to_string(), broken)));
                Ok(Value::Integer(value))
            }
            (Self::Boolean, Json::Boolean(value)) => Ok(Value::Boolean(value)),
            (Self::Blob(length), Json::Text(text)) => {
                let bytes = decode(&text).ok_or_else(|| not_base64(path))?;
                // Its value may be a secret.
                violations.extend(too_short_or_long(bytes.len(), length).map(|broken| Violation::new(path, broken)));
                Ok(Value::Blob(bytes))
            }
            (Self::Pairs, Json::Object(members)) => pairs(members, path).map(Value::Pairs),
            (Self::List { count, of, .. }, Json::List(items)) => {
                violations.extend(too_short_or_long(items.len(), count).map(|broken| Violation::new(path, broken)));
                let items = items.into_iter().zip(1_usize..);
                items
                    .map(|(item, at)| of.convert_text(item, &format!("{path}.{at}.member"), violations))
                    .collect::<Result<_>>()
                    .map(Value::Texts)
            }
            (Self::Structures { count, members }, Json::List(items)) => {
                violations.extend(too_short_or_long(items.len(), count).map(|broken| Violation::new(path, broken)));
                let items = items.into_iter().zip(1_usize..);
                let structures = items.map(|(item, at)| structure(members, item, &format!("{path}.{at}.member"), violations));
                structures.collect::<Result<_>>().map(Value::Structures)
            }
            (Self::Structure(_), Json::Object(_)) => Ok(Value::Refused),
            (_, json) => Err(self.mismatch(&json, path)),
        }
    }

    fn convert_text(&self, json: Json<'_>, path: &str, violations: &mut Vec<Violation>) -> Result<String> {
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
            Self::Pairs | Self::Map(_) => "Map",
            Self::List { .. } | Self::Structures { .. } => "List",
            Self::Structure(_) => "Structure",
            Self::Date => "Timestamp",
        };
        serialization(format!("{} can not be converted to {wanted} at '{path}'", json.kind()))
    }
}

fn serialization(message: impl Into<String>) -> Error {
    RequestRefusal::Serialization(message.into()).into()
}

fn check_text(text: &str, length: &RangeInclusive<usize>, pattern: Option<&'static Pattern>, path: &str, violations: &mut Vec<Violation>) {
    violations.extend(too_short_or_long(text.chars().count(), length).map(|broken| shown(path, text, broken)));
    let pattern = pattern.filter(|pattern| !(pattern.matches)(text));
    violations.extend(pattern.map(|pattern| shown(path, text, Constraint::Pattern(pattern.text))));
}

/// A violation that repeats a text, where it is short.
fn shown(path: &str, text: &str, broken: Constraint) -> Violation {
    if text.chars().count() <= SHOWN_LIMIT { Violation::by(path, text, broken) } else { Violation::new(path, broken) }
}

fn too_short_or_long(length: usize, range: &RangeInclusive<usize>) -> Option<Constraint> {
    if length < *range.start() {
        return Some(Constraint::LeastLength(*range.start()));
    }
    (length > *range.end()).then(|| Constraint::MostLength(*range.end()))
}

fn out_of(value: i64, range: &RangeInclusive<i64>) -> Option<Constraint> {
    if value < *range.start() {
        return Some(Constraint::LeastValue(*range.start()));
    }
    (value > *range.end()).then(|| Constraint::MostValue(*range.end()))
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
        return Err(RequestRefusal::ContextTooLong(path.to_owned()).into());
    }
    Ok(context)
}

fn structure(members: &[Member], json: Json<'_>, path: &str, violations: &mut Vec<Violation>) -> Result<Structure> {
    let Json::Object(given) = json else {
        return Err(serialization(format!("{} can not be converted to Structure at '{path}'", json.kind())));
    };
    convert_members(members, given, |name| format!("{path}.{}", path_of(name)), violations)
}

/// Converts the members of an object. Others are passed over, as AWS does, and `null` is as good as nothing.
///
/// # Errors
/// As for [`Kind::convert`].
fn convert_members(
    members: &[Member],
    mut given: Members<'_>,
    path: impl Fn(&str) -> String,
    violations: &mut Vec<Violation>,
) -> Result<Structure> {
    let mut values = Structure::new();
    for Member { name, kind, need, .. } in members {
        match given.remove(*name) {
            None | Some(Json::Null) if *need == Need::Required => violations.push(Violation::new(path(name), Constraint::NotNull)),
            None | Some(Json::Null) => {}
            Some(json) => drop(values.insert(*name, kind.convert(json, &path(name), violations)?)),
        }
    }
    Ok(values)
}
