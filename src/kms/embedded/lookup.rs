//! From what a user names a key by to the key.

use std::borrow::Cow;

use super::{
    alias_name,
    key::Key,
    key_handle::{AnyKey, KeyMut, KeyRef},
    key_state::Standing,
    state::EmbeddedKms,
};
use crate::{
    arn::{AliasArn, KeyArn},
    error::{Error, KeyRefusal, Result},
    kms::{
        imported::{ImportedKey, KmsPublicKey},
        key_id::is_key_id,
    },
    region::Region,
};

/// Says that a name is one of the embedded KMS, where keys of another kind could be meant too.
pub(crate) const EMBEDDED_PREFIX: &str = "embedded:";

/// Which keys a name may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kinds {
    /// Embedded keys, and imported public keys.
    Any,
    /// What [`EMBEDDED_PREFIX`] stands before.
    Embedded,
}

/// What [`EmbeddedKms::one_of`] looks for.
#[derive(Debug, Clone, Copy)]
enum Fitting<'a> {
    Id(&'a str),
    Arn(&'a KeyArn),
}

/// A key that fits, deleted or not.
enum Fit<'a> {
    Embedded(KeyArn, &'a Key),
    Imported(&'a ImportedKey),
}

impl EmbeddedKms {
    /// The key, embedded or imported, that a key id, key ARN, alias name or alias ARN names in a Region; with `embedded:` before the name only
    /// embedded keys are looked at.
    ///
    /// # Errors
    /// `NotFoundException` and `InvalidArnException` with AWS's messages; `ValidationException` for a name that fits a key of either kind;
    /// a Region that is not enabled.
    pub fn resolve(&self, region: Region, key_id: &str) -> Result<KeyArn> {
        match self.by_alias(region, key_id)? {
            Some(Fit::Embedded(arn, _)) => Ok(arn),
            Some(Fit::Imported(imported)) => Ok(imported.public_key.arn().clone()),
            None => self.named_by_id(region, key_id).map(AnyKey::into_arn),
        }
    }

    /// As [`EmbeddedKms::resolve`], to hold.
    pub(super) fn named(&self, region: Region, key_id: &str) -> Result<AnyKey<'_>> {
        match self.by_alias(region, key_id)? {
            Some(fit) => self.require_there(fit),
            None => self.named_by_id(region, key_id),
        }
    }

    /// As [`EmbeddedKms::named`] for a key id or key ARN, which is what the management operations take.
    pub(super) fn named_by_id(&self, region: Region, key_id: &str) -> Result<AnyKey<'_>> {
        self.require_enabled(region)?;
        let (name, kinds) = split_prefix(key_id);
        let (arn, fit) = if let Ok(arn) = name.parse::<KeyArn>() {
            same_region(region, arn.region())?;
            let fit = self.one_of(name, region, Fitting::Arn(&arn), kinds)?;
            (arn, fit)
        } else if is_key_id(name) {
            (self.key_arn(region, name), self.one_of(name, region, Fitting::Id(name), kinds)?)
        } else if name.starts_with("arn:") && name.parse::<AliasArn>().is_err() {
            return Err(KeyRefusal::InvalidArn(name.to_owned()).into());
        } else {
            return Err(KeyRefusal::InvalidKeyId(name.to_owned()).into());
        };
        match fit {
            Some(fit) => self.require_there(fit),
            None if kinds == Kinds::Embedded => Err(KeyRefusal::NotEmbedded(arn).into()),
            None => Err(KeyRefusal::NotFound(arn).into()),
        }
    }

    /// The embedded key that a key id or key ARN names.
    pub(super) fn embedded_key(&self, region: Region, key_id: &str) -> Result<KeyRef<'_>> {
        self.named_by_id(region, key_id)?.embedded(None)
    }

    /// The embedded key with this id; `None` where there never was one.
    pub(super) fn key_of_id(&self, region: Region, key_id: &str) -> Result<Option<KeyRef<'_>>> {
        let key = self.region(region)?.and_then(|state| state.keys.get(key_id));
        key.map(|key| self.not_deleted(Cow::Owned(self.key_arn(region, key_id)), key)).transpose()
    }

    /// The customer managed key that a key id or key ARN names.
    pub(super) fn customer_key(&self, region: Region, key_id: &str, operation: &str) -> Result<KeyRef<'_>> {
        let key = self.named_by_id(region, key_id)?.embedded(Some(operation))?;
        key.require_customer_managed(operation)?;
        Ok(key)
    }

    /// As [`EmbeddedKms::customer_key`], to be changed.
    pub(super) fn customer_key_mut(&mut self, region: Region, key_id: &str, operation: &str) -> Result<KeyMut<'_>> {
        let arn = self.customer_key(region, key_id, operation)?.into_arn();
        Ok(self.held_mut(arn))
    }

    /// A key that is held already, to be changed.
    pub(super) fn held_mut(&mut self, held: KeyArn) -> KeyMut<'_> {
        let key = self.regions.get_mut(&held.region()).and_then(|state| state.keys.get_mut(held.key_id()));
        KeyMut::new(held, key.expect("a key that was just found is there"), &mut self.dirty)
    }

    /// The key under an ARN.
    pub(super) fn any_key<'a>(&'a self, arn: &'a KeyArn) -> Result<AnyKey<'a>> {
        if let Some(imported) = self.only_imported(arn) {
            return Ok(AnyKey::Imported(imported));
        }
        let state = self.region(arn.region())?.filter(|_| arn.account() == &self.account);
        let key = state.and_then(|state| state.keys.get(arn.key_id())).ok_or_else(|| KeyRefusal::NotFound(arn.clone()))?;
        self.not_deleted(Cow::Borrowed(arn), key).map(AnyKey::Embedded)
    }

    /// The embedded key under an ARN.
    pub(super) fn key<'a>(&'a self, arn: &'a KeyArn) -> Result<KeyRef<'a>> {
        self.any_key(arn)?.embedded(None)
    }

    /// True for a key whose private part only AWS KMS has.
    #[must_use]
    pub fn is_imported(&self, key: &KeyArn) -> bool {
        self.only_imported(key).is_some()
    }

    /// The public key that was imported under this ARN.
    #[must_use]
    pub fn imported_public_key(&self, key: &KeyArn) -> Option<&KmsPublicKey> {
        self.imported_key(key).map(|imported| &imported.public_key)
    }

    /// The key of an alias, deleted or not.
    pub(super) fn alias_target(&self, region: Region, name: &str) -> Result<KeyArn> {
        let alias = self.region(region)?.and_then(|state| state.aliases.get(name));
        let not_found = || alias_not_found(&self.alias_arn(region, name));
        alias.map(|alias| self.arn_of_id(region, &alias.target_key_id)).ok_or_else(not_found)
    }

    /// The ARN of an alias name that begins with `alias/`: in the account of its key, or of the keystore where there is none.
    pub(super) fn alias_arn(&self, region: Region, name: &str) -> AliasArn {
        let alias = self.regions.get(&region).and_then(|state| state.aliases.get(name));
        let key = alias.map(|alias| self.arn_of_id(region, &alias.target_key_id));
        let account = key.as_ref().map_or(&self.account, KeyArn::account).clone();
        AliasArn::new(region, account, name.strip_prefix(alias_name::PREFIX).unwrap_or(name))
    }

    /// The ARN of the key with this id, embedded or imported; an id that nothing has is taken for an embedded one.
    pub(super) fn arn_of_id(&self, region: Region, key_id: &str) -> KeyArn {
        let state = self.regions.get(&region);
        match state.and_then(|state| state.imported.get(key_id)) {
            Some(imported) if !state.is_some_and(|state| state.keys.contains_key(key_id)) => imported.public_key.arn().clone(),
            _ => self.key_arn(region, key_id),
        }
    }

    /// The key of an alias name or alias ARN; `None` for other names.
    fn by_alias(&self, region: Region, key_id: &str) -> Result<Option<Fit<'_>>> {
        self.require_enabled(region)?;
        let (name, kinds) = split_prefix(key_id);
        let alias = match name.parse::<AliasArn>() {
            Ok(arn) => {
                same_region(region, arn.region())?;
                if arn != self.alias_arn(region, &arn.alias()) {
                    return Err(alias_not_found(&arn));
                }
                arn.alias()
            }
            Err(_) if name.starts_with(alias_name::PREFIX) => name.to_owned(),
            Err(_) => return Ok(None),
        };
        let target = self.alias_target(region, &alias)?;
        let fit = self.one_of(name, region, Fitting::Id(target.key_id()), kinds)?;
        fit.map(Some).ok_or_else(|| alias_not_found(&self.alias_arn(region, &alias)))
    }

    /// The one key that fits: embedded, or imported where that is allowed; `None` when there is neither.
    fn one_of(&self, name: &str, region: Region, fitting: Fitting<'_>, kinds: Kinds) -> Result<Option<Fit<'_>>> {
        let state = self.regions.get(&region);
        let (embedded, imported) = match fitting {
            Fitting::Id(key_id) => {
                let key = state.and_then(|state| state.keys.get(key_id));
                let imported = state.and_then(|state| state.imported.get(key_id));
                (key.map(|key| Fit::Embedded(self.key_arn(region, key_id), key)), imported)
            }
            Fitting::Arn(arn) => {
                let key = self.stored_under(arn);
                (key.map(|key| Fit::Embedded(arn.clone(), key)), self.imported_key(arn))
            }
        };
        match (embedded, imported.filter(|_| kinds == Kinds::Any)) {
            (Some(_), Some(_)) => Err(KeyRefusal::OfBothKinds { name: name.escape_debug().to_string(), region }.into()),
            (embedded, imported) => Ok(embedded.or(imported.map(Fit::Imported))),
        }
    }

    fn require_there<'a>(&'a self, fit: Fit<'a>) -> Result<AnyKey<'a>> {
        match fit {
            Fit::Embedded(arn, key) => self.not_deleted(Cow::Owned(arn), key).map(AnyKey::Embedded),
            Fit::Imported(imported) => Ok(AnyKey::Imported(imported)),
        }
    }

    fn not_deleted<'a>(&self, arn: Cow<'a, KeyArn>, key: &'a Key) -> Result<KeyRef<'a>> {
        match self.standing(arn.key_id(), key) {
            Standing::Deleted(date) => Err(KeyRefusal::Deleted { key: arn.into_owned(), date }.into()),
            _ => Ok(KeyRef::new(arn, key)),
        }
    }

    /// The key under this ARN, unless an embedded one has it too.
    fn only_imported(&self, arn: &KeyArn) -> Option<&ImportedKey> {
        self.imported_key(arn).filter(|_| self.stored_under(arn).is_none())
    }

    fn imported_key(&self, arn: &KeyArn) -> Option<&ImportedKey> {
        let imported = self.regions.get(&arn.region())?.imported.get(arn.key_id())?;
        (imported.public_key.arn() == arn).then_some(imported)
    }

    /// The embedded key under this ARN, deleted or not.
    fn stored_under(&self, arn: &KeyArn) -> Option<&Key> {
        self.stored_key(arn).filter(|_| arn.account() == &self.account)
    }
}

/// True when a name says that it means an embedded key.
#[must_use]
pub(crate) fn is_written_as_embedded(key_id: &str) -> bool {
    key_id.starts_with(EMBEDDED_PREFIX)
}

fn split_prefix(key_id: &str) -> (&str, Kinds) {
    key_id.strip_prefix(EMBEDDED_PREFIX).map_or((key_id, Kinds::Any), |name| (name, Kinds::Embedded))
}

fn same_region(region: Region, named: Region) -> Result<()> {
    if region == named { Ok(()) } else { Err(KeyRefusal::OtherRegion(named).into()) }
}

pub(super) fn alias_not_found(arn: &AliasArn) -> Error {
    KeyRefusal::AliasNotFound(arn.clone()).into()
}
