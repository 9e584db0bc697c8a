//! Keys, their material, and the operations that manage them.

use serde::{Deserialize, Serialize};

use super::{
    EmbeddedKms, KeyListEntry, KeyMetadata,
    ciphertext::MATERIAL_ID_LENGTH,
    model::{RegionState, random_uuid},
};
use crate::{
    arn::KeyArn,
    crypto::{Random, SystemRandom, random_array},
    error::{Error, ErrorCode, Result},
    region::Region,
    secret::SecretBytes,
    timestamp::Timestamp,
};

/// Length of key material in bytes: an AES-256 key.
pub(super) const MATERIAL_LENGTH: usize = 32;
/// Longest description, in characters.
pub(super) const DESCRIPTION_LIMIT: usize = 8192;

/// The state of a key; AWS has more than these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum KeyState {
    /// Encrypts and decrypts.
    Enabled,
    /// Does neither until it is enabled.
    Disabled,
}

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
    pub(super) state: KeyState,
    pub(super) description: String,
    pub(super) creation_date: Timestamp,
    pub(super) materials: Materials,
}

/// One version of a key's material.
#[derive(Debug)]
pub(super) struct Material {
    pub(super) id: [u8; MATERIAL_ID_LENGTH],
    pub(super) creation_date: Timestamp,
    pub(super) bytes: SecretBytes,
}

/// At least one version: the newest encrypts, all decrypt.
#[derive(Debug)]
pub(super) struct Materials {
    older: Vec<Material>,
    current: Material,
}

impl Key {
    fn generate(manager: KeyManager, description: &str, random: &dyn Random) -> Result<Self> {
        let creation_date = Timestamp::now();
        let mut bytes = SecretBytes::zeroed(MATERIAL_LENGTH);
        random.fill(bytes.expose_mut())?;
        let current = Material { id: random_array(random)?, creation_date, bytes };
        let materials = Materials { older: Vec::new(), current };
        Ok(Self { manager, state: KeyState::Enabled, description: description.to_owned(), creation_date, materials })
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

    pub(super) fn get(&self, id: &[u8; MATERIAL_ID_LENGTH]) -> Option<&Material> {
        self.oldest_first().find(|material| material.id == *id)
    }
}

impl RegionState {
    /// Adds a fresh key and gives its id.
    pub(super) fn add_key(&mut self, manager: KeyManager, description: &str) -> Result<String> {
        let key = Key::generate(manager, description, &SystemRandom)?;
        let key_id = random_uuid(&SystemRandom)?;
        self.keys.insert(key_id.clone(), key);
        Ok(key_id)
    }
}

impl EmbeddedKms {
    /// [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html): a symmetric customer managed key.
    ///
    /// # Errors
    /// `ValidationException` for a description over 8,192 characters; a Region that is not enabled; no random bytes.
    pub fn create_key(&mut self, region: Region, description: &str) -> Result<KeyMetadata> {
        self.require_enabled(region)?;
        if description.chars().count() > DESCRIPTION_LIMIT {
            return Err(validation("description", &format!("Member must have length less than or equal to {DESCRIPTION_LIMIT}")));
        }
        let key_id = self.region_mut(region)?.add_key(KeyManager::Customer, description)?;
        self.metadata(self.key_arn(region, &key_id))
    }

    /// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html), in the order of the ids.
    ///
    /// # Errors
    /// A Region that is not enabled.
    pub fn list_keys(&self, region: Region) -> Result<Vec<KeyListEntry>> {
        let keys = self.region(region)?.map(|state| state.keys.keys()).into_iter().flatten();
        Ok(keys.map(|key_id| self.key_arn(region, key_id).into()).collect())
    }

    /// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html) of a key id, key ARN, alias name or alias ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn describe_key(&self, region: Region, key_id: &str) -> Result<KeyMetadata> {
        self.metadata(self.resolve(region, key_id)?)
    }

    /// [EnableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`]; `AccessDeniedException` for an AWS managed key.
    pub fn enable_key(&mut self, region: Region, key_id: &str) -> Result<()> {
        self.set_state(region, key_id, KeyState::Enabled)
    }

    /// [DisableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html) of a key id or key ARN.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`]; `AccessDeniedException` for an AWS managed key.
    pub fn disable_key(&mut self, region: Region, key_id: &str) -> Result<()> {
        self.set_state(region, key_id, KeyState::Disabled)
    }

    /// Refuses a key that Encrypt, Decrypt or GenerateDataKey would refuse.
    ///
    /// # Errors
    /// `NotFoundException`, `DisabledException`, a Region that is not enabled.
    pub fn check_usable(&self, key: &KeyArn) -> Result<()> {
        self.usable_key(key).map(drop)
    }

    pub(super) fn usable_key(&self, arn: &KeyArn) -> Result<&Key> {
        let key = self.key(arn)?;
        match key.state {
            KeyState::Enabled => Ok(key),
            KeyState::Disabled => Err(Error::service(ErrorCode::DisabledException, format!("{arn} is disabled."))),
        }
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

    fn set_state(&mut self, region: Region, key_id: &str, state: KeyState) -> Result<()> {
        let arn = self.resolve_key_only(region, key_id)?;
        self.require_customer_managed(&arn, if state == KeyState::Enabled { "EnableKey" } else { "DisableKey" })?;
        if self.key(&arn)?.state != state
            && let Some(key) = self.region_mut(region)?.keys.get_mut(arn.key_id())
        {
            key.state = state;
        }
        Ok(())
    }

    fn metadata(&self, arn: KeyArn) -> Result<KeyMetadata> {
        let key = self.key(&arn)?;
        Ok(KeyMetadata::of(arn, key))
    }
}

/// A parameter that fails a constraint of the service model. Its value is not repeated.
pub(super) fn validation(parameter: &str, constraint: &str) -> Error {
    let message = format!("1 validation error detected: Value at '{parameter}' failed to satisfy constraint: {constraint}");
    Error::service(ErrorCode::ValidationException, message)
}
