//! Rotation: new material encrypts, older material goes on decrypting.
//!
//! Automatic rotation happens when a writing session begins after the date: nothing runs by itself, and readers write nothing. However
//! many periods have passed, the key is rotated once, and the next date is one period from then.

use serde::Serialize;

use super::{
    key::{AutomaticRotation, Key, KeyManager},
    key_handle::KeyRef,
    material::{KeyMaterial, Material, MaterialVersions, RotationType},
    state::EmbeddedKms,
};
use crate::{
    arn::KeyArn,
    crypto::SystemRandom,
    error::{KeyRefusal, Result},
    kms::member_limits::{ROTATION_PERIOD, check_range},
    region::Region,
    timestamp::Timestamp,
};

const DEFAULT_PERIOD: u16 = 365;
/// Most rotations on demand in a key's life.
const ON_DEMAND_LIMIT: usize = 25;

/// The answer of [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct KeyRotationStatus {
    /// True while automatic rotation is on, and always of an AWS managed key.
    pub key_rotation_enabled: bool,
    /// The key's id, where other answers have its ARN.
    pub key_id: String,
    /// Days from one rotation to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_period_in_days: Option<u16>,
    /// The next writing command from this date on rotates the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rotation_date: Option<Timestamp>,
}

impl KeyRotationStatus {
    fn of(key: &KeyRef<'_>) -> Self {
        let rotation = key.rotation.filter(|_| key.deletion.is_none());
        Self {
            key_rotation_enabled: rotation.is_some() || key.manager == KeyManager::Aws,
            key_id: key.arn().key_id().to_owned(),
            rotation_period_in_days: rotation.map(|rotation| rotation.period_in_days),
            next_rotation_date: rotation.map(|rotation| rotation.next_date),
        }
    }
}

/// An entry of [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RotationsListEntry {
    /// The key's id.
    pub key_id: String,
    /// The material version: 64 hex digits.
    pub key_material_id: String,
    /// `CURRENT` or `NON_CURRENT`.
    pub key_material_state: &'static str,
    /// When it was made.
    pub rotation_date: Timestamp,
    /// What made it.
    pub rotation_type: RotationType,
}

/// Which version of a key's material an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Current,
    Older,
}

impl RotationsListEntry {
    fn of(arn: &KeyArn, material: &Material, version: Version) -> Self {
        Self {
            key_id: arn.key_id().to_owned(),
            key_material_id: hex::encode(material.id),
            key_material_state: if version == Version::Current { "CURRENT" } else { "NON_CURRENT" },
            rotation_date: material.creation_date,
            rotation_type: material.rotation.unwrap_or(RotationType::Automatic),
        }
    }
}

impl EmbeddedKms {
    /// [RotateKeyOnDemand](https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html) of a key id or key ARN: fresh
    /// material, in all Regions of a multi-Region key. The date of the next automatic rotation stays.
    ///
    /// # Errors
    /// `LimitExceededException` after 25 times; `DisabledException` and `KMSInvalidStateException`; `UnsupportedOperationException` for an
    /// asymmetric key and for a replica; `AccessDeniedException` for an AWS managed key; [`Error::Setup`](crate::Error::Setup) when a Region of the key is in another keystore only.
    pub fn rotate_key_on_demand(&mut self, region: Region, key_id: &str) -> Result<KeyArn> {
        let (key, materials) = self.rotatable_key(region, key_id, "RotateKeyOnDemand")?;
        let on_demand = |material: &&Material| material.rotation == Some(RotationType::OnDemand);
        if materials.oldest_first().filter(on_demand).count() >= ON_DEMAND_LIMIT {
            return Err(KeyRefusal::OnDemandRotations(key.into_arn()).into());
        }
        let arn = key.into_arn();
        self.rotate(&arn, RotationType::OnDemand)?;
        Ok(arn)
    }

    /// [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html) of a key id or key ARN, by
    /// default every 365 days.
    ///
    /// # Errors
    /// `ValidationException` outside 90 to 2,560 days; as for [`EmbeddedKms::rotate_key_on_demand`].
    pub fn enable_key_rotation(&mut self, region: Region, key_id: &str, period_in_days: Option<u16>) -> Result<()> {
        period_in_days.map_or(Ok(()), |days| check_range("rotationPeriodInDays", days, &ROTATION_PERIOD))?;
        let (key, _) = self.rotatable_key(region, key_id, "EnableKeyRotation")?;
        // As in AWS, a period that is not given is the default, not the one that was set before.
        let period_in_days = period_in_days.unwrap_or(DEFAULT_PERIOD);
        if key.rotation.is_some_and(|rotation| rotation.period_in_days == period_in_days) {
            return Ok(());
        }
        let (arn, next_date) = (key.into_arn(), self.now().plus_days(period_in_days));
        self.for_each_region(&arn, |key| key.rotation = Some(AutomaticRotation { period_in_days, next_date }));
        Ok(())
    }

    /// [DisableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::rotate_key_on_demand`].
    pub fn disable_key_rotation(&mut self, region: Region, key_id: &str) -> Result<()> {
        let (key, _) = self.rotatable_key(region, key_id, "DisableKeyRotation")?;
        if key.rotation.is_some() {
            let arn = key.into_arn();
            self.for_each_region(&arn, |key| key.rotation = None);
        }
        Ok(())
    }

    /// [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html) of a key id or key ARN.
    /// While a deletion is pending, rotation is off; cancelling the deletion brings it back. Of an asymmetric key it is always off, of an AWS
    /// managed key always on, as AWS answers; here such a key keeps its material, since keystores that share it would each make another.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn key_rotation_status(&self, region: Region, key_id: &str) -> Result<KeyRotationStatus> {
        Ok(KeyRotationStatus::of(&self.embedded_key(region, key_id)?))
    }

    /// [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html) of a key id or key ARN, the oldest
    /// first.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for an asymmetric key; as for [`EmbeddedKms::resolve`].
    pub fn list_key_rotations(&self, region: Region, key_id: &str) -> Result<Vec<RotationsListEntry>> {
        let key = self.embedded_key(region, key_id)?;
        let materials = rotated_materials(&key, "ListKeyRotations")?;
        let current = materials.current().id;
        let entry = |material: &Material| {
            let version = if material.id == current { Version::Current } else { Version::Older };
            RotationsListEntry::of(key.arn(), material, version)
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
        let due = self.keys().filter(|(region, key_id, key)| {
            self.is_enabled(*region) && key.is_primary_in(*region) && is_due(key) && self.missing_regions(key_id, key).next().is_none()
        });
        let due: Vec<_> = due.map(|(region, key_id, _)| self.key_arn(region, key_id)).collect();
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

    /// A key that rotation may be changed of, with the versions of its material.
    fn rotatable_key(&self, region: Region, key_id: &str, operation: &str) -> Result<(KeyRef<'_>, &MaterialVersions)> {
        let key = self.customer_key(region, key_id, operation)?;
        key.require_primary()?;
        key.require_usable()?;
        let materials = rotated_materials(&key, operation)?;
        self.require_all_regions(&key)?;
        Ok((key, materials))
    }
}

/// The versions of a symmetric key's material; other keys do not rotate.
fn rotated_materials<'a>(key: &KeyRef<'a>, operation: &str) -> Result<&'a MaterialVersions> {
    key.materials().ok_or_else(|| key.unsupported(operation))
}
