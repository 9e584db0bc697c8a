//! The values of members.

use std::collections::BTreeMap;

use crate::{format::EncryptionContext, secret::SecretBytes};

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
    #[cfg(feature = "kms-endpoint")]
    Refused,
}

/// The members of a structure by name.
pub(crate) type Structure = BTreeMap<&'static str, Value>;

/// `NumberOfBytes` as errors spell it.
pub(crate) fn path_of(member: &str) -> String {
    let mut characters = member.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
