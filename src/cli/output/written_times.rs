//! The times of a document while it is written, told of each step by what writes it: a long list never becomes a tree.

use std::borrow::Cow;

use super::times::{NAMED_BY_USERS, is_time, shown};
use crate::cli::zone::Zone;

/// Where in the document the writer is.
pub(super) struct WrittenTimes<'a> {
    zone: &'a Zone,
    place: JsonPosition,
    /// The name of the member that is written.
    name: String,
    /// Objects that are open.
    depth: usize,
    /// That of the object whose members users have named.
    named_by_users: Option<usize>,
}

/// What a string would be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum JsonPosition {
    Name,
    /// The value of the member itself.
    Value,
    Elsewhere,
}

impl<'a> WrittenTimes<'a> {
    pub(super) const fn new(zone: &'a Zone) -> Self {
        Self { zone, place: JsonPosition::Elsewhere, name: String::new(), depth: 0, named_by_users: None }
    }

    pub(super) fn begin_object(&mut self) {
        self.depth += 1;
        if self.place == JsonPosition::Value && self.name == NAMED_BY_USERS {
            self.named_by_users.get_or_insert(self.depth);
        }
        self.place = JsonPosition::Elsewhere;
    }

    pub(super) fn end_object(&mut self) {
        self.named_by_users = self.named_by_users.filter(|depth| *depth != self.depth);
        self.depth -= 1;
    }

    pub(super) fn begin_name(&mut self) {
        self.place = JsonPosition::Name;
        self.name.clear();
    }

    pub(super) fn begin_value(&mut self) {
        self.place = JsonPosition::Value;
    }

    pub(super) fn begin_array(&mut self) {
        self.place = JsonPosition::Elsewhere;
    }

    /// What is written for a part of a string. A time is one part.
    pub(super) fn string<'t>(&mut self, part: &'t str) -> Cow<'t, str> {
        match self.place {
            JsonPosition::Name => self.name.push_str(part),
            JsonPosition::Value if self.named_by_users.is_none() && is_time(&self.name) => {
                return shown(part, self.zone).map_or(Cow::Borrowed(part), Cow::Owned);
            }
            JsonPosition::Value | JsonPosition::Elsewhere => {}
        }
        Cow::Borrowed(part)
    }
}
