//! Keys, and the operations that manage them.

use serde::{Deserialize, Serialize};

use super::{
    EmbeddedKms, KeyListEntry, KeyMetadata, imported::only_aws_kms, material::KeyMaterial, multi_region::MultiRegion,
    rotation::AutomaticRotation, states::Deletion, tags::Tags,
};
use crate::{
    arn::KeyArn,
    error::{Error, ErrorCode, Result},
    region::Region,
    timestamp::Timestamp,
};

/// Longest description, in characters.
pub(in crate::kms) const DESCRIPTION_LIMIT: usize = 8192;

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

impl Key {
    /// A key of one Region, enabled, without tags and under the default policy.
    pub(in crate::kms) const fn new(manager: KeyManager, description: String, material: KeyMaterial, now: Timestamp) -> Self {
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
}

impl EmbeddedKms {
    /// [UpdateKeyDescription](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html).
    ///
    /// # Errors
    /// `ValidationException` over 8,192 characters; `KMSInvalidStateException` while its deletion is pending; `AccessDeniedException` for an
    /// AWS managed key; as for [`EmbeddedKms::resolve`].
    pub fn update_key_description(&mut self, region: Region, key_id: &str, description: &str) -> Result<()> {
        let arn = self.managed_key(region, key_id, "UpdateKeyDescription")?;
        check_description(description)?;
        self.require_not_pending(&arn)?;
        description.clone_into(&mut self.key_mut(&arn)?.description);
        Ok(())
    }

    /// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html), embedded and imported ones, in the order of the ids.
    ///
    /// # Errors
    /// A Region that is not enabled.
    pub fn list_keys(&self, region: Region) -> Result<Vec<KeyListEntry>> {
        let ids = self.region(region)?.map(|state| state.keys.keys().chain(state.imported.keys())).into_iter().flatten();
        let mut keys: Vec<_> = ids.map(|key_id| self.arn_of_id(region, key_id)).filter(|arn| self.is_there(arn)).collect();
        keys.sort_by(|a, b| a.key_id().cmp(b.key_id()));
        Ok(keys.into_iter().map(KeyListEntry::from).collect())
    }

    /// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html) of a key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn describe_key(&self, region: Region, key_id: &str) -> Result<KeyMetadata> {
        self.metadata(self.resolve(region, key_id)?)
    }

    /// Refuses what the key policy of an AWS managed key grants to nobody but its service.
    pub(in crate::kms) fn require_customer_managed(&self, arn: &KeyArn, operation: &str) -> Result<()> {
        match self.key(arn)?.manager {
            KeyManager::Customer => Ok(()),
            KeyManager::Aws => {
                let message = format!("kms:{operation} is not allowed on {arn}: it is an AWS managed key");
                Err(Error::service(ErrorCode::AccessDeniedException, message))
            }
        }
    }

    /// The customer managed key that a key id or key ARN names.
    pub(in crate::kms) fn managed_key(&self, region: Region, key_id: &str, operation: &str) -> Result<KeyArn> {
        let arn = self.resolve_key_only(region, key_id)?;
        if self.is_imported(&arn) {
            return Err(only_aws_kms(&arn, Some(operation)));
        }
        self.require_customer_managed(&arn, operation)?;
        Ok(arn)
    }

    /// The caller changes the key.
    pub(in crate::kms) fn key_mut(&mut self, arn: &KeyArn) -> Result<&mut Key> {
        self.key(arn)?;
        let key = self.region_mut(arn.region())?.keys.get_mut(arn.key_id());
        key.ok_or(Error::Misuse("a key that was just found is there"))
    }

    pub(in crate::kms) fn metadata(&self, arn: KeyArn) -> Result<KeyMetadata> {
        let key = self.key(&arn)?;
        Ok(KeyMetadata::of(self, arn, key))
    }
}

pub(in crate::kms) fn check_description(description: &str) -> Result<()> {
    if description.chars().count() > DESCRIPTION_LIMIT {
        return Err(Error::validation("description", &format!("Member must have length less than or equal to {DESCRIPTION_LIMIT}")));
    }
    Ok(())
}

/// Refuses a number that is outside the range of the service model.
pub(in crate::kms) fn check_range<N: std::fmt::Display + PartialOrd>(
    parameter: &str,
    value: &N,
    range: &std::ops::RangeInclusive<N>,
) -> Result<()> {
    if range.contains(value) {
        return Ok(());
    }
    let bound = if value < range.start() {
        format!("greater than or equal to {}", range.start())
    } else {
        format!("less than or equal to {}", range.end())
    };
    Err(Error::validation_of(parameter, &value.to_string(), &format!("Member must have value {bound}")))
}
