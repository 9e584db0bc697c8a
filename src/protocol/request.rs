//! A request whose members keep the constraints of AWS's service model.

use std::collections::BTreeMap;

use super::{
    json::{Json, parse_object},
    member::{Member, Value, Violations, path_of, serialization},
};
use crate::{
    error::{Error, ErrorCode, Result},
    format::EncryptionContext,
    kms::{EncryptionAlgorithm, is_written_as_embedded},
    secret::SecretBytes,
};

static NO_PAIRS: EncryptionContext = EncryptionContext::new();

/// The members of one request by name.
#[derive(Debug)]
pub(crate) struct Request(BTreeMap<&'static str, Value>);

impl Request {
    /// Parses the body of an operation with these members. Others are passed over, as AWS does, and `null` is as good as nothing.
    ///
    /// # Errors
    /// `SerializationException` for what is not a JSON object, has a member twice or a value of another type; `ValidationException` with
    /// all that breaks the model's constraints.
    pub(crate) fn parse(members: &[Member], body: &[u8]) -> Result<Self> {
        let mut given = parse_object(body).map_err(serialization)?;
        let (mut values, mut violations) = (BTreeMap::new(), Violations::default());
        for Member { name, kind, is_required } in members {
            match given.remove(*name) {
                None | Some(Json::Null) if *is_required => violations.missing(&path_of(name)),
                None | Some(Json::Null) => {}
                Some(json) => drop(values.insert(*name, kind.convert(json, &path_of(name), &mut violations)?)),
            }
        }
        violations.check().map(|()| Self(values))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// # Errors
    /// `ValidationException` when it is not there.
    pub(crate) fn required_text(&self, name: &str) -> Result<&str> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// What names a key.
    ///
    /// # Errors
    /// `NotFoundException` for a name that only coldseal's command line takes.
    pub(crate) fn optional_key_id(&self, name: &str) -> Result<Option<&str>> {
        match self.text(name) {
            Some(key_id) if is_written_as_embedded(key_id) => {
                let message = format!("Invalid keyId '{}'", key_id.escape_debug());
                Err(Error::service(ErrorCode::NotFoundException, message))
            }
            key_id => Ok(key_id),
        }
    }

    /// # Errors
    /// As for [`Request::optional_key_id`]; `ValidationException` when it is not there.
    pub(crate) fn key_id(&self, name: &str) -> Result<&str> {
        self.optional_key_id(name)?.ok_or_else(|| missing(name))
    }

    /// A number in the range that the model has for it; `None` when it is not there.
    pub(crate) fn number<N: TryFrom<i64>>(&self, name: &str) -> Option<N> {
        match self.0.get(name) {
            Some(Value::Integer(number)) => N::try_from(*number).ok(),
            _ => None,
        }
    }

    /// True when the member is there and true.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::Boolean(true)))
    }

    /// # Errors
    /// `ValidationException` when it is not there.
    pub(crate) fn blob(&self, name: &str) -> Result<&SecretBytes> {
        match self.0.get(name) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(missing(name)),
        }
    }

    /// An encryption context, empty where there is none.
    pub(crate) fn pairs(&self, name: &str) -> &EncryptionContext {
        match self.0.get(name) {
            Some(Value::Pairs(pairs)) => pairs,
            _ => &NO_PAIRS,
        }
    }

    pub(crate) fn texts(&self, name: &str) -> &[String] {
        match self.0.get(name) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    pub(crate) fn tags(&self, name: &str) -> Vec<(String, String)> {
        match self.0.get(name) {
            Some(Value::Tags(tags)) => tags.clone(),
            _ => Vec::new(),
        }
    }

    /// # Errors
    /// `UnsupportedOperationException` for what exists in China only.
    pub(crate) fn algorithm(&self, name: &str) -> Result<EncryptionAlgorithm> {
        self.text(name).map_or(Ok(EncryptionAlgorithm::default()), |text| EncryptionAlgorithm::parse(&path_of(name), text))
    }

    /// # Errors
    /// `UnsupportedOperationException` when one of these members is there.
    pub(crate) fn refuse(&self, names: &[&str]) -> Result<()> {
        match names.iter().find(|name| self.0.contains_key(**name)) {
            None => Ok(()),
            Some(name) => {
                Err(Error::service(ErrorCode::UnsupportedOperationException, format!("The embedded KMS does not support {name}")))
            }
        }
    }

    /// The last step of an operation that can be tried out.
    ///
    /// # Errors
    /// `DryRunOperationException` when this was all that was asked for.
    pub(crate) fn stop_dry_run(&self) -> Result<()> {
        if self.is_set("DryRun") { Err(dry_run()) } else { Ok(()) }
    }
}

fn dry_run() -> Error {
    Error::service(ErrorCode::DryRunOperationException, "The request would have succeeded, but the DryRun option is set.")
}

/// A member that AWS demands though its model does not.
pub(crate) fn missing(name: &str) -> Error {
    let mut violations = Violations::default();
    violations.missing(&path_of(name));
    violations.check().err().unwrap_or(Error::Misuse("a missing member is a violation"))
}
