//! Key states. A state is worked out from what is stored and from the time.

use serde::{Deserialize, Serialize};

use super::{key::Key, state::EmbeddedKms};
use crate::{region::Region, timestamp::Timestamp};

/// The [state](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html) of a key; AWS has more than these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum KeyState {
    /// What ReplicateKey answers, as in AWS; here the replica is enabled at once.
    Creating,
    /// Encrypts and decrypts.
    Enabled,
    /// Does neither until it is enabled.
    Disabled,
    /// Waits for the date of its deletion, and can be kept by CancelKeyDeletion until then.
    PendingDeletion,
    /// A primary key whose waiting period begins when its last replica is deleted.
    PendingReplicaDeletion,
}

/// What a key is at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Enabled,
    Disabled,
    PendingDeletion(Timestamp),
    /// With the days to wait after the last replica.
    PendingReplicaDeletion(u16),
    /// Its date has passed. The bytes stay until they are purged: clocks of machines without a network go wrong.
    Deleted(Timestamp),
}

impl Standing {
    pub(super) const fn key_state(self) -> KeyState {
        match self {
            Self::Enabled => KeyState::Enabled,
            Self::Disabled => KeyState::Disabled,
            Self::PendingDeletion(_) | Self::Deleted(_) => KeyState::PendingDeletion,
            Self::PendingReplicaDeletion(_) => KeyState::PendingReplicaDeletion,
        }
    }
}

impl EmbeddedKms {
    pub(super) fn standing(&self, key_id: &str, key: &Key) -> Standing {
        let Some(deletion) = key.deletion else { return if key.enabled { Standing::Enabled } else { Standing::Disabled } };
        match deletion.date.or_else(|| self.date_after_replicas(key_id, key, deletion.window_in_days)) {
            None => Standing::PendingReplicaDeletion(deletion.window_in_days),
            Some(date) if self.now() < date => Standing::PendingDeletion(date),
            Some(date) => Standing::Deleted(date),
        }
    }

    /// The waiting period of a primary key begins when its last replica is deleted; a replica that only another keystore has is not.
    fn date_after_replicas(&self, key_id: &str, key: &Key, window_in_days: u16) -> Option<Timestamp> {
        let replicas = key.multi_region.as_ref()?.replicas.iter();
        let dates: Option<Vec<_>> = replicas.map(|region| self.replica_deletion(*region, key_id)).collect();
        Some(dates?.into_iter().max()?.plus_days(window_in_days))
    }

    /// When a replica was deleted; `None` when it was not, as far as is known here.
    pub(super) fn replica_deletion(&self, region: Region, key_id: &str) -> Option<Timestamp> {
        let date = self.regions.get(&region)?.keys.get(key_id)?.deletion?.date?;
        (self.now() >= date).then_some(date)
    }
}
