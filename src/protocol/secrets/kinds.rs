//! The types and limits of members that several operations have.

use crate::protocol::member::Kind;

pub(super) const SECRET_ID: Kind = Kind::Text { length: 1..=2048, pattern: None };
pub(super) const VERSION_ID: Kind = Kind::Text { length: 32..=64, pattern: None };
