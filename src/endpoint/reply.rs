//! Answers on the wire.

use serde::Serialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroize as _;

use crate::{
    error::{Error, Result},
    kms::secret_json,
    page::{ListOrder, Page},
    protocol::{
        answer::{Answer, secret_value, secret_values},
        member::{Kind, Member},
        operation::{Operation, Paging, Service},
        request::Request,
    },
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// An answer as AWS writes it.
///
/// # Errors
/// `ValidationException` for the size of a page, `InvalidMarkerException` or `InvalidNextTokenException`.
pub(super) fn reply(operation: &Operation, request: &Request, answer: Answer) -> Result<SecretBytes> {
    let document = match (answer, operation.paging) {
        (Answer::Nothing, _) => return Ok(SecretBytes::new(b"{}".to_vec())),
        // Those of AWS KMS are as they go out, and have no dates.
        (Answer::Secret(document), _) if operation.service == Service::Kms => return Ok(document.to_json()),
        (Answer::Secret(document), _) => WipedDocument(document.to_value()?),
        (Answer::Value(entry), _) => WipedDocument(secret_value(&entry)?),
        (Answer::Values(values), _) => WipedDocument(secret_values(&values)?),
        (Answer::Document(document), _) => WipedDocument(document),
        (Answer::Changed(change), _) => WipedDocument(to_value(&change)?),
        (Answer::List(entries), Some(paging)) => page_of_list(request, paging, (entries.as_slice(), paging))?,
        (Answer::Secrets(listed, order), Some(paging)) => {
            for fault in &listed.faults {
                tracing::error!(%fault, "a secret cannot be listed");
            }
            page_of_list(request, paging, (listed.entries.as_slice(), &order))?
        }
        (Answer::List(_) | Answer::Secrets(..), None) => {
            return Err(Error::Misuse("an operation that lists says how its pages are asked for"));
        }
    };
    document.into_wire(operation.output)
}

/// A document that may hold values: its texts are wiped when it is dropped. `Debug` prints nothing of it.
struct WipedDocument(Value);

impl WipedDocument {
    /// What goes out, in one piece: without what AWS has not, and with numbers for dates.
    fn into_wire(mut self, members: &[Member]) -> Result<SecretBytes> {
        to_wire(&mut self.0, members)?;
        Ok(secret_json::write(&self.0))
    }
}

impl Drop for WipedDocument {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn to_value(answer: &impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|_| Error::Misuse("an answer is always JSON"))
}

/// The page of a list that the request asks for.
fn page_of_list<T: Serialize>(request: &Request, paging: &Paging, (entries, order): (&[T], &impl ListOrder<T>)) -> Result<WipedDocument> {
    let mut answer = Map::new();
    let page: Page<'_, T> = paging.rules.page(entries, order, request.number(paging.size)?, request.text(paging.token))?;
    let next = page.next_token(order);
    answer.insert(paging.list.to_owned(), to_value(&page.entries)?);
    // AWS KMS alone has it.
    answer.insert("Truncated".to_owned(), json!(next.is_some()));
    answer.extend(next.map(|token| (paging.next().to_owned(), json!(token))));
    Ok(WipedDocument(Value::Object(answer)))
}

/// Leaves out what AWS has not, and what has no value; makes numbers of dates.
fn to_wire(document: &mut Value, members: &[Member]) -> Result<()> {
    let Value::Object(given) = document else { return Ok(()) };
    let kind = |name: &str| members.iter().find(|member| member.name == name).map(|member| &member.kind);
    given.retain(|name, value| {
        let is_kept = kind(name).is_some() && !value.is_null();
        if !is_kept {
            wipe(value);
        }
        is_kept
    });
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
