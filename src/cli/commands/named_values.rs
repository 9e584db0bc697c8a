//! Values by name, and what stands in the way of some of them, so that all of it is told at once.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::{self, Write as _},
};

use crate::cli::usage::UsageError;

/// What is given, and why (`R`) something is not.
pub(super) struct NamedValues<V, R> {
    values: BTreeMap<String, V>,
    refused: Vec<(String, NotGiven<R>)>,
}

/// Why a value is not given under its name.
enum NotGiven<R> {
    Because(R),
    /// Another one has the name too.
    Twice,
}

impl<V, R: fmt::Display> NamedValues<V, R> {
    pub(super) const fn new() -> Self {
        Self { values: BTreeMap::new(), refused: Vec::new() }
    }

    pub(super) fn put(&mut self, name: String, value: Result<V, R>) {
        match (self.values.entry(name), value) {
            (Entry::Vacant(vacant), Ok(value)) => _ = vacant.insert(value),
            (Entry::Vacant(vacant), Err(why)) => self.refused.push((vacant.into_key(), NotGiven::Because(why))),
            (Entry::Occupied(occupied), _) => self.refused.push((occupied.key().clone(), NotGiven::Twice)),
        }
    }

    /// Why values are not given, but for a name that another one has.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &R> {
        self.refused.iter().filter_map(|(_, why)| if let NotGiven::Because(why) = why { Some(why) } else { None })
    }

    /// The values, in the order of their names.
    ///
    /// # Errors
    /// All that is refused, below the heading.
    pub(super) fn finish(self, heading: &str, hint: &str) -> Result<BTreeMap<String, V>, UsageError> {
        if self.refused.is_empty() {
            return Ok(self.values);
        }
        let mut message = heading.to_owned();
        for (name, why) in &self.refused {
            let _ = write!(message, "\n  {}: {why}", name.escape_debug());
        }
        Err(UsageError::new(message).with_hint(hint))
    }
}

impl<R: fmt::Display> fmt::Display for NotGiven<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Because(why) => why.fmt(f),
            Self::Twice => f.write_str("is there twice, in several secrets"),
        }
    }
}
