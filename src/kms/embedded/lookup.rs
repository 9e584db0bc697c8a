//! From what a user names a key by to the key.

use super::{
    EmbeddedKms,
    aliases::{self, Alias},
    imported::{Fitting, only_aws_kms},
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
pub(in crate::kms) const EMBEDDED_PREFIX: &str = "embedded:";
const DEFAULT_ALIAS: &str = "alias/aws/secretsmanager";
/// As AWS describes its own.
const DEFAULT_DESCRIPTION: &str = "Default key that protects my Secrets Manager data when no other key is defined";

/// Which keys a name may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kms) enum Kinds {
    /// Embedded keys, and imported public keys.
    Any,
    /// What [`EMBEDDED_PREFIX`] stands before.
    Embedded,
}

/// True when a name says that it means an embedded key.
#[must_use]
pub(crate) fn is_written_as_embedded(key_id: &str) -> bool {
    key_id.starts_with(EMBEDDED_PREFIX)
}

impl EmbeddedKms {
    /// The key, embedded or imported, that a key id, key ARN, alias name or alias ARN names in a Region; with `embedded:` before the name only
    /// embedded keys are looked at.
    ///
    /// # Errors
    /// `NotFoundException` and `InvalidArnException` with AWS's messages; `ValidationException` for a name that fits a key of either kind;
    /// a Region that is not enabled.
    pub fn resolve(&self, region: Region, key_id: &str) -> Result<KeyArn> {
        self.require_enabled(region)?;
        let (name, kinds) = split_prefix(key_id);
        let alias = match name.parse::<AliasArn>() {
            Ok(arn) => {
                same_region(region, arn.region())?;
                if arn != self.alias_arn(region, &arn.alias()) {
                    return Err(alias_not_found(&arn));
                }
                Some(arn.alias())
            }
            Err(_) => name.starts_with(aliases::PREFIX).then(|| name.to_owned()),
        };
        if let Some(alias) = alias {
            let target = self.alias_target(region, &alias)?;
            let key = self.one_of(name, region, Fitting::Id(target.key_id()), kinds)?;
            return key.ok_or_else(|| alias_not_found(&self.alias_arn(region, &alias)));
        }
        self.resolve_key_only(region, key_id)
    }

    /// As [`EmbeddedKms::resolve`] for a key id or key ARN, which is what the management operations take.
    pub(in crate::kms) fn resolve_key_only(&self, region: Region, key_id: &str) -> Result<KeyArn> {
        self.require_enabled(region)?;
        let (name, kinds) = split_prefix(key_id);
        let (arn, found) = if let Ok(arn) = name.parse::<KeyArn>() {
            same_region(region, arn.region())?;
            let found = self.one_of(name, region, Fitting::Arn(&arn), kinds)?;
            (arn, found)
        } else if is_key_id(name) {
            (self.key_arn(region, name), self.one_of(name, region, Fitting::Id(name), kinds)?)
        } else if name.starts_with("arn:") && name.parse::<AliasArn>().is_err() {
            return Err(Error::service(ErrorCode::InvalidArnException, format!("Invalid arn {name}")));
        } else {
            return Err(Error::service(ErrorCode::NotFoundException, format!("Invalid keyId '{name}'")));
        };
        match found {
            Some(key) if self.is_imported(&key) => Ok(key),
            Some(key) => self.key(&key).map(|_| key),
            None => {
                let among = if kinds == Kinds::Embedded { " among the embedded keys" } else { "" };
                Err(Error::service(ErrorCode::NotFoundException, format!("Key '{arn}' does not exist{among}")))
            }
        }
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
        let key = if key_id == DEFAULT_ALIAS { None } else { Some(self.resolve(region, key_id)?) };
        if let Some(key) = &key {
            self.check_usable(key)?;
        }
        if self.chosen_default_key(region) != key {
            let state = self.region_mut(region)?;
            state.default_key_id = key.as_ref().map(|key| key.key_id().to_owned());
            state.default_key_arn = None;
        }
        Ok(key)
    }

    pub(in crate::kms) fn key_arn(&self, region: Region, key_id: &str) -> KeyArn {
        KeyArn::new(region, self.account.clone(), key_id)
    }

    /// An embedded key that was not deleted.
    pub(in crate::kms) fn key(&self, arn: &KeyArn) -> Result<&Key> {
        if self.is_imported(arn) {
            return Err(only_aws_kms(arn, None));
        }
        let not_found = |why: &str| Error::service(ErrorCode::NotFoundException, format!("Key '{arn}' does not exist{why}"));
        let key = self.region(arn.region())?.filter(|_| arn.account() == &self.account).and_then(|state| state.keys.get(arn.key_id()));
        let key = key.ok_or_else(|| not_found(""))?;
        match self.standing(arn.key_id(), key) {
            Standing::Deleted(date) => Err(not_found(&format!(": its deletion was due on {date}"))),
            _ => Ok(key),
        }
    }

    pub(in crate::kms) fn alias_target(&self, region: Region, name: &str) -> Result<KeyArn> {
        let alias = self.region(region)?.and_then(|state| state.aliases.get(name));
        let not_found = || alias_not_found(&self.alias_arn(region, name));
        alias.map(|alias| self.arn_of_id(region, &alias.target_key_id)).ok_or_else(not_found)
    }
}

fn split_prefix(key_id: &str) -> (&str, Kinds) {
    key_id.strip_prefix(EMBEDDED_PREFIX).map_or((key_id, Kinds::Any), |name| (name, Kinds::Embedded))
}

fn same_region(region: Region, named: Region) -> Result<()> {
    if region == named { Ok(()) } else { Err(Error::service(ErrorCode::NotFoundException, format!("Invalid arn {named}"))) }
}

pub(in crate::kms) fn alias_not_found(arn: &AliasArn) -> Error {
    Error::service(ErrorCode::NotFoundException, format!("Alias {arn} is not found."))
}

/// A UUID, or `mrk-` and 32 hex digits.
pub(in crate::kms) fn is_key_id(name: &str) -> bool {
    match name.strip_prefix(MULTI_REGION_PREFIX) {
        Some(digits) => digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => is_uuid(name),
    }
}

/// A UUID in its 36-character form.
pub(in crate::kms) fn is_uuid(text: &str) -> bool {
    let groups = || text.split('-');
    groups().map(str::len).eq([8, 4, 4, 4, 12]) && groups().flat_map(str::bytes).all(|byte| byte.is_ascii_hexdigit())
}
