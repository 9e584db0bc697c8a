//! The operations of AWS Secrets Manager, by name: which members each request has, and what is done in a vault.

mod deletion;
mod kinds;
mod passwords;
mod policies;
mod read;
mod regions;
mod rotation;
mod seal;
mod tags;
mod versions;

use super::operation::Operation;
#[cfg(feature = "cli")]
pub(crate) use kinds::ROTATION_RULES;
#[cfg(feature = "cli")]
pub(crate) use passwords::{GENERATE_SECRET_STRING, generate_secret_string};
#[cfg(feature = "cli")]
pub(crate) use read::{FILTERS, LIST_SECRETS, filters};
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) use regions::removed_regions;
#[cfg(feature = "cli")]
pub(crate) use rotation::require_no_function;
#[cfg(any(feature = "cli", feature = "kms-endpoint"))]
pub(crate) use seal::replicas;
#[cfg(feature = "cli")]
pub(crate) use seal::{
    ADD_REPLICA_REGIONS, SECRET_BINARY, SECRET_STRING, TAGS_MEMBER, asked_to_create, resource_policy, rotation_rules, tags,
};

const GROUPS: [&[Operation]; 9] = [
    deletion::OPERATIONS,
    passwords::OPERATIONS,
    policies::OPERATIONS,
    read::OPERATIONS,
    regions::OPERATIONS,
    rotation::OPERATIONS,
    seal::OPERATIONS,
    tags::OPERATIONS,
    versions::OPERATIONS,
];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    GROUPS.into_iter().flatten()
}
