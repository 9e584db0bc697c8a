//! Aliases: further names for keys, each unique in its Region.

use super::{EmbeddedKms, keys::validation, metadata::AliasListEntry};
use crate::{
    arn::AliasArn,
    error::{Error, ErrorCode, Result},
    region::Region,
    timestamp::Timestamp,
};

/// What every alias name begins with.
pub(super) const PREFIX: &str = "alias/";
const RESERVED_PREFIX: &str = "alias/aws/";
const NAME_LIMIT: usize = 256;
const ALIASES_PER_KEY: usize = 50;

/// What an alias points at.
#[derive(Debug)]
pub(super) struct Alias {
    pub(super) target_key_id: String,
    pub(super) creation_date: Timestamp,
    pub(super) last_updated_date: Timestamp,
}

impl EmbeddedKms {
    /// [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html) for a key id or key ARN.
    ///
    /// # Errors
    /// `ValidationException` and `NotAuthorizedException` for the name; `AlreadyExistsException`; `LimitExceededException` over 50 aliases
    /// of one key; `AccessDeniedException` for an AWS managed key; as for [`EmbeddedKms::resolve`].
    pub fn create_alias(&mut self, region: Region, alias_name: &str, target_key_id: &str) -> Result<()> {
        self.require_enabled(region)?;
        check_name(alias_name)?;
        if alias_name.starts_with(RESERVED_PREFIX) {
            return Err(Error::service(ErrorCode::NotAuthorizedException, ""));
        }
        if target_key_id.starts_with(PREFIX) || target_key_id.parse::<AliasArn>().is_ok() {
            return Err(Error::service(ErrorCode::ValidationException, "Aliases must refer to keys. Not aliases"));
        }
        let key = self.resolve_key_only(region, target_key_id)?;
        self.require_customer_managed(&key, "CreateAlias")?;
        let existing = self.list_aliases(region, None)?;
        if let Some(alias) = existing.iter().find(|alias| alias.alias_name == alias_name) {
            let message = format!("An alias with the name {} already exists", alias.alias_arn);
            return Err(Error::service(ErrorCode::AlreadyExistsException, message));
        }
        if existing.iter().filter(|alias| alias.target_key_id == key.key_id()).count() >= ALIASES_PER_KEY {
            let message = format!("{key} has {ALIASES_PER_KEY} aliases, the most that a key can have");
            return Err(Error::service(ErrorCode::LimitExceededException, message));
        }
        let now = Timestamp::now();
        let alias = Alias { target_key_id: key.key_id().to_owned(), creation_date: now, last_updated_date: now };
        self.region_mut(region)?.aliases.insert(alias_name.to_owned(), alias);
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
        let wanted = aliases.filter(|(_, alias)| of_key.as_ref().is_none_or(|key| key.key_id() == alias.target_key_id));
        Ok(wanted.map(|(name, alias)| AliasListEntry::of(self.alias_arn(region, name), alias)).collect())
    }

    /// The ARN of an alias name that begins with `alias/`.
    pub(super) fn alias_arn(&self, region: Region, name: &str) -> AliasArn {
        AliasArn::new(region, self.account.clone(), name.strip_prefix(PREFIX).unwrap_or(name))
    }
}

/// Whether a name, reserved or not, can be an alias at all.
pub(super) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(validation("aliasName", "Member must have length greater than or equal to 1"));
    }
    if name.chars().count() > NAME_LIMIT {
        return Err(validation("aliasName", &format!("Member must have length less than or equal to {NAME_LIMIT}")));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte)) {
        return Err(validation("aliasName", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"));
    }
    match name.strip_prefix(PREFIX) {
        None | Some("") => Err(Error::service(ErrorCode::ValidationException, "Invalid identifier")),
        Some(rest) if rest.contains(':') => {
            Err(Error::service(ErrorCode::ValidationException, format!("{name} contains invalid characters for an alias")))
        }
        Some(_) => Ok(()),
    }
}
