//! The key of a Region where none is named: the default key of Secrets Manager, or one that was set instead.

use super::{
    key::{Key, KeyManager},
    key_handle::AnyKey,
    material::{KeyMaterial, MaterialVersions},
    state::{Alias, EmbeddedKms},
};
use crate::{arn::KeyArn, crypto::SystemRandom, error::Result, kms::key_id::random_uuid, region::Region};

/// The alias of the key that a Region uses where none is named.
pub const DEFAULT_KEY_ALIAS: &str = "alias/aws/secretsmanager";
/// As AWS describes its own.
const DEFAULT_DESCRIPTION: &str = "Default key that protects my Secrets Manager data when no other key is defined";

impl EmbeddedKms {
    /// The default key of Secrets Manager in a Region, where it has been made.
    #[must_use]
    pub fn default_key(&self, region: Region) -> Option<KeyArn> {
        let alias = self.region(region).ok()??.aliases.get(DEFAULT_KEY_ALIAS)?;
        Some(self.key_arn(region, &alias.target_key_id))
    }

    /// The default key of Secrets Manager in a Region, made with its alias `alias/aws/secretsmanager` when it is not there yet.
    ///
    /// # Errors
    /// A Region that is not enabled; no random bytes.
    pub fn ensure_default_key(&mut self, region: Region) -> Result<KeyArn> {
        self.require_enabled(region)?;
        if let Some(key) = self.default_key(region) {
            return Ok(key);
        }
        let (now, target_key_id) = (self.now(), random_uuid(&SystemRandom)?);
        let material = KeyMaterial::Symmetric(MaterialVersions::generate(now, &SystemRandom)?);
        let key = Key::new(KeyManager::Aws, DEFAULT_DESCRIPTION.to_owned(), material, now);
        let arn = self.key_arn(region, &target_key_id);
        let state = self.region_mut(region)?;
        state.keys.insert(target_key_id.clone(), key);
        let alias = Alias { target_key_id, creation_date: now, last_updated_date: now };
        state.aliases.insert(DEFAULT_KEY_ALIAS.to_owned(), alias);
        Ok(arn)
    }

    /// The key that a Region uses where none is named, if one was set.
    #[must_use]
    pub fn chosen_default_key(&self, region: Region) -> Option<KeyArn> {
        let state = self.region(region).ok()??;
        let in_aws = || state.default_key_arn.clone();
        state.default_key_id.as_ref().map(|key_id| self.arn_of_id(region, key_id)).or_else(in_aws)
    }

    /// As [`EmbeddedKms::set_default_key`] for a key in AWS KMS, which commands with AWS KMS use. A key that is here is set as that.
    ///
    /// # Errors
    /// A Region that is not enabled.
    pub fn set_default_key_in_aws(&mut self, key: &KeyArn) -> Result<()> {
        let region = key.region();
        if self.chosen_default_key(region).as_ref() == Some(key) {
            return self.require_enabled(region);
        }
        let state = self.region_mut(region)?;
        state.default_key_id = None;
        state.default_key_arn = Some(key.clone());
        Ok(())
    }

    /// Sets the key that a Region uses where none is named, by key id, key ARN, alias name or alias ARN. The alias is followed now, not
    /// later. `alias/aws/secretsmanager` brings the default of AWS back.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn set_default_key(&mut self, region: Region, key_id: &str) -> Result<Option<KeyArn>> {
        self.require_enabled(region)?;
        let key = (key_id != DEFAULT_KEY_ALIAS).then(|| self.named(region, key_id)).transpose()?;
        key.as_ref().map_or(Ok(()), AnyKey::require_usable)?;
        let key = key.map(AnyKey::into_arn);
        if self.chosen_default_key(region) != key {
            let state = self.region_mut(region)?;
            state.default_key_id = key.as_ref().map(|key| key.key_id().to_owned());
            state.default_key_arn = None;
        }
        Ok(key)
    }
}
