//! What can be wrong with a manifest: a root, or a page that it names.

use crate::region::Region;

/// Why a root or a page is not taken. Nothing of its content is repeated but what names the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestFault {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// More bytes than one may have; they were not read.
    #[error("larger than the {0} bytes that it can have")]
    TooLarge(u64),
    /// Not the JSON of one: another member, one that is missing or there twice, a number that is none of its numbers.
    #[error("not the JSON of a manifest (line {line}, column {column})")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The same content has other bytes: white space, another order, another spelling.
    #[error("not in the one form that its content has: other bytes than were written")]
    NotCanonical,
    /// A page that is not the one that the root names.
    #[error("its SHA-256 is not the one that the root names")]
    OtherContent,
    /// A page of another Region than the root says.
    #[error("is a page of {0}, and stands in the place of one of another Region")]
    OtherRegion(Region),
    /// A root whose counter is not that of its name.
    #[error("has the counter {0}, which is not that of its name")]
    OtherCounter(u64),
    /// An entry that belongs on another page.
    #[error("has an entry for '{}', which belongs on another page", .0.escape_debug())]
    Misplaced(String),
    /// Entries, or Regions, that are not in their order, or there twice.
    #[error("its entries are not in their order, or one is there twice")]
    Unordered,
    /// Entries of one secret in several Regions that do not say the same of it.
    #[error("its Regions do not say the same of '{}'", .0.escape_debug())]
    Contradictory(String),
}
