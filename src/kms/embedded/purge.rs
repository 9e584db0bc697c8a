//! Removing the material of keys whose deletion was due. Nothing else ever removes key bytes.

use super::{
    EmbeddedKms,
    states::{Deletion, Standing},
};
use crate::{arn::KeyArn, timestamp::Timestamp};

/// Days after the last write beyond which the clock is doubted.
const CLOCK_TOLERANCE_IN_DAYS: u16 = 30;

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
    /// The keys whose deletion was due, in all Regions.
    #[must_use]
    pub fn expired_keys(&self) -> Vec<ExpiredKey> {
        let keys = self.regions.iter().flat_map(|(region, state)| state.keys.iter().map(|(key_id, key)| (*region, key_id, key)));
        let expired = keys.filter_map(|(region, key_id, key)| match self.standing(key_id, key) {
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

    /// Writes down the date of primary keys that waited for their replicas, which are not there to be asked after this.
    fn settle_waiting_primaries(&mut self) {
        let mut settled = Vec::new();
        for (region, state) in &self.regions {
            for (key_id, key) in state.keys.iter().filter(|(_, key)| key.deletion.is_some_and(|deletion| deletion.date.is_none())) {
                if let Standing::PendingDeletion(date) | Standing::Deleted(date) = self.standing(key_id, key) {
                    settled.push((*region, key_id.clone(), date));
                }
            }
        }
        for (region, key_id, date) in settled {
            let key = self.regions.get_mut(&region).and_then(|state| state.keys.get_mut(&key_id));
            if let Some(Deletion { date: stored, .. }) = key.and_then(|key| key.deletion.as_mut()) {
                *stored = Some(date);
            }
        }
    }

    /// Why the clock cannot be trusted with a deletion: it stands before the last write of the keystore, or more than 30 days after it.
    #[must_use]
    pub fn clock_doubt(&self) -> Option<String> {
        let (now, written) = (self.now(), self.last_written?);
        let relation = if now < written {
            "before"
        } else if now > written.plus_days(CLOCK_TOLERANCE_IN_DAYS) {
            "more than 30 days after"
        } else {
            return None;
        };
        Some(format!("the clock says {now}, which is {relation} the last write of the keystore, {written}"))
    }
}
