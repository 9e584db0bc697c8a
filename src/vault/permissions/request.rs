//! For whom, and for what, permissions are asked.

use crate::{
    arn::{AccountId, KeyArn, SecretArn},
    region::Region,
    vault::record::SecretRecord,
};

/// Who is to be allowed what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionRole {
    /// Seals values under keys in AWS KMS.
    Packer,
    /// Opens the bundles of one Region.
    Opener,
    /// Adds Regions, moves Regions to other keys, and seals anew.
    Replicator,
    /// Makes the secrets exist in AWS Secrets Manager.
    Publisher,
}

/// For whom, and for what, permissions are asked.
#[derive(Debug)]
#[non_exhaustive]
pub struct PermissionsRequest {
    /// Who it is.
    pub role: PermissionRole,
    /// Names, ARNs or partial ARNs. A name that the vault has not is, for a packer, that of a secret to be made.
    pub secret_ids: Vec<String>,
    /// The Region asked about: that whose bundles are opened, and the primary one of secrets that are to be made. `None` takes each secret's
    /// primary Region, and that of the only key.
    pub region: Option<Region>,
    /// In the place of the keys on record, each in its Region; for a replicator they are those that secrets go to.
    pub keys: Vec<KeyArn>,
    /// ARN of whom the keys' policies are to allow it; `None` leaves it to the IAM policies of the key's account.
    pub principal: Option<String>,
    /// Account of secrets in AWS; `None` takes that of their ARNs.
    pub account: Option<AccountId>,
}

impl PermissionsRequest {
    /// For these secrets, with the keys on record.
    #[must_use]
    pub const fn new(role: PermissionRole, secret_ids: Vec<String>) -> Self {
        Self { role, secret_ids, region: None, keys: Vec::new(), principal: None, account: None }
    }
}

/// The Regions that a record names, the primary one first.
pub(super) fn regions(record: &SecretRecord) -> impl Iterator<Item = Region> {
    std::iter::once(record.primary_region()).chain(record.replication_status.iter().map(|replica| replica.region))
}

/// A secret's ARN in another account of AWS.
pub(super) fn in_account(arn: &SecretArn, account: Option<&AccountId>) -> SecretArn {
    account.map_or_else(|| arn.clone(), |account| SecretArn::new(arn.region(), account.clone(), arn.name_and_suffix()))
}
