//! Answers on the wire.

use serde_json::{Map, Value, json};

use crate::{
    error::{Error, Result},
    protocol::{
        answer::Answer,
        member::{Kind, Member},
        operation::{Operation, Paging},
        request::Request,
    },
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// An answer as AWS writes it.
///
/// # Errors
/// `ValidationException` for the size of a page, `InvalidMarkerException`.
pub(super) fn reply(operation: &Operation, request: &Request, answer: Answer) -> Result<SecretBytes> {
    let mut document = match (answer, operation.paging) {
        (Answer::Nothing, _) => return Ok(SecretBytes::new(b"{}".to_vec())),
        (Answer::Secret(document), _) => return Ok(document.to_json()),
        (Answer::Document(document), _) => document,
        (Answer::List(entries), Some(paging)) => page(request, paging, &entries)?,
        (Answer::List(_), None) | (Answer::Secrets(..) | Answer::Value(_) | Answer::Values(_) | Answer::Changed(_), _) => {
            return Err(Error::Misuse("AWS KMS answers no secrets, and an operation that lists says how its pages are asked for"));
        }
    };
    to_wire(&mut document, operation.output)?;
    Ok(SecretBytes::new(document.to_string().into_bytes()))
}

/// The page of a list that the request asks for.
fn page(request: &Request, paging: &Paging, entries: &[Value]) -> Result<Value> {
    let page = paging.rules.page(entries, paging, request.number(paging.size)?, request.text(paging.token))?;
    let next = page.next_token(paging);
    let mut answer = Map::new();
    answer.insert(paging.list.to_owned(), json!(page.entries));
    answer.insert("Truncated".to_owned(), json!(next.is_some()));
    answer.extend(next.map(|marker| ("NextMarker".to_owned(), json!(marker))));
    Ok(Value::Object(answer))
}

/// Leaves out what AWS has not, and makes numbers of dates.
fn to_wire(document: &mut Value, members: &[Member]) -> Result<()> {
    let Value::Object(given) = document else { return Ok(()) };
    let kind = |name: &str| members.iter().find(|member| member.name == name).map(|member| &member.kind);
    given.retain(|name, _| kind(name).is_some());
    given.iter_mut().filter_map(|(name, value)| Some((kind(name)?, value))).try_for_each(|(kind, value)| match (kind, value) {
        (Kind::Structure(members), value) => to_wire(value, members),
        (Kind::Structures { members, .. }, Value::Array(items)) => items.iter_mut().try_for_each(|item| to_wire(item, members)),
        (Kind::Date, value) => {
            let date: Timestamp = value.as_str().and_then(|text| text.parse().ok()).ok_or(Error::Misuse("a date is a time"))?;
            *value = date.seconds();
            Ok(())
        }
        _ => Ok(()),
    })
}
