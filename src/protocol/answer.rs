//! Answers, with AWS's member names in the order of AWS's service model. Dates are text as in ISO 8601.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    error::{Error, Result},
    vault::{Listed, PayloadKind, SecretChange, SecretListEntry, SecretOrder, SecretValueEntry, SecretValues, UnreadValue},
};
#[cfg(feature = "kms-endpoint")]
use crate::{kms::secret_json, secret::SecretBytes};

/// What an operation answers.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Nothing but that it is done.
    Nothing,
    /// Nothing secret.
    Document(Value),
    /// Keys or plaintexts, and no dates.
    Secret(Box<dyn SecretDocument>),
    /// All entries of a list; whoever asked for it takes the page.
    List(Vec<Value>),
    /// All secrets of a list, which can be long, those that cannot be read, and what it is sorted by.
    Secrets(Listed<SecretListEntry>, SecretOrder),
    /// The value of a secret.
    Value(SecretValueEntry),
    /// The values of several.
    Values(SecretValues),
    /// What sealing changed: AWS's answer is a part of it.
    Changed(Box<SecretChange>),
}

impl Answer {
    /// An answer without keys.
    ///
    /// # Errors
    /// None: every answer is JSON.
    pub(crate) fn document(answer: &impl Serialize) -> Result<Self> {
        value(answer).map(Self::Document)
    }

    /// An answer that holds keys.
    pub(crate) fn secret(answer: impl Serialize + 'static) -> Self {
        Self::Secret(Box::new(Secret(answer)))
    }

    /// The whole of a list.
    ///
    /// # Errors
    /// None: every entry is JSON.
    pub(crate) fn list<T: Serialize>(entries: impl IntoIterator<Item = T>) -> Result<Self> {
        entries.into_iter().map(|entry| value(&entry)).collect::<Result<_>>().map(Self::List)
    }
}

/// The value of a secret as AWS answers it: text as `SecretString`, bytes as base64 in `SecretBinary`.
///
/// # Errors
/// None: a string value was checked to be UTF-8.
pub(crate) fn secret_value(entry: &SecretValueEntry) -> Result<Value> {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
    put("ARN", json!(entry.arn));
    put("Name", json!(entry.name));
    put("VersionId", json!(entry.version_id));
    match entry.value.kind() {
        PayloadKind::String => {
            let text = std::str::from_utf8(entry.value.expose()).map_err(|_| Error::Misuse("a string value was checked to be UTF-8"))?;
            put("SecretString", json!(text));
        }
        PayloadKind::Binary => put("SecretBinary", json!(STANDARD.encode(entry.value.expose()))),
    }
    put("VersionStages", json!(entry.version_stages));
    put("CreatedDate", json!(entry.created_date));
    Ok(Value::Object(document))
}

/// The values of several secrets as AWS answers them. What has no name in AWS is an internal error there.
///
/// # Errors
/// As for [`secret_value`].
pub(crate) fn secret_values(values: &SecretValues) -> Result<Value> {
    let mut document = Map::new();
    document.insert("SecretValues".to_owned(), values.entries.iter().map(secret_value).collect::<Result<_>>()?);
    document.extend(values.next_token.as_ref().map(|token| ("NextToken".to_owned(), json!(token))));
    let errors: Vec<Value> = values.errors.iter().map(unread_value).collect();
    document.insert("Errors".to_owned(), errors.into());
    Ok(Value::Object(document))
}

fn unread_value(UnreadValue { secret_id, error, .. }: &UnreadValue) -> Value {
    let (code, message) = match error.refusal() {
        Some(refusal) => (refusal.code().to_string(), refusal.to_string()),
        None => ("InternalServiceError".to_owned(), error.to_string()),
    };
    json!({ "SecretId": secret_id, "ErrorCode": code, "Message": message })
}

fn value(answer: &impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|_| Error::Misuse("an answer is always JSON"))
}

/// An answer whose buffers wipe themselves; `Debug` prints nothing of it.
pub(crate) trait SecretDocument: fmt::Debug {
    /// Its JSON, written in one piece.
    #[cfg(feature = "kms-endpoint")]
    fn to_json(&self) -> SecretBytes;

    /// As a document for the terminal, which is printed and dropped.
    ///
    /// # Errors
    /// None: every answer is JSON.
    fn to_value(&self) -> Result<Value>;
}

struct Secret<T>(T);

impl<T: Serialize> SecretDocument for Secret<T> {
    #[cfg(feature = "kms-endpoint")]
    fn to_json(&self) -> SecretBytes {
        secret_json::write(&self.0)
    }

    fn to_value(&self) -> Result<Value> {
        value(&self.0)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
