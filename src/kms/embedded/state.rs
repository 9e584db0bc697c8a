//! The state of the embedded KMS. What can be done with it stands in the files above this one, one per subject.

use std::collections::{BTreeMap, BTreeSet};

use super::key::Key;
use crate::{
    arn::{AccountId, KeyArn},
    crypto::{HmacKey, SystemRandom},
    error::{Result, SetupError},
    kms::{imported::ImportedKey, key_id::random_uuid},
    region::Region,
    timestamp::Timestamp,
};

/// All that a keystore holds: keys and aliases per Region, the Regions that were enabled, and the key that compares values.
///
/// No operation here does I/O; [`KeystoreSession::commit`](crate::kms::KeystoreSession::commit) makes changes durable.
#[derive(Debug)]
pub struct EmbeddedKms {
    pub(in crate::kms) account: AccountId,
    /// The opt-in Regions that were enabled; the others need no record.
    pub(in crate::kms) opted_in: BTreeSet<Region>,
    pub(in crate::kms) regions: BTreeMap<Region, RegionState>,
    pub(in crate::kms) comparison_key: ComparisonKey,
    pub(in crate::kms) last_written: Option<Timestamp>,
    /// The latest time at which the clock was believed; `None` when this was never written.
    pub(in crate::kms) believed: Option<Timestamp>,
    pub(in crate::kms) dirty: bool,
    pub(in crate::kms) clock: Clock,
}

/// Where the time comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::kms) enum Clock {
    #[default]
    System,
    #[cfg(test)]
    Fixed(Timestamp),
}

/// What belongs to one Region.
#[derive(Debug, Default)]
pub(in crate::kms) struct RegionState {
    /// By key id.
    pub(in crate::kms) keys: BTreeMap<String, Key>,
    /// Public keys of keys in AWS KMS, by key id; no id is in both maps.
    pub(in crate::kms) imported: BTreeMap<String, ImportedKey>,
    /// By alias name, with its `alias/`.
    pub(in crate::kms) aliases: BTreeMap<String, Alias>,
    /// The key to use where none is named, instead of that of `alias/aws/secretsmanager`.
    pub(in crate::kms) default_key_id: Option<String>,
    /// The same where it is a key in AWS KMS, of which nothing else is here. Not both.
    pub(in crate::kms) default_key_arn: Option<KeyArn>,
}

impl RegionState {
    pub(super) const fn has_default_key(&self) -> bool {
        self.default_key_id.is_some() || self.default_key_arn.is_some()
    }
}

/// What an alias points at.
#[derive(Debug, Clone)]
pub(in crate::kms) struct Alias {
    pub(in crate::kms) target_key_id: String,
    pub(in crate::kms) creation_date: Timestamp,
    pub(in crate::kms) last_updated_date: Timestamp,
}

/// The key under which values are compared by their HMAC instead of being stored, and the id to store beside such an HMAC.
#[derive(Debug)]
pub struct ComparisonKey {
    pub(in crate::kms) id: String,
    pub(in crate::kms) key: HmacKey,
}

impl ComparisonKey {
    /// A random UUID: an HMAC can be compared only under the key with the same id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key itself.
    #[must_use]
    pub(crate) const fn key(&self) -> &HmacKey {
        &self.key
    }
}

impl EmbeddedKms {
    /// A KMS of this account without any key.
    ///
    /// # Errors
    /// [`Error::Random`](crate::Error::Random).
    pub fn new(account: AccountId) -> Result<Self> {
        let comparison_key = ComparisonKey { id: random_uuid(&SystemRandom)?, key: HmacKey::generate(&SystemRandom)? };
        let (opted_in, regions) = (BTreeSet::new(), BTreeMap::new());
        Ok(Self { account, opted_in, regions, comparison_key, last_written: None, believed: None, dirty: true, clock: Clock::System })
    }

    /// The account in the ARNs of all keys; fixed when the keystore is made.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// True when this differs from the keystore file, or when there is none yet.
    #[must_use]
    pub const fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// When the keystore file was last written; `None` when it never was.
    #[must_use]
    pub const fn last_written(&self) -> Option<Timestamp> {
        self.last_written
    }

    /// The key that compares values.
    #[must_use]
    pub const fn comparison_key(&self) -> &ComparisonKey {
        &self.comparison_key
    }

    /// False for an opt-in Region that has not been enabled.
    #[must_use]
    pub fn is_enabled(&self, region: Region) -> bool {
        region.is_enabled_by_default() || self.opted_in.contains(&region)
    }

    /// The Regions that keys can be made in.
    pub fn enabled_regions(&self) -> impl Iterator<Item = Region> {
        Region::all().filter(|region| self.is_enabled(*region))
    }

    /// Enables an opt-in Region; true when it was not enabled before.
    pub fn enable_region(&mut self, region: Region) -> bool {
        let changes = !self.is_enabled(region) && self.opted_in.insert(region);
        self.dirty |= changes;
        changes
    }

    /// Refuses a Region that is not enabled. Every operation that names a Region begins with this.
    ///
    /// # Errors
    /// [`SetupError::RegionNotEnabled`].
    pub fn require_enabled(&self, region: Region) -> Result<()> {
        if self.is_enabled(region) {
            return Ok(());
        }
        Err(SetupError::RegionNotEnabled(region).into())
    }

    /// Sets the clock for a test.
    #[cfg(test)]
    pub(crate) fn fix_clock(&mut self, now: Timestamp) {
        self.clock = Clock::Fixed(now);
    }

    pub(in crate::kms) fn now(&self) -> Timestamp {
        match self.clock {
            Clock::System => Timestamp::now_within_years(),
            #[cfg(test)]
            Clock::Fixed(time) => time,
        }
    }

    pub(super) fn region(&self, region: Region) -> Result<Option<&RegionState>> {
        self.require_enabled(region)?;
        Ok(self.regions.get(&region))
    }

    /// The caller changes something in the Region.
    pub(in crate::kms) fn region_mut(&mut self, region: Region) -> Result<&mut RegionState> {
        self.require_enabled(region)?;
        self.dirty = true;
        Ok(self.regions.entry(region).or_default())
    }

    /// Every key of every Region, deleted ones included.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Region, &str, &Key)> {
        self.regions.iter().flat_map(|(region, state)| state.keys.iter().map(|(key_id, key)| (*region, key_id.as_str(), key)))
    }

    /// The ARN of an embedded key.
    pub(in crate::kms) fn key_arn(&self, region: Region, key_id: &str) -> KeyArn {
        KeyArn::new(region, self.account.clone(), key_id)
    }

    /// True when a key of either kind has the id there, deleted ones included.
    pub(in crate::kms) fn has_id(&self, region: Region, key_id: &str) -> bool {
        self.regions.get(&region).is_some_and(|state| state.keys.contains_key(key_id) || state.imported.contains_key(key_id))
    }

    /// A key, deleted or not.
    pub(in crate::kms) fn stored_key(&self, arn: &KeyArn) -> Option<&Key> {
        self.regions.get(&arn.region())?.keys.get(arn.key_id())
    }
}
