//! The operations of AWS Secrets Manager, by name: which members each request has, and what is done in a vault.

mod kinds;
mod read;
mod tags;

use super::operation::Operation;

const GROUPS: [&[Operation]; 2] = [read::OPERATIONS, tags::OPERATIONS];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    GROUPS.into_iter().flatten()
}
