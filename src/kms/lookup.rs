//! From what a user names a key by to the key.

use super::{
    EmbeddedKms,
    aliases::{self, Alias},
    keys::{Key, KeyManager},
    material::{KeyMaterial, Materials},
    model::random_uuid,
    states::Standing,
};
use crate::{
    arn::{AliasArn, KeyArn, MULTI_REGION_PREFIX},
    crypto::SystemRandom,
    error::{Error, ErrorCode, Result},
    region::Region,
};

/// Says that a name is one of the embedded KMS, where keys of another kind could be meant too.
const EMBEDDED_PREFIX: &str = "embedded:";
const DEFAULT_ALIAS: &str = "alias/aws/secretsmanager";
/// As AWS describes its own.
const DEFAULT_DESCRIPTION: &str = "Default key that protects my Secrets Manager data when no other key is defined";

impl EmbeddedKms {
    /// The key that a key id, key ARN, alias name or alias ARN names in a Region; `embedded:` may stand before each.
    ///
    /// # Errors
    /// `NotFoundException` and `InvalidArnException` with AWS's messages; a Region that is not enabled.
    pub fn resolve(&self, region: Region, key_id: &str) -> Result<KeyArn> {
        self.require_enabled(region)?;
        let name = key_id.strip_prefix(EMBEDDED_PREFIX).unwrap_or(key_id);
        if name.starts_with(aliases::PREFIX) {
            return self.alias_target(region, name);
        }
        if let Ok(arn) = name.parse::<AliasArn>() {
            same_region(region, arn.region())?;
            return if arn.account() == &self.account { self.alias_target(region, &arn.alias()) } else { Err(alias_not_found(&arn)) };
        }
        self.resolve_key_only(region, name)
    }

    /// As [`EmbeddedKms::resolve`] for a key id or key ARN, which is what the management operations take.
    pub(super) fn resolve_key_only(&self, region: Region, key_id: &str) -> Result<KeyArn> {
        self.require_enabled(region)?;
        let name = key_id.strip_prefix(EMBEDDED_PREFIX).unwrap_or(key_id);
        let arn = if let Ok(arn) = name.parse::<KeyArn>() {
            same_region(region, arn.region())?;
            arn
        } else if is_key_id(name) {
            self.key_arn(region, name)
        } else if name.starts_with("arn:") && name.parse::<AliasArn>().is_err() {
            return Err(Error::service(ErrorCode::InvalidArnException, format!("Invalid arn {name}")));
        } else {
            return Err(Error::service(ErrorCode::NotFoundException, format!("Invalid keyId '{name}'")));
        };
        self.key(&arn)?;
        Ok(arn)
    }

    /// The default key of Secrets Manager in a Region, where it has been made.
    #[must_use]
    pub fn default_key(&self, region: Region) -> Option<KeyArn> {
        let alias = self.region(region).ok()??.aliases.get(DEFAULT_ALIAS)?;
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
        let material = KeyMaterial::Symmetric(Materials::generate(now, &SystemRandom)?);
        let key = Key::new(KeyManager::Aws, DEFAULT_DESCRIPTION.to_owned(), material, now);
        let arn = self.key_arn(region, &target_key_id);
        let state = self.region_mut(region)?;
        state.keys.insert(target_key_id.clone(), key);
        let alias = Alias { target_key_id, creation_date: now, last_updated_date: now };
        state.aliases.insert(DEFAULT_ALIAS.to_owned(), alias);
        Ok(arn)
    }

    /// The key that a Region uses where none is named, if one was set.
    #[must_use]
    pub fn chosen_default_key(&self, region: Region) -> Option<KeyArn> {
        let key_id = self.region(region).ok()??.default_key_id.as_ref()?;
        Some(self.key_arn(region, key_id))
    }

    /// Sets the key that a Region uses where none is named, by key id, key ARN, alias name or alias ARN. The alias is followed now, not
    /// later. `alias/aws/secretsmanager` brings the default of AWS back.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn set_default_key(&mut self, region: Region, key_id: &str) -> Result<Option<KeyArn>> {
        self.require_enabled(region)?;
        let key = if key_id == DEFAULT_ALIAS { None } else { Some(self.resolve(region, key_id)?) };
        if let Some(key) = &key {
            self.check_usable(key)?;
        }
        if self.chosen_default_key(region) != key {
            self.region_mut(region)?.default_key_id = key.as_ref().map(|key| key.key_id().to_owned());
        }
        Ok(key)
    }

    pub(super) fn key_arn(&self, region: Region, key_id: &str) -> KeyArn {
        KeyArn::new(region, self.account.clone(), key_id)
    }

    /// A key that was not deleted.
    pub(super) fn key(&self, arn: &KeyArn) -> Result<&Key> {
        let not_found = |why: &str| Error::service(ErrorCode::NotFoundException, format!("Key '{arn}' does not exist{why}"));
        let key = self.region(arn.region())?.filter(|_| arn.account() == &self.account).and_then(|state| state.keys.get(arn.key_id()));
        let key = key.ok_or_else(|| not_found(""))?;
        match self.standing(arn.key_id(), key) {
            Standing::Deleted(date) => Err(not_found(&format!(": its deletion was due on {date}"))),
            _ => Ok(key),
        }
    }

    pub(super) fn alias_target(&self, region: Region, name: &str) -> Result<KeyArn> {
        let alias = self.region(region)?.and_then(|state| state.aliases.get(name));
        let not_found = || alias_not_found(&self.alias_arn(region, name));
        alias.map(|alias| self.key_arn(region, &alias.target_key_id)).ok_or_else(not_found)
    }
}

fn same_region(region: Region, named: Region) -> Result<()> {
    if region == named { Ok(()) } else { Err(Error::service(ErrorCode::NotFoundException, format!("Invalid arn {named}"))) }
}

pub(super) fn alias_not_found(arn: &AliasArn) -> Error {
    Error::service(ErrorCode::NotFoundException, format!("Alias {arn} is not found."))
}

/// A UUID, or `mrk-` and 32 hex digits.
pub(super) fn is_key_id(text: &str) -> bool {
    match text.strip_prefix(MULTI_REGION_PREFIX) {
        Some(digits) => digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => is_uuid(text),
    }
}

/// A UUID in its 36-character form.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups = || text.split('-');
    groups().map(str::len).eq([8, 4, 4, 4, 12]) && groups().flat_map(str::bytes).all(|byte| byte.is_ascii_hexdigit())
}
