//! Aliases: further names for keys, each unique in its Region.

use serde::Serialize;

use super::{
    alias_name::{PREFIX, check_changeable},
    key_handle::AnyKey,
    lookup::alias_not_found,
    state::{Alias, EmbeddedKms},
};
use crate::{
    arn::{AliasArn, KeyArn},
    error::{KeyPropertyRefusal, Result},
    kms::key_spec::KeySpec,
    region::Region,
    timestamp::Timestamp,
};

const ALIASES_PER_KEY: usize = 50;

/// An entry of [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AliasListEntry {
    /// The name with its `alias/`.
    pub alias_name: String,
    /// The alias's ARN.
    pub alias_arn: AliasArn,
    /// The id of the key that it names.
    pub target_key_id: String,
    /// When the alias was made.
    pub creation_date: Timestamp,
    /// When it was last pointed at a key.
    pub last_updated_date: Timestamp,
}

impl EmbeddedKms {
    /// [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html) for a key id or key ARN.
    ///
    /// # Errors
    /// `ValidationException` and `NotAuthorizedException` for the name; `AlreadyExistsException`; `LimitExceededException` over 50 aliases
    /// of one key; `AccessDeniedException` for an AWS managed key; `KMSInvalidStateException` while its deletion is pending; as for [`EmbeddedKms::resolve`].
    pub fn create_alias(&mut self, region: Region, alias_name: &str, target_key_id: &str) -> Result<()> {
        let target = self.alias_target_key(region, alias_name, target_key_id, "CreateAlias")?;
        if self.live_alias_target(region, alias_name).is_ok() {
            return Err(KeyPropertyRefusal::AliasExists(self.alias_arn(region, alias_name)).into());
        }
        self.require_room_for_alias(target.arn())?;
        let (target_key_id, now) = (target.arn().key_id().to_owned(), self.now());
        let alias = Alias { target_key_id, creation_date: now, last_updated_date: now };
        self.region_mut(region)?.aliases.insert(alias_name.to_owned(), alias);
        Ok(())
    }

    /// [UpdateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html): points an alias at another key id or key ARN.
    ///
    /// # Errors
    /// `NotFoundException` for the alias; `ValidationException` for a key of another type (symmetric, asymmetric) or usage; as for
    /// [`EmbeddedKms::create_alias`].
    pub fn update_alias(&mut self, region: Region, alias_name: &str, target_key_id: &str) -> Result<()> {
        let target = self.alias_target_key(region, alias_name, target_key_id, "UpdateAlias")?;
        let current = self.live_alias_target(region, alias_name)?;
        if current != *target.arn() {
            require_same_kind(alias_name, self.any_key(&current)?.spec(), &target)?;
            self.require_room_for_alias(target.arn())?;
        }
        let (target_key_id, now) = (target.arn().key_id().to_owned(), self.now());
        if let Some(alias) = self.region_mut(region)?.aliases.get_mut(alias_name) {
            alias.target_key_id = target_key_id;
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

    /// [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html), in the order of the ARNs; with a key id or
    /// key ARN, that key's only.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::resolve`].
    pub fn list_aliases(&self, region: Region, key_id: Option<&str>) -> Result<Vec<AliasListEntry>> {
        let key = key_id.map(|key_id| self.named_by_id(region, key_id)).transpose()?;
        let is_wanted = |alias: &Alias| key.as_ref().is_none_or(|key| key.arn().key_id() == alias.target_key_id);
        let wanted = self.live_aliases(region)?.filter(|(_, alias)| is_wanted(alias));
        let entry = |(name, alias): (&str, &Alias)| AliasListEntry {
            alias_name: name.to_owned(),
            alias_arn: self.alias_arn(region, name),
            target_key_id: alias.target_key_id.clone(),
            creation_date: alias.creation_date,
            last_updated_date: alias.last_updated_date,
        };
        let mut entries: Vec<_> = wanted.map(entry).collect();
        // Aliases of imported keys are in other accounts.
        entries.sort_by_cached_key(|entry| entry.alias_arn.to_string());
        Ok(entries)
    }

    /// The aliases of keys that were not deleted.
    fn live_aliases(&self, region: Region) -> Result<impl Iterator<Item = (&str, &Alias)>> {
        let aliases = self.region(region)?.map(|state| state.aliases.iter()).into_iter().flatten();
        let is_live = move |alias: &Alias| self.any_key(&self.arn_of_id(region, &alias.target_key_id)).is_ok();
        Ok(aliases.filter(move |(_, alias)| is_live(alias)).map(|(name, alias)| (name.as_str(), alias)))
    }

    /// What CreateAlias and UpdateAlias demand of the name and of the key.
    fn alias_target_key(&self, region: Region, alias_name: &str, target_key_id: &str, operation: &str) -> Result<AnyKey<'_>> {
        self.require_enabled(region)?;
        check_changeable(alias_name)?;
        if target_key_id.starts_with(PREFIX) || target_key_id.parse::<AliasArn>().is_ok() {
            return Err(KeyPropertyRefusal::AliasOfAlias.into());
        }
        match self.named_by_id(region, target_key_id)? {
            AnyKey::Embedded(key) => {
                key.require_customer_managed(operation)?;
                key.require_not_pending()?;
                Ok(AnyKey::Embedded(key))
            }
            imported @ AnyKey::Imported(_) => Ok(imported),
        }
    }

    /// The key of an alias, unless it was deleted with its aliases.
    pub(super) fn live_alias_target(&self, region: Region, alias_name: &str) -> Result<KeyArn> {
        let key = self.alias_target(region, alias_name)?;
        if self.any_key(&key).is_ok() { Ok(key) } else { Err(alias_not_found(&self.alias_arn(region, alias_name))) }
    }

    fn require_room_for_alias(&self, key: &KeyArn) -> Result<()> {
        let known = self.live_aliases(key.region())?.filter(|(_, alias)| alias.target_key_id == key.key_id());
        check_count(key, known.count() + 1)
    }
}

/// AWS: "This restriction prevents errors in code that uses aliases."
fn require_same_kind(alias_name: &str, current: KeySpec, target: &AnyKey<'_>) -> Result<()> {
    let new = target.spec();
    if (current.is_asymmetric(), current.usage()) == (new.is_asymmetric(), new.usage()) {
        return Ok(());
    }
    let (alias, current, new) = (alias_name.to_owned(), current.name(), new.name());
    Err(KeyPropertyRefusal::AliasOfOtherKind { alias, current, key: target.arn().clone(), new }.into())
}

/// Refuses more aliases than a key can have.
pub(super) fn check_count(key: &KeyArn, aliases: usize) -> Result<()> {
    if aliases <= ALIASES_PER_KEY {
        return Ok(());
    }
    Err(KeyPropertyRefusal::TooManyAliases { key: key.clone(), count: aliases, limit: ALIASES_PER_KEY }.into())
}
