//! What AWS's service models say of the members of a request.

use std::ops::RangeInclusive;

/// The length of a list that the model does not bound.
pub(crate) const ANY_COUNT: RangeInclusive<usize> = 0..=usize::MAX;

/// A member of a request.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: Need,
}

impl Member {
    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Required }
    }

    pub(crate) const fn demanded(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Demanded }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Optional }
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
#[cfg_attr(
    not(feature = "kms-endpoint"),
    expect(dead_code, reason = "the model's limits are for clients; what does the work has its own for all callers")
)]
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Length in characters.
    Text {
        length: RangeInclusive<usize>,
        pattern: Option<&'static Pattern>,
    },
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
    },
    /// A list of structures with these members.
    Structures {
        count: RangeInclusive<usize>,
        members: &'static [Member],
    },
    /// One that is refused, whatever is in it.
    Structure,
}

impl Kind {
    /// A list of structures of any length.
    pub(crate) const fn structures(members: &'static [Member]) -> Self {
        Self::Structures { count: ANY_COUNT, members }
    }
}

/// A regular expression of the model, and what does its work.
#[cfg_attr(
    not(feature = "kms-endpoint"),
    expect(dead_code, reason = "the model's limits are for clients; what does the work has its own for all callers")
)]
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) text: &'static str,
    pub(crate) matches: fn(&str) -> bool,
}
