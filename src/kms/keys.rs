//! Keys, their material, and the operations that manage them.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{
    EmbeddedKms, KeyListEntry, KeyMetadata,
    ciphertext::MATERIAL_ID_LENGTH,
    model::{random_multi_region_id, random_uuid},
    multi_region::MultiRegion,
    policy,
    rotation::{AutomaticRotation, RotationType},
    states::Deletion,
    tags::{self, Tags},
};
use crate::{
    arn::KeyArn,
    crypto::{Random, SystemRandom, constant_time_eq, random_array},
    error::{Error, ErrorCode, Result},
    region::Region,
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// Length of key material in bytes: an AES-256 key.
pub(super) const MATERIAL_LENGTH: usize = 32;
/// Longest description, in characters.
pub(super) const DESCRIPTION_LIMIT: usize = 8192;

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

/// A symmetric encryption key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) manager: KeyManager,
    /// False also while the deletion is pending.
    pub(super) enabled: bool,
    pub(super) description: String,
    pub(super) creation_date: Timestamp,
    pub(super) materials: Materials,
    pub(super) tags: Tags,
    /// As it was put; `None` for the default policy.
    pub(super) policy: Option<String>,
    pub(super) deletion: Option<Deletion>,
    /// `None` while automatic rotation is off. Of a multi-Region key every Region has the same.
    pub(super) rotation: Option<AutomaticRotation>,
    pub(super) multi_region: Option<MultiRegion>,
}

/// One version of a key's material.
#[derive(Debug)]
pub(super) struct Material {
    pub(super) id: [u8; MATERIAL_ID_LENGTH],
    pub(super) creation_date: Timestamp,
    /// What made it; `None` for a key's first.
    pub(super) rotation: Option<RotationType>,
    pub(super) bytes: SecretBytes,
}

/// At least one version: the newest encrypts, all decrypt.
#[derive(Debug)]
pub(super) struct Materials {
    older: Vec<Material>,
    current: Material,
}

/// How the material versions of one keystore relate to another's of the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum History {
    Same,
    /// The other has all of these, and newer ones.
    Older,
    /// These are all of the other's, and newer ones.
    Newer,
    /// Each has what the other has not, or one id means two keys.
    Diverged,
}

/// What [`EmbeddedKms::create_key_with`] is asked for.
#[derive(Debug, Clone, Default)]
pub struct CreateKey {
    /// At most 8,192 characters.
    pub description: String,
    /// Key and value of each tag.
    pub tags: Vec<(String, String)>,
    /// JSON; `None` for the default policy. Stored and shown, never enforced.
    pub policy: Option<String>,
    /// Whether the key can be replicated to other Regions. Cannot be changed later.
    pub multi_region: bool,
}

impl Key {
    pub(super) fn generate(manager: KeyManager, description: &str, now: Timestamp, random: &dyn Random) -> Result<Self> {
        Ok(Self {
            manager,
            enabled: true,
            description: description.to_owned(),
            creation_date: now,
            materials: Materials { older: Vec::new(), current: Material::generate(None, now, random)? },
            tags: Tags::new(),
            policy: None,
            deletion: None,
            rotation: None,
            multi_region: None,
        })
    }
}

impl Material {
    pub(super) fn generate(rotation: Option<RotationType>, now: Timestamp, random: &dyn Random) -> Result<Self> {
        let mut bytes = SecretBytes::zeroed(MATERIAL_LENGTH);
        random.fill(bytes.expose_mut())?;
        Ok(Self { id: random_array(random)?, creation_date: now, rotation, bytes })
    }

    /// A copy for another Region of a multi-Region key, or for another keystore.
    pub(super) fn duplicate(&self) -> Self {
        let bytes = SecretBytes::new(self.bytes.expose().to_vec());
        Self { id: self.id, creation_date: self.creation_date, rotation: self.rotation, bytes }
    }
}

impl Materials {
    /// Versions from oldest to newest; `None` when there is none, or one id twice.
    pub(super) fn from_oldest(mut versions: Vec<Material>) -> Option<Self> {
        let current = versions.pop()?;
        let materials = Self { older: versions, current };
        let mut ids: Vec<_> = materials.oldest_first().map(|material| material.id).collect();
        ids.sort_unstable();
        ids.is_sorted_by(|a, b| a < b).then_some(materials)
    }

    pub(super) const fn current(&self) -> &Material {
        &self.current
    }

    pub(super) fn oldest_first(&self) -> impl Iterator<Item = &Material> {
        self.older.iter().chain([&self.current])
    }

    /// Makes this the version that encrypts.
    pub(super) fn push(&mut self, newest: Material) {
        self.older.push(std::mem::replace(&mut self.current, newest));
    }

    pub(super) fn duplicate(&self) -> Self {
        Self { older: self.older.iter().map(Material::duplicate).collect(), current: self.current.duplicate() }
    }

    /// True when both are the same versions with the same bytes.
    pub(super) fn are(&self, other: &Self) -> bool {
        self.history(other) == History::Same
    }

    pub(super) fn history(&self, other: &Self) -> History {
        let same = |(a, b): (&Material, &Material)| a.id == b.id && constant_time_eq(a.bytes.expose(), b.bytes.expose());
        if !self.oldest_first().zip(other.oldest_first()).all(same) {
            return History::Diverged;
        }
        match self.older.len().cmp(&other.older.len()) {
            Ordering::Less => History::Older,
            Ordering::Equal => History::Same,
            Ordering::Greater => History::Newer,
        }
    }

    /// Appends the versions that another, newer history has more.
    pub(super) fn catch_up_with(&mut self, newer: &Self) {
        for material in newer.oldest_first().skip(self.older.len() + 1) {
            self.push(material.duplicate());
        }
    }

    pub(super) fn get(&self, id: &[u8; MATERIAL_ID_LENGTH]) -> Option<&Material> {
        self.oldest_first().find(|material| material.id == *id)
    }
}

impl EmbeddedKms {
    /// [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html): a symmetric customer managed key of one Region
    /// without tags, under the default policy.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::create_key_with`].
    pub fn create_key(&mut self, region: Region, description: &str) -> Result<KeyMetadata> {
        self.create_key_with(region, CreateKey { description: description.to_owned(), ..CreateKey::default() })
    }

    /// [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html): a symmetric customer managed key.
    ///
    /// # Errors
    /// `ValidationException` for a description over 8,192 characters; `TagException`; `MalformedPolicyDocumentException`;
    /// `LimitExceededException`; a Region that is not enabled; no random bytes.
    pub fn create_key_with(&mut self, region: Region, request: CreateKey) -> Result<KeyMetadata> {
        self.require_enabled(region)?;
        check_description(&request.description)?;
        let mut key = Key::generate(KeyManager::Customer, &request.description, self.now(), &SystemRandom)?;
        tags::add(&mut key.tags, request.tags)?;
        request.policy.as_deref().map_or(Ok(()), policy::check)?;
        key.policy = request.policy;
        key.multi_region = request.multi_region.then(|| MultiRegion::primary(region));
        let key_id = if request.multi_region { random_multi_region_id(&SystemRandom)? } else { random_uuid(&SystemRandom)? };
        self.region_mut(region)?.keys.insert(key_id.clone(), key);
        self.metadata(self.key_arn(region, &key_id))
    }

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

    /// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html), in the order of the ids.
    ///
    /// # Errors
    /// A Region that is not enabled.
    pub fn list_keys(&self, region: Region) -> Result<Vec<KeyListEntry>> {
        let keys = self.region(region)?.map(|state| state.keys.keys()).into_iter().flatten();
        Ok(keys.map(|key_id| self.key_arn(region, key_id)).filter(|arn| self.key(arn).is_ok()).map(KeyListEntry::from).collect())
    }

    /// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html) of a key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn describe_key(&self, region: Region, key_id: &str) -> Result<KeyMetadata> {
        self.metadata(self.resolve(region, key_id)?)
    }

    /// Refuses what the key policy of an AWS managed key grants to nobody but its service.
    pub(super) fn require_customer_managed(&self, arn: &KeyArn, operation: &str) -> Result<()> {
        match self.key(arn)?.manager {
            KeyManager::Customer => Ok(()),
            KeyManager::Aws => {
                let message = format!("kms:{operation} is not allowed on {arn}: it is an AWS managed key");
                Err(Error::service(ErrorCode::AccessDeniedException, message))
            }
        }
    }

    /// The customer managed key that a key id or key ARN names.
    pub(super) fn managed_key(&self, region: Region, key_id: &str, operation: &str) -> Result<KeyArn> {
        let arn = self.resolve_key_only(region, key_id)?;
        self.require_customer_managed(&arn, operation)?;
        Ok(arn)
    }

    /// The caller changes the key.
    pub(super) fn key_mut(&mut self, arn: &KeyArn) -> Result<&mut Key> {
        self.key(arn)?;
        let key = self.region_mut(arn.region())?.keys.get_mut(arn.key_id());
        key.ok_or(Error::Misuse("a key that was just found is there"))
    }

    pub(super) fn metadata(&self, arn: KeyArn) -> Result<KeyMetadata> {
        let key = self.key(&arn)?;
        Ok(KeyMetadata::of(self, arn, key))
    }
}

pub(super) fn check_description(description: &str) -> Result<()> {
    if description.chars().count() > DESCRIPTION_LIMIT {
        return Err(validation("description", &format!("Member must have length less than or equal to {DESCRIPTION_LIMIT}")));
    }
    Ok(())
}

/// A parameter that fails a constraint of the service model. Its value is not repeated.
pub(super) fn validation(parameter: &str, constraint: &str) -> Error {
    Error::validation(parameter, constraint)
}

/// Refuses a number that is outside the range of the service model.
pub(super) fn check_range<N: std::fmt::Display + PartialOrd>(
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
