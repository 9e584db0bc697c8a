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
    Structure(Structure),
}

/// The members of a structure by name.
pub(crate) type Structure = BTreeMap<&'static str, Value>;
