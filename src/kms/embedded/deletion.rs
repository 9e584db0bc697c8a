//! ScheduleKeyDeletion and CancelKeyDeletion, and removing the material of keys whose deletion was due. Nothing else ever removes key bytes.

use serde::Serialize;

use super::{
    key::{Deletion, Key},
    key_handle::KeyRef,
    key_state::{KeyState, Standing},
    state::EmbeddedKms,
};
use crate::{
    arn::KeyArn,
    error::{KeyRefusal, Result},
    kms::member_limits::check_range,
    region::Region,
    timestamp::Timestamp,
};

/// Days that a deletion can be waited for.
/// The model says 1 to 365; its documentation, and with it the service, 7 to 30.
const WINDOW: std::ops::RangeInclusive<i64> = 7..=30;
const DEFAULT_WINDOW: u16 = 30;

/// The answer of [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyDeletion {
    /// The key's ARN.
    pub key_id: KeyArn,
    /// When the key will be refused for good; `None` while replicas have to go first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_date: Option<Timestamp>,
    /// `PendingDeletion` or `PendingReplicaDeletion`.
    pub key_state: KeyState,
    /// The waiting period.
    pub pending_window_in_days: u16,
}

/// A key that [`EmbeddedKms::purge`] would remove.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpiredKey {
    /// Its ARN.
    pub arn: KeyArn,
    /// When it was deleted.
    pub deletion_date: Timestamp,
}

impl EmbeddedKms {
    /// [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html) of a key id or key ARN, by
    /// default in 30 days. From the date on the key is refused everywhere; [`EmbeddedKms::purge`] removes its material.
    ///
    /// # Errors
    /// `ValidationException` outside 7 to 30 days; as for [`EmbeddedKms::enable_key`].
    pub fn schedule_key_deletion(&mut self, region: Region, key_id: &str, window_in_days: Option<u16>) -> Result<KeyDeletion> {
        let window_in_days = window_in_days.unwrap_or(DEFAULT_WINDOW);
        check_range("pendingWindowInDays", window_in_days, &WINDOW)?;
        let key = self.customer_key(region, key_id, "ScheduleKeyDeletion")?;
        key.require_not_pending()?;
        let waits_for_replicas = self.has_live_replicas(&key);
        let (key_id, from) = (key.into_arn(), self.waiting_from());
        let date = if waits_for_replicas { None } else { Some(from.plus_days(window_in_days)) };
        let mut key = self.held_mut(key_id);
        let changed = key.change();
        changed.enabled = false;
        changed.deletion = Some(Deletion { window_in_days, date });
        let key_state = if waits_for_replicas { KeyState::PendingReplicaDeletion } else { KeyState::PendingDeletion };
        Ok(KeyDeletion { key_id: key.into_arn(), deletion_date: date, key_state, pending_window_in_days: window_in_days })
    }

    /// [CancelKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html) of a key id or key ARN; the key
    /// is `Disabled` then.
    ///
    /// # Errors
    /// `KMSInvalidStateException` unless its deletion is pending; as for [`EmbeddedKms::enable_key`].
    pub fn cancel_key_deletion(&mut self, region: Region, key_id: &str) -> Result<KeyArn> {
        let mut key = self.customer_key_mut(region, key_id, "CancelKeyDeletion")?;
        if key.deletion.is_none() {
            return Err(KeyRefusal::NotPendingDeletion(key.into_arn()).into());
        }
        key.change().deletion = None;
        Ok(key.into_arn())
    }

    /// The keys whose deletion was due, in all Regions.
    #[must_use]
    pub fn expired_keys(&self) -> Vec<ExpiredKey> {
        let expired = self.keys().filter_map(|(region, key_id, key)| match self.standing(key_id, key) {
            Standing::Deleted(deletion_date) => Some(ExpiredKey { arn: self.key_arn(region, key_id), deletion_date }),
            _ => None,
        });
        expired.collect()
    }

    /// Removes [`EmbeddedKms::expired_keys`] with their material and aliases. What was encrypted under them is lost for good, unless a copy
    /// of the keystore has them.
    pub fn purge(&mut self) -> Vec<ExpiredKey> {
        let expired = self.expired_keys();
        self.settle_waiting_primaries();
        for ExpiredKey { arn, .. } in &expired {
            self.dirty = true;
            if let Some(state) = self.regions.get_mut(&arn.region()) {
                state.keys.remove(arn.key_id());
                state.aliases.retain(|_, alias| alias.target_key_id != arn.key_id());
                state.default_key_id.take_if(|key_id| key_id == arn.key_id());
            }
            for key in self.regions.values_mut().filter_map(|state| state.keys.get_mut(arn.key_id())) {
                if let Some(multi_region) = &mut key.multi_region {
                    multi_region.replicas.remove(&arn.region());
                }
            }
        }
        expired
    }

    /// True for a primary key with a replica that is not deleted.
    fn has_live_replicas(&self, key: &KeyRef<'_>) -> bool {
        let (arn, multi_region) = (key.arn(), key.multi_region.as_ref());
        let own = multi_region.filter(|multi_region| multi_region.primary == arn.region());
        own.is_some_and(|own| own.replicas.iter().any(|region| self.replica_deletion(*region, arn.key_id()).is_none()))
    }

    /// Writes down the date of primary keys that waited for their replicas, which are not there to be asked after this.
    fn settle_waiting_primaries(&mut self) {
        let waits = |key: &Key| key.deletion.is_some_and(|deletion| deletion.date.is_none());
        let waiting = self.keys().filter(|(_, _, key)| waits(key));
        let settled = waiting.filter_map(|(region, key_id, key)| match self.standing(key_id, key) {
            Standing::PendingDeletion(date) | Standing::Deleted(date) => Some((region, key_id.to_owned(), date)),
            _ => None,
        });
        let settled: Vec<_> = settled.collect();
        for (region, key_id, date) in settled {
            let key = self.regions.get_mut(&region).and_then(|state| state.keys.get_mut(&key_id));
            if let Some(Deletion { date: stored, .. }) = key.and_then(|key| key.deletion.as_mut()) {
                *stored = Some(date);
            }
        }
    }
}
