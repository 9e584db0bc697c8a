//! Aliases: further names for keys, each unique in its Region.

use super::{EmbeddedKms, lookup::alias_not_found, metadata::AliasListEntry};
use crate::{
    arn::{AliasArn, KeyArn},
    error::{Error, ErrorCode, Result},
    region::Region,
    timestamp::Timestamp,
};

/// What every alias name begins with.
pub(in crate::kms) const PREFIX: &str = "alias/";
const RESERVED_PREFIX: &str = "alias/aws/";
const NAME_LIMIT: usize = 256;
const ALIASES_PER_KEY: usize = 50;

/// What an alias points at.
#[derive(Debug, Clone)]
pub(in crate::kms) struct Alias {
    pub(in crate::kms) target_key_id: String,
    pub(in crate::kms) creation_date: Timestamp,
    pub(in crate::kms) last_updated_date: Timestamp,
}

impl EmbeddedKms {
    /// [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html) for a key id or key ARN.
    ///
    /// # Errors
    /// `ValidationException` and `NotAuthorizedException` for the name; `AlreadyExistsException`; `LimitExceededException` over 50 aliases
    /// of one key; `AccessDeniedException` for an AWS managed key; `KMSInvalidStateException` while its deletion is pending; as for [`EmbeddedKms::resolve`].
    pub fn create_alias(&mut self, region: Region, alias_name: &str, target_key_id: &str) -> Result<()> {
        let key = self.alias_target_key(region, alias_name, target_key_id, "CreateAlias")?;
        if self.live_alias_target(region, alias_name).is_ok() {
            let message = format!("An alias with the name {} already exists", self.alias_arn(region, alias_name));
            return Err(Error::service(ErrorCode::AlreadyExistsException, message));
        }
        self.require_room_for_alias(&key)?;
        let now = self.now();
        let alias = Alias { target_key_id: key.key_id().to_owned(), creation_date: now, last_updated_date: now };
        self.region_mut(region)?.aliases.insert(alias_name.to_owned(), alias);
        Ok(())
    }

    /// [UpdateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html): points an alias at another key id or key ARN.
    ///
    /// # Errors
    /// `NotFoundException` for the alias; `ValidationException` for a key of another type (symmetric, asymmetric) or usage; as for
    /// [`EmbeddedKms::create_alias`].
    pub fn update_alias(&mut self, region: Region, alias_name: &str, target_key_id: &str) -> Result<()> {
        let key = self.alias_target_key(region, alias_name, target_key_id, "UpdateAlias")?;
        let current = self.live_alias_target(region, alias_name)?;
        if current != key {
            self.require_same_kind(alias_name, &current, &key)?;
            self.require_room_for_alias(&key)?;
        }
        let now = self.now();
        if let Some(alias) = self.region_mut(region)?.aliases.get_mut(alias_name) {
            key.key_id().clone_into(&mut alias.target_key_id);
            alias.last_updated_date = now;
        }
        Ok(())
    }

    /// [DeleteAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html). The key stays.
    ///
    /// # Errors
    /// `NotFoundException`; `ValidationException` and `NotAuthorizedException` for the name.
    pub fn delete_alias(&mut self, region: Region, alias_name: &str) -> Result<()> {
        self.require_enabled(region)?;
        check_changeable(alias_name)?;
        self.live_alias_target(region, alias_name)?;
        self.region_mut(region)?.aliases.remove(alias_name);
        Ok(())
    }

    /// [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html), in the order of the names; with a key id or
    /// key ARN, that key's only.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn list_aliases(&self, region: Region, key_id: Option<&str>) -> Result<Vec<AliasListEntry>> {
        let of_key = key_id.map(|key_id| self.resolve_key_only(region, key_id)).transpose()?;
        let aliases = self.region(region)?.map(|state| state.aliases.iter()).into_iter().flatten();
        let live = aliases.filter(|(_, alias)| self.is_there(&self.arn_of_id(region, &alias.target_key_id)));
        let wanted = live.filter(|(_, alias)| of_key.as_ref().is_none_or(|key| key.key_id() == alias.target_key_id));
        Ok(wanted.map(|(name, alias)| AliasListEntry::of(self.alias_arn(region, name), alias)).collect())
    }

    /// What CreateAlias and UpdateAlias demand of the name and of the key.
    fn alias_target_key(&self, region: Region, alias_name: &str, target_key_id: &str, operation: &str) -> Result<KeyArn> {
        self.require_enabled(region)?;
        check_changeable(alias_name)?;
        if target_key_id.starts_with(PREFIX) || target_key_id.parse::<AliasArn>().is_ok() {
            return Err(Error::service(ErrorCode::ValidationException, "Aliases must refer to keys. Not aliases"));
        }
        let key = self.resolve_key_only(region, target_key_id)?;
        if !self.is_imported(&key) {
            self.require_customer_managed(&key, operation)?;
            self.require_not_pending(&key)?;
        }
        Ok(key)
    }

    /// The key of an alias, unless it was deleted with its aliases.
    pub(in crate::kms) fn live_alias_target(&self, region: Region, alias_name: &str) -> Result<KeyArn> {
        let key = self.alias_target(region, alias_name)?;
        if self.is_there(&key) { Ok(key) } else { Err(alias_not_found(&self.alias_arn(region, alias_name))) }
    }

    /// AWS: "This restriction prevents errors in code that uses aliases."
    fn require_same_kind(&self, alias_name: &str, current: &KeyArn, key: &KeyArn) -> Result<()> {
        let spec = |key: &KeyArn| self.key_spec(key).ok_or(Error::Misuse("keys that were just found are there"));
        let (current, new) = (spec(current)?, spec(key)?);
        if (current.is_asymmetric(), current.usage()) == (new.is_asymmetric(), new.usage()) {
            return Ok(());
        }
        let message = format!(
            "{alias_name} names a key of the key spec {current}, and stays with keys of its type and usage; {key} has the key spec {new}. \
             Delete the alias and create it again"
        );
        Err(Error::service(ErrorCode::ValidationException, message))
    }

    fn require_room_for_alias(&self, key: &KeyArn) -> Result<()> {
        check_count(key, self.list_aliases(key.region(), Some(key.key_id()))?.len() + 1)
    }

    /// The ARN of an alias name that begins with `alias/`: in the account of its key, or of the keystore where there is none.
    pub(in crate::kms) fn alias_arn(&self, region: Region, name: &str) -> AliasArn {
        let alias = self.regions.get(&region).and_then(|state| state.aliases.get(name));
        let key = alias.map(|alias| self.arn_of_id(region, &alias.target_key_id));
        let account = key.as_ref().map_or(&self.account, KeyArn::account).clone();
        AliasArn::new(region, account, name.strip_prefix(PREFIX).unwrap_or(name))
    }

    /// True for an imported key, and for an embedded one that was not deleted.
    pub(in crate::kms) fn is_there(&self, arn: &KeyArn) -> bool {
        self.is_imported(arn) || self.key(arn).is_ok()
    }
}

/// Refuses more aliases than a key can have.
pub(in crate::kms) fn check_count(key: &KeyArn, aliases: usize) -> Result<()> {
    if aliases <= ALIASES_PER_KEY {
        return Ok(());
    }
    let message = format!("{key} would have {aliases} aliases, and {ALIASES_PER_KEY} are the most that a key can have");
    Err(Error::service(ErrorCode::LimitExceededException, message))
}

/// Whether a user may make, move or remove an alias of this name.
pub(in crate::kms) fn check_changeable(name: &str) -> Result<()> {
    check_name(name)?;
    if name.starts_with(RESERVED_PREFIX) { Err(Error::service(ErrorCode::NotAuthorizedException, "")) } else { Ok(()) }
}

/// Whether a name, reserved or not, can be an alias at all.
pub(in crate::kms) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::validation("aliasName", "Member must have length greater than or equal to 1"));
    }
    if name.chars().count() > NAME_LIMIT {
        return Err(Error::validation("aliasName", &format!("Member must have length less than or equal to {NAME_LIMIT}")));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte)) {
        let constraint = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$";
        return Err(Error::validation_of("aliasName", name, constraint));
    }
    match name.strip_prefix(PREFIX) {
        None | Some("") => Err(Error::service(ErrorCode::ValidationException, "Invalid identifier")),
        Some(rest) if rest.contains(':') => {
            Err(Error::service(ErrorCode::ValidationException, format!("{name} contains invalid characters for an alias")))
        }
        Some(_) => Ok(()),
    }
}
