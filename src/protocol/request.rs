//! The members of one request.

#[cfg(feature = "kms-endpoint")]
use super::wire;
use super::{
    draft::Draft,
    member::Member,
    value::{Structure, Value},
};
use crate::{
    error::{Constraint, Error, KeyRefusal, RequestRefusal, Result, Violation},
    format::EncryptionContext,
    kms::{EncryptionAlgorithm, is_written_as_embedded},
    secret::SecretBytes,
};

static NO_PAIRS: EncryptionContext = EncryptionContext::new();

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A client of AWS, which knows the names and the errors of AWS alone.
    Client,
    /// coldseal's own command line.
    CommandLine,
}

/// The members of one request by name.
#[derive(Debug)]
pub(crate) struct Request {
    caller: Caller,
    values: Structure,
}

impl Request {
    /// Parses the body of an operation with these members, as a client sends it. Others are passed over, as AWS does, and `null` is
    /// as good as nothing.
    ///
    /// # Errors
    /// As for [`wire::parse`].
    #[cfg(feature = "kms-endpoint")]
    pub(crate) fn parse(members: &[Member], body: &[u8]) -> Result<Self> {
        wire::parse(members, body).map(|values| Self { caller: Caller::Client, values })
    }

    /// A request of the command line.
    ///
    /// # Errors
    /// All that breaks the model's constraints.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only the command line types"))]
    pub(crate) fn typed<'a>(members: impl IntoIterator<Item = &'a Member>, draft: Draft) -> Result<Self, Vec<Violation>> {
        let (values, violations) = draft.finish(members);
        if violations.is_empty() { Ok(Self { caller: Caller::CommandLine, values }) } else { Err(violations) }
    }

    /// Who asks.
    pub(crate) const fn caller(&self) -> Caller {
        self.caller
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
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
            Some(key_id) if self.caller == Caller::Client && is_written_as_embedded(key_id) => {
                Err(KeyRefusal::InvalidKeyId(key_id.escape_debug().to_string()).into())
            }
            key_id => Ok(key_id),
        }
    }

    /// # Errors
    /// As for [`Request::optional_key_id`]; `ValidationException` when it is not there.
    pub(crate) fn key_id(&self, name: &str) -> Result<&str> {
        self.optional_key_id(name)?.ok_or_else(|| missing(name))
    }

    /// A number; `None` when it is not there.
    ///
    /// # Errors
    /// The type does not hold all of the range that the model has for it.
    pub(crate) fn number<N: TryFrom<i64>>(&self, name: &str) -> Result<Option<N>> {
        match self.values.get(name) {
            Some(Value::Integer(number)) => {
                N::try_from(*number).map(Some).map_err(|_| Error::Misuse("a number's type holds the model's range"))
            }
            _ => Ok(None),
        }
    }

    /// Whether the member is there, empty or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// All of them.
    pub(crate) const fn members(&self) -> &Structure {
        &self.values
    }

    /// `None` when it is not there.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "where it is not there, AWS has a default"))]
    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        match self.values.get(name) {
            Some(Value::Boolean(value)) => Some(*value),
            _ => None,
        }
    }

    /// True when the member is there and true.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        matches!(self.values.get(name), Some(Value::Boolean(true)))
    }

    /// Bytes, or text that no error repeats.
    pub(crate) fn optional_blob(&self, name: &str) -> Option<&SecretBytes> {
        match self.values.get(name) {
            Some(Value::Blob(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// # Errors
    /// `ValidationException` when it is not there.
    pub(crate) fn blob(&self, name: &str) -> Result<&SecretBytes> {
        self.optional_blob(name).ok_or_else(|| missing(name))
    }

    /// An encryption context, empty where there is none.
    pub(crate) fn pairs(&self, name: &str) -> &EncryptionContext {
        match self.values.get(name) {
            Some(Value::Pairs(pairs)) => pairs,
            _ => &NO_PAIRS,
        }
    }

    pub(crate) fn texts(&self, name: &str) -> &[String] {
        match self.values.get(name) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// A structure.
    pub(crate) fn structure(&self, name: &str) -> Option<&Structure> {
        match self.values.get(name) {
            Some(Value::Structure(structure)) => Some(structure),
            _ => None,
        }
    }

    /// A list of structures, none where it is not there.
    pub(crate) fn structures(&self, name: &str) -> &[Structure] {
        match self.values.get(name) {
            Some(Value::Structures(structures)) => structures,
            _ => &[],
        }
    }

    /// Two texts of each structure of a list, for instance a tag's key and its value; a text that is not there is empty.
    pub(crate) fn text_pairs(&self, name: &str, key: &str, value: &str) -> Vec<(String, String)> {
        let text = |structure: &Structure, name| match structure.get(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        self.structures(name).iter().map(|structure| (text(structure, key), text(structure, value))).collect()
    }

    /// # Errors
    /// `UnsupportedOperationException` for what exists in China only.
    pub(crate) fn algorithm(&self, name: &str) -> Result<EncryptionAlgorithm> {
        self.text(name).map_or(Ok(EncryptionAlgorithm::default()), |text| EncryptionAlgorithm::parse(name, text))
    }

    /// # Errors
    /// `UnsupportedOperationException` when one of these members is there.
    pub(crate) fn refuse(&self, names: &[&'static str]) -> Result<()> {
        match names.iter().find(|name| self.values.contains_key(**name)) {
            None => Ok(()),
            Some(name) => Err(RequestRefusal::Member(name).into()),
        }
    }

    /// The last step of an operation that can be tried out.
    ///
    /// # Errors
    /// `DryRunOperationException` when this was all that was asked for.
    pub(crate) fn stop_dry_run(&self) -> Result<()> {
        if self.is_set("DryRun") { Err(RequestRefusal::DryRun.into()) } else { Ok(()) }
    }
}

/// A member that AWS demands though its model does not.
pub(crate) fn missing(name: &str) -> Error {
    Violation::missing(name, Constraint::NotNull).into()
}
