//! A KMS key as it is stored, in one Region.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{material::KeyMaterial, tags::Tags};
use crate::{
    error::Result,
    kms::member_limits::{DESCRIPTION_LENGTH, check_length},
    region::Region,
    timestamp::Timestamp,
};

/// Who manages a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum KeyManager {
    /// An AWS managed key: the default key of a service.
    #[serde(rename = "AWS")]
    Aws,
    /// A customer managed key.
    #[serde(rename = "CUSTOMER")]
    Customer,
}

/// A KMS key in one Region.
#[derive(Debug)]
pub(in crate::kms) struct Key {
    pub(in crate::kms) manager: KeyManager,
    /// False also while the deletion is pending.
    pub(in crate::kms) enabled: bool,
    pub(in crate::kms) description: String,
    pub(in crate::kms) creation_date: Timestamp,
    pub(in crate::kms) material: KeyMaterial,
    pub(in crate::kms) tags: Tags,
    /// As it was put; `None` for the default policy.
    pub(in crate::kms) policy: Option<String>,
    pub(in crate::kms) deletion: Option<Deletion>,
    /// `None` while automatic rotation is off. Of a multi-Region key every Region has the same.
    pub(in crate::kms) rotation: Option<AutomaticRotation>,
    pub(in crate::kms) multi_region: Option<MultiRegion>,
}

/// A deletion that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) struct Deletion {
    pub(in crate::kms) window_in_days: u16,
    /// `None` for a primary key that had replicas then.
    pub(in crate::kms) date: Option<Timestamp>,
}

/// Automatic rotation that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) struct AutomaticRotation {
    pub(in crate::kms) period_in_days: u16,
    pub(in crate::kms) next_date: Timestamp,
}

/// Where a multi-Region key is; every Region of it has the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::kms) struct MultiRegion {
    pub(in crate::kms) primary: Region,
    /// Without the primary Region.
    pub(in crate::kms) replicas: BTreeSet<Region>,
}

impl Key {
    /// A key of one Region, enabled, without tags and under the default policy.
    pub(super) const fn new(manager: KeyManager, description: String, material: KeyMaterial, now: Timestamp) -> Self {
        Self {
            manager,
            enabled: true,
            description,
            creation_date: now,
            material,
            tags: Tags::new(),
            policy: None,
            deletion: None,
            rotation: None,
            multi_region: None,
        }
    }

    /// A copy for another keystore, in which automatic rotation is off.
    pub(super) fn duplicate(&self) -> Self {
        Self {
            manager: self.manager,
            enabled: self.enabled,
            description: self.description.clone(),
            creation_date: self.creation_date,
            material: self.material.duplicate(),
            tags: self.tags.clone(),
            policy: self.policy.clone(),
            deletion: self.deletion,
            rotation: None,
            multi_region: self.multi_region.clone(),
        }
    }

    /// True for a primary key and for a key of one Region.
    pub(super) fn is_primary_in(&self, region: Region) -> bool {
        self.multi_region.as_ref().is_none_or(|multi_region| multi_region.primary == region)
    }
}

impl MultiRegion {
    pub(super) const fn primary(region: Region) -> Self {
        Self { primary: region, replicas: BTreeSet::new() }
    }

    pub(in crate::kms) fn regions(&self) -> impl Iterator<Item = Region> {
        std::iter::once(self.primary).chain(self.replicas.iter().copied())
    }
}

pub(super) fn check_description(description: &str) -> Result<()> {
    check_length("description", description.chars().count(), &DESCRIPTION_LENGTH)
}
