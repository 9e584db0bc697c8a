//! The operations of the service, by name: which members each request has, and what is done.

mod aliases;
mod cryptography;
mod keys;
mod policies;
mod rotation;
mod tags;

use super::{
    model::{Kind, Member, Pattern},
    request::Request,
};
use crate::{error::Result, kms::EmbeddedKms, region::Region, secret::SecretBytes};

/// One operation of AWS KMS.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    /// In the order of the model.
    pub(super) members: &'static [Member],
    pub(super) run: Run,
}

/// How an operation is done. Its answer is JSON.
#[derive(Debug)]
pub(super) enum Run {
    /// Without any key.
    Alone(fn(&Request) -> Result<SecretBytes>),
    /// On a state that others read at the same time.
    Read(fn(&EmbeddedKms, Region, &Request) -> Result<SecretBytes>),
    /// What takes long, or can be refused by the request alone, is done before the keystore is locked for the [`Change`].
    Write(for<'a> fn(Region, &'a Request) -> Result<Change<'a>>),
}

/// A change of the keystore, refused as a whole or done as a whole.
pub(super) type Change<'a> = Box<dyn FnOnce(&mut EmbeddedKms) -> Result<SecretBytes> + 'a>;

const GROUPS: [&[Operation]; 6] =
    [aliases::OPERATIONS, cryptography::OPERATIONS, keys::OPERATIONS, policies::OPERATIONS, rotation::OPERATIONS, tags::OPERATIONS];

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Operation> {
    GROUPS.into_iter().flatten()
}

const KEY_ID: Kind = Kind::Text { length: 1..=2048, pattern: None };
const DESCRIPTION: Kind = Kind::Text { length: 0..=8192, pattern: None };
const POLICY: Kind = Kind::Text { length: 1..=131_072, pattern: Some(&POLICY_PATTERN) };
const MARKER: Kind = Kind::Text { length: 1..=1024, pattern: Some(&MARKER_PATTERN) };
const LIMIT: Kind = Kind::Integer(1..=1000);
const GRANT_TOKENS: Kind = Kind::List { count: 0..=10, of: &Kind::Text { length: 1..=8192, pattern: None } };

const POLICY_PATTERN: Pattern = Pattern {
    text: r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    matches: |text| !text.is_empty() && text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')),
};
const MARKER_PATTERN: Pattern = Pattern { text: r"[\u0020-\u00FF]*", matches: |text| text.chars().all(|c| matches!(c, ' '..='\u{ff}')) };
