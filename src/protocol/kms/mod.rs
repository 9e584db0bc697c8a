//! The operations of AWS KMS, by name: which members each request has, and what is done on the embedded KMS.

mod aliases;
mod cryptography;
mod key_metadata;
mod keys;
mod kinds;
mod multi_region;
mod policies;
mod rotation;
mod tags;

use super::operation::Operation;

const GROUPS: [&[Operation]; 7] = [
    aliases::OPERATIONS,
    cryptography::OPERATIONS,
    keys::OPERATIONS,
    multi_region::OPERATIONS,
    policies::OPERATIONS,
    rotation::OPERATIONS,
    tags::OPERATIONS,
];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    GROUPS.into_iter().flatten()
}
