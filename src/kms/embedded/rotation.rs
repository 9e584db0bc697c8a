//! Rotation: new material encrypts, older material goes on decrypting.
//!
//! Automatic rotation happens when a writing session begins after the date: nothing runs by itself, and readers write nothing. However
//! many periods have passed, the key is rotated once, and the next date is one period from then.

use serde::{Deserialize, Serialize};

use super::{
    EmbeddedKms,
    answers::{KeyRotationStatus, RotationsListEntry, Version},
    asymmetric::unsupported,
    keys::{Key, check_range},
    material::{KeyMaterial, Material, Materials},
};
use crate::{
    arn::KeyArn,
    crypto::SystemRandom,
    error::{Error, ErrorCode, Result},
    region::Region,
    timestamp::Timestamp,
};

/// Days from one automatic rotation to the next.
pub(in crate::kms) const PERIOD: std::ops::RangeInclusive<u16> = 90..=2560;
const DEFAULT_PERIOD: u16 = 365;
/// Most rotations on demand in a key's life.
const ON_DEMAND_LIMIT: usize = 25;
const ROTATE: &str = "RotateKeyOnDemand";

/// What made a version of a key's material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum RotationType {
    /// The period had passed.
    Automatic,
    /// RotateKeyOnDemand.
    OnDemand,
}

/// Automatic rotation that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) struct AutomaticRotation {
    pub(in crate::kms) period_in_days: u16,
    pub(in crate::kms) next_date: Timestamp,
}

impl EmbeddedKms {
    /// [RotateKeyOnDemand](https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html) of a key id or key ARN: fresh
    /// material, in all Regions of a multi-Region key. The date of the next automatic rotation stays.
    ///
    /// # Errors
    /// `LimitExceededException` after 25 times; `DisabledException` and `KMSInvalidStateException`; `UnsupportedOperationException` for an
    /// asymmetric key and for a replica; `AccessDeniedException` for an AWS managed key; [`Error::Setup`] when a Region of the key is in another keystore only.
    pub fn rotate_key_on_demand(&mut self, region: Region, key_id: &str) -> Result<KeyArn> {
        let arn = self.rotatable_key(region, key_id, ROTATE)?;
        let on_demand = |material: &&Material| material.rotation == Some(RotationType::OnDemand);
        if self.materials(&arn, ROTATE)?.oldest_first().filter(on_demand).count() >= ON_DEMAND_LIMIT {
            let message = format!("The on-demand rotations limit has been reached for the given keyId {arn}.");
            return Err(Error::service(ErrorCode::LimitExceededException, message));
        }
        self.rotate(&arn, RotationType::OnDemand)?;
        Ok(arn)
    }

    /// [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html) of a key id or key ARN, by
    /// default every 365 days.
    ///
    /// # Errors
    /// `ValidationException` outside 90 to 2,560 days; as for [`EmbeddedKms::rotate_key_on_demand`].
    pub fn enable_key_rotation(&mut self, region: Region, key_id: &str, period_in_days: Option<u16>) -> Result<()> {
        period_in_days.map_or(Ok(()), |days| check_range("rotationPeriodInDays", &days, &PERIOD))?;
        let arn = self.rotatable_key(region, key_id, "EnableKeyRotation")?;
        let current = self.key(&arn)?.rotation;
        // As in AWS, a period that is not given is the default, not the one that was set before.
        let period_in_days = period_in_days.unwrap_or(DEFAULT_PERIOD);
        if current.is_some_and(|rotation| rotation.period_in_days == period_in_days) {
            return Ok(());
        }
        let next_date = self.now().plus_days(period_in_days);
        self.for_each_region(&arn, |key| key.rotation = Some(AutomaticRotation { period_in_days, next_date }));
        Ok(())
    }

    /// [DisableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::rotate_key_on_demand`].
    pub fn disable_key_rotation(&mut self, region: Region, key_id: &str) -> Result<()> {
        let arn = self.rotatable_key(region, key_id, "DisableKeyRotation")?;
        if self.key(&arn)?.rotation.is_some() {
            self.for_each_region(&arn, |key| key.rotation = None);
        }
        Ok(())
    }

    /// [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html) of a key id or key ARN.
    /// While a deletion is pending, rotation is off; cancelling the deletion brings it back. Of an asymmetric key it is always off.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn key_rotation_status(&self, region: Region, key_id: &str) -> Result<KeyRotationStatus> {
        let arn = self.resolve_key_only(region, key_id)?;
        let key = self.key(&arn)?;
        Ok(KeyRotationStatus::of(arn, key.rotation.filter(|_| key.deletion.is_none())))
    }

    /// [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html) of a key id or key ARN, the oldest
    /// first.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for an asymmetric key; as for [`EmbeddedKms::resolve`].
    pub fn list_key_rotations(&self, region: Region, key_id: &str) -> Result<Vec<RotationsListEntry>> {
        let arn = self.resolve_key_only(region, key_id)?;
        let materials = self.materials(&arn, "ListKeyRotations")?;
        let current = materials.current().id;
        let entry = |material: &Material| {
            let version = if material.id == current { Version::Current } else { Version::Older };
            RotationsListEntry::of(&arn, material, version)
        };
        Ok(materials.oldest_first().skip(1).map(entry).collect())
    }

    /// Rotates what is due, as a writing session does when it begins; gives the keys. Keys that are disabled wait until they are enabled,
    /// keys with a Region that only another keystore has wait for good: two keystores would make two materials.
    ///
    /// # Errors
    /// No random bytes.
    pub fn rotate_due(&mut self) -> Result<Vec<KeyArn>> {
        let now = self.now();
        let is_due = |key: &Key| key.enabled && key.deletion.is_none() && key.rotation.is_some_and(|rotation| now >= rotation.next_date);
        let keys = self.regions.iter().flat_map(|(region, state)| state.keys.iter().map(|(key_id, key)| (*region, key_id, key)));
        let due = keys.filter(|(region, _, key)| self.is_enabled(*region) && key.is_primary_in(*region) && is_due(key));
        let due: Vec<_> = due.map(|(region, key_id, _)| self.key_arn(region, key_id)).collect();
        let due: Vec<_> = due.into_iter().filter(|arn| self.missing_regions(arn).is_empty()).collect();
        for arn in &due {
            self.rotate(arn, RotationType::Automatic)?;
            self.for_each_region(arn, |key| {
                if let Some(rotation) = &mut key.rotation {
                    rotation.next_date = now.plus_days(rotation.period_in_days);
                }
            });
        }
        Ok(due)
    }

    fn rotate(&mut self, arn: &KeyArn, rotation: RotationType) -> Result<()> {
        let material = Material::generate(Some(rotation), self.now(), &SystemRandom)?;
        self.for_each_region(arn, |key| {
            if let KeyMaterial::Symmetric(materials) = &mut key.material {
                materials.push(material.duplicate());
            }
        });
        Ok(())
    }

    fn rotatable_key(&self, region: Region, key_id: &str, operation: &str) -> Result<KeyArn> {
        let arn = self.managed_key(region, key_id, operation)?;
        self.require_primary(&arn)?;
        self.usable_key(&arn)?;
        self.materials(&arn, operation)?;
        self.require_all_regions(&arn)?;
        Ok(arn)
    }

    /// The versions of a symmetric key's material.
    fn materials(&self, arn: &KeyArn, operation: &str) -> Result<&Materials> {
        let key = self.key(arn)?;
        key.material.symmetric().ok_or_else(|| unsupported(arn, key, operation))
    }
}
