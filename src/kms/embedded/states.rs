//! Key states and the operations that change them. A state is worked out from what is stored and from the time.

use serde::{Deserialize, Serialize};

use super::{
    EmbeddedKms,
    answers::KeyDeletion,
    keys::{Key, check_range},
};
use crate::{
    arn::KeyArn,
    error::{Error, ErrorCode, Result},
    region::Region,
    timestamp::Timestamp,
};

/// Days that a deletion can be waited for.
const WINDOW: std::ops::RangeInclusive<u16> = 7..=30;
const DEFAULT_WINDOW: u16 = 30;

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

/// A deletion that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) struct Deletion {
    pub(in crate::kms) window_in_days: u16,
    /// `None` for a primary key that had replicas then.
    pub(in crate::kms) date: Option<Timestamp>,
}

/// What a key is at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) enum Standing {
    Enabled,
    Disabled,
    PendingDeletion(Timestamp),
    /// With the days to wait after the last replica.
    PendingReplicaDeletion(u16),
    /// Its date has passed. The bytes stay until they are purged: clocks of machines without a network go wrong.
    Deleted(Timestamp),
}

impl Standing {
    pub(in crate::kms) const fn key_state(self) -> KeyState {
        match self {
            Self::Enabled => KeyState::Enabled,
            Self::Disabled => KeyState::Disabled,
            Self::PendingDeletion(_) | Self::Deleted(_) => KeyState::PendingDeletion,
            Self::PendingReplicaDeletion(_) => KeyState::PendingReplicaDeletion,
        }
    }
}

impl EmbeddedKms {
    /// [EnableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`]; `AccessDeniedException` for an AWS managed key; `KMSInvalidStateException` while its deletion is
    /// pending.
    pub fn enable_key(&mut self, region: Region, key_id: &str) -> Result<()> {
        let arn = self.managed_key(region, key_id, "EnableKey")?;
        if !self.require_not_pending(&arn)?.enabled {
            self.key_mut(&arn)?.enabled = true;
        }
        Ok(())
    }

    /// [DisableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::enable_key`].
    pub fn disable_key(&mut self, region: Region, key_id: &str) -> Result<()> {
        let arn = self.managed_key(region, key_id, "DisableKey")?;
        if self.require_not_pending(&arn)?.enabled {
            self.key_mut(&arn)?.enabled = false;
        }
        Ok(())
    }

    /// [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html) of a key id or key ARN, by
    /// default in 30 days. From the date on the key is refused everywhere; [`EmbeddedKms::purge`] removes its material.
    ///
    /// # Errors
    /// `ValidationException` outside 7 to 30 days; as for [`EmbeddedKms::enable_key`].
    pub fn schedule_key_deletion(&mut self, region: Region, key_id: &str, window_in_days: Option<u16>) -> Result<KeyDeletion> {
        let window_in_days = window_in_days.unwrap_or(DEFAULT_WINDOW);
        check_range("pendingWindowInDays", &window_in_days, &WINDOW)?;
        let arn = self.managed_key(region, key_id, "ScheduleKeyDeletion")?;
        self.require_not_pending(&arn)?;
        let waits_for_replicas = !self.live_replicas(&arn)?.is_empty();
        let date = if waits_for_replicas { None } else { Some(self.now().plus_days(window_in_days)) };
        let key = self.key_mut(&arn)?;
        key.enabled = false;
        key.deletion = Some(Deletion { window_in_days, date });
        let key_state = if waits_for_replicas { KeyState::PendingReplicaDeletion } else { KeyState::PendingDeletion };
        Ok(KeyDeletion { key_id: arn, deletion_date: date, key_state, pending_window_in_days: window_in_days })
    }

    /// [CancelKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html) of a key id or key ARN; the key
    /// is `Disabled` then.
    ///
    /// # Errors
    /// `KMSInvalidStateException` unless its deletion is pending; as for [`EmbeddedKms::enable_key`].
    pub fn cancel_key_deletion(&mut self, region: Region, key_id: &str) -> Result<KeyArn> {
        let arn = self.managed_key(region, key_id, "CancelKeyDeletion")?;
        if self.key(&arn)?.deletion.is_none() {
            return Err(Error::service(ErrorCode::KMSInvalidStateException, format!("{arn} is not pending deletion.")));
        }
        self.key_mut(&arn)?.deletion = None;
        Ok(arn)
    }

    /// Refuses a key that nothing can be wrapped under now. An imported public key wraps whatever its state in AWS is.
    ///
    /// # Errors
    /// `NotFoundException`, `DisabledException`, `KMSInvalidStateException`, a Region that is not enabled.
    pub fn check_usable(&self, key: &KeyArn) -> Result<()> {
        if self.is_imported(key) { Ok(()) } else { self.usable_key(key).map(drop) }
    }

    /// True when what is wrapped under the key can be unwrapped here: it or a related multi-Region key is an embedded key that is enabled.
    #[must_use]
    pub fn can_unwrap(&self, key: &KeyArn) -> bool {
        self.usable_key(&self.key_for_decrypt(key)).is_ok()
    }

    pub(in crate::kms) fn usable_key(&self, arn: &KeyArn) -> Result<&Key> {
        let key = self.require_not_pending(arn)?;
        if key.enabled { Ok(key) } else { Err(Error::service(ErrorCode::DisabledException, format!("{arn} is disabled."))) }
    }

    /// A key whose deletion is not pending.
    pub(in crate::kms) fn require_not_pending(&self, arn: &KeyArn) -> Result<&Key> {
        let key = self.key(arn)?;
        match key.deletion {
            None => Ok(key),
            Some(_) => Err(Error::service(ErrorCode::KMSInvalidStateException, format!("{arn} is pending deletion."))),
        }
    }

    pub(in crate::kms) fn standing(&self, key_id: &str, key: &Key) -> Standing {
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
    pub(in crate::kms) fn replica_deletion(&self, region: Region, key_id: &str) -> Option<Timestamp> {
        let date = self.regions.get(&region)?.keys.get(key_id)?.deletion?.date?;
        (self.now() >= date).then_some(date)
    }

    /// The Regions of a primary key's replicas that are not deleted; none for other keys.
    pub(in crate::kms) fn live_replicas(&self, arn: &KeyArn) -> Result<Vec<Region>> {
        let Some(multi_region) = self.key(arn)?.multi_region.as_ref().filter(|multi_region| multi_region.primary == arn.region()) else {
            return Ok(Vec::new());
        };
        Ok(multi_region.replicas.iter().copied().filter(|region| self.replica_deletion(*region, arn.key_id()).is_none()).collect())
    }
}
