//! What a client sent.

use super::{
    draft::Draft,
    json::parse_object,
    member::Member,
    value::{Structure, Value},
};
use crate::error::{Constraint, Error, JsonKind, MemberPath, RequestRefusal, Result, ViolatingValue, Violation};

/// The members of the object that a body is. Others are passed over, as AWS does.
///
/// # Errors
/// `SerializationException` for what is not a JSON object, has a member twice or a value of another type; `ValidationException` with all
/// that breaks the model's constraints.
pub(super) fn parse(members: &[Member], body: &[u8]) -> Result<Structure> {
    let mut given = parse_object(body).map_err(serialization)?;
    let mut draft = Draft::default();
    for member in members {
        if let Some(json) = given.remove(member.name) {
            draft.json(member, json);
        }
    }
    let (values, mut violations) = draft.finish(members);
    violations.retain(|violation| !matches!(violation.broken, Constraint::Known(_)));
    if let Some(error) = violations.iter().find_map(serialization_error) {
        return Err(error);
    }
    if let Some((name, _)) = values.iter().find(|(_, value)| matches!(value, Value::Pairs(pairs) if pairs.to_bytes().is_err())) {
        return Err(RequestRefusal::ContextTooLong(MemberPath::from(*name).to_string()).into());
    }
    if violations.is_empty() { Ok(values) } else { Err(RequestRefusal::Invalid(violations).into()) }
}

fn serialization(message: impl Into<String>) -> Error {
    RequestRefusal::Serialization(message.into()).into()
}

/// A value of another type is no violation on the wire: it cannot be read at all.
fn serialization_error(violation: &Violation) -> Option<Error> {
    let Violation { path, value, broken } = violation;
    match (broken, value) {
        (Constraint::Type(wanted), ViolatingValue::Json(mistyped)) => {
            let found = match mistyped.kind {
                JsonKind::Null => "NULL_VALUE",
                JsonKind::Boolean => "BOOLEAN_VALUE",
                JsonKind::Integer => "NUMBER_VALUE",
                JsonKind::Decimal => "DECIMAL_VALUE",
                JsonKind::Text => "STRING_VALUE",
                JsonKind::List => "START_ARRAY",
                JsonKind::Object => "START_OBJECT",
            };
            Some(serialization(format!("{found} can not be converted to {wanted} at '{path}'")))
        }
        (Constraint::Base64, _) => Some(serialization(format!("The value at '{path}' is not base64"))),
        _ => None,
    }
}
