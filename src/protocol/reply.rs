//! Answers on the wire.

use serde::Serialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::request::Request;
use crate::{
    error::{Error, Result},
    kms::secret_json,
    page::PageRules,
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// The members that are points in time: text on the command line, seconds since 1970 on the wire.
const DATES: [&str; 5] = ["CreationDate", "DeletionDate", "LastUpdatedDate", "NextRotationDate", "RotationDate"];

/// The JSON of an answer without dates, which may hold keys.
pub(crate) fn secret(answer: &impl Serialize) -> SecretBytes {
    secret_json::write(answer)
}

/// What an operation without an answer answers.
pub(crate) fn nothing() -> SecretBytes {
    SecretBytes::new(b"{}".to_vec())
}

/// The JSON of an answer without keys.
///
/// # Errors
/// None: every answer is JSON, and its dates are dates.
pub(crate) fn public(answer: &impl Serialize) -> Result<SecretBytes> {
    let mut value = serde_json::to_value(answer).map_err(|_| Error::Misuse("an answer is always JSON"))?;
    dates_to_seconds(&mut value)?;
    Ok(SecretBytes::new(value.to_string().into_bytes()))
}

/// The page of a list that the request asks for. `id` tells the entries apart.
///
/// # Errors
/// `ValidationException` for the size, `InvalidMarkerException`.
pub(crate) fn page<T: Serialize>(
    request: &Request,
    rules: PageRules,
    list: &str,
    entries: &[T],
    id: impl Fn(&T) -> String,
) -> Result<SecretBytes> {
    let page = rules.page(entries, &id, request.number("Limit"), request.text("Marker"))?;
    let next = page.next_token(id);
    let mut answer = Map::new();
    answer.insert(list.to_owned(), json!(page.entries));
    answer.insert("Truncated".to_owned(), json!(next.is_some()));
    answer.extend(next.map(|marker| ("NextMarker".to_owned(), json!(marker))));
    public(&answer)
}

fn dates_to_seconds(value: &mut Value) -> Result<()> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(dates_to_seconds),
        Value::Object(members) => members.iter_mut().try_for_each(|(name, value)| match value {
            Value::String(text) if DATES.contains(&name.as_str()) => {
                let date: Timestamp = text.parse().map_err(|_| Error::Misuse("a date is a time"))?;
                *value = seconds(date);
                Ok(())
            }
            value => dates_to_seconds(value),
        }),
        _ => Ok(()),
    }
}

/// Seconds since 1970, with milliseconds as a fraction.
fn seconds(date: Timestamp) -> Value {
    let since = date.utc() - OffsetDateTime::UNIX_EPOCH;
    if since.subsec_nanoseconds() == 0 { json!(since.whole_seconds()) } else { json!(since.as_seconds_f64()) }
}
