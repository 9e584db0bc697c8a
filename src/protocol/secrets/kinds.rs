//! The types and limits of members that several operations have.

use crate::protocol::member::{Kind, Member};

pub(super) const SECRET_ID: Kind = Kind::Text { length: 1..=2048, pattern: None };
pub(super) const VERSION_ID: Kind = Kind::Text { length: 32..=64, pattern: None };
pub(super) const VERSION_STAGE: Kind = Kind::Text { length: 1..=256, pattern: None };
pub(super) const TAG_KEY: Kind = Kind::Text { length: 1..=128, pattern: None };
const TAG_VALUE: Kind = Kind::Text { length: 0..=256, pattern: None };
pub(super) const TAGS: Kind = Kind::structures(&[Member::demanded("Key", TAG_KEY), Member::optional("Value", TAG_VALUE)]);
