//! What AWS's service models say of the members of requests and answers.

use std::ops::RangeInclusive;

/// The length of a list that the model does not bound.
pub(crate) const ANY_COUNT: RangeInclusive<usize> = 0..=usize::MAX;

/// A number that the model does not bound.
pub(crate) const ANY_INTEGER: RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// A member of a request or an answer.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: Need,
    /// The name that a skeleton has, of a member that takes one of several; else the last.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only the command line prints skeletons"))]
    pub(crate) sample: Option<&'static str>,
}

impl Member {
    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { need: Need::Required, ..Self::optional(name, kind) }
    }

    pub(crate) const fn demanded(name: &'static str, kind: Kind) -> Self {
        Self { need: Need::Demanded, ..Self::optional(name, kind) }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Optional, sample: None }
    }

    pub(crate) const fn with_sample(self, sample: &'static str) -> Self {
        Self { sample: Some(sample), ..self }
    }
}

/// Whether a member has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The model says so.
    Required,
    /// The service says so, and its model does not.
    Demanded,
    Optional,
}

/// The type of a member, with its constraints.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Length in characters.
    Text {
        length: RangeInclusive<usize>,
        pattern: Option<&'static Pattern>,
    },
    /// Text that no error repeats; length in characters.
    SecretText(RangeInclusive<usize>),
    OneOf(&'static [&'static str]),
    Integer(RangeInclusive<i64>),
    Boolean,
    /// Length in bytes.
    Blob(RangeInclusive<usize>),
    /// An encryption context.
    Pairs,
    List {
        count: RangeInclusive<usize>,
        of: &'static Kind,
        /// What the model calls an item.
        #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only the command line prints skeletons"))]
        item: &'static str,
    },
    /// A list of structures with these members.
    Structures {
        count: RangeInclusive<usize>,
        members: &'static [Member],
    },
    Structure(&'static [Member]),
    /// Values by names of the caller's, in answers.
    Map(#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only the command line prints skeletons"))] &'static Kind),
    /// A point in time, in answers: text as in ISO 8601 on a terminal, seconds since 1970 on the wire.
    Date,
}

impl Kind {
    /// What the model does not bound.
    pub(crate) const ANY_TEXT: Self = Self::text(ANY_COUNT);

    /// Text without a pattern.
    pub(crate) const fn text(length: RangeInclusive<usize>) -> Self {
        Self::Text { length, pattern: None }
    }

    /// A list of structures of any length.
    pub(crate) const fn structures(members: &'static [Member]) -> Self {
        Self::Structures { count: ANY_COUNT, members }
    }
}

/// A regular expression of the model, and what does its work.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) text: &'static str,
    pub(crate) matches: fn(&str) -> bool,
}
