//! Public keys of keys in AWS KMS, imported from the answers of
//! [GetPublicKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html). They wrap data keys here; only AWS KMS
//! unwraps them.
//!
//! Imports never shadow: in a Region an id or an alias belongs to one key, embedded or imported.

mod answer;
mod describe;
mod file;
mod import;
#[cfg(test)]
mod tests;

pub use answer::KmsPublicKey;
pub use describe::{ImportedKeyMetadata, KeyDescription};
#[doc(hidden)]
pub use file::check_public_key_file;
pub use file::{NamedKey, PublicKeyFile};
pub use import::{ImportPublicKeys, ImportedAlias, ImportedPublicKey, ImportedPublicKeys, WhatHappened};

use super::{EmbeddedKms, embedded::lookup::Kinds};
use crate::{
    arn::KeyArn,
    crypto::EcPublicKey,
    error::{Error, ErrorCode, Result},
    region::Region,
    timestamp::Timestamp,
};

/// A public key with what is known of its import.
#[derive(Debug, Clone)]
pub(super) struct ImportedKey {
    pub(super) public_key: KmsPublicKey,
    pub(super) import_date: Timestamp,
}

impl EmbeddedKms {
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

    /// Removes an imported public key, named by key id or key ARN, with its aliases. What was wrapped under it still opens in AWS.
    ///
    /// # Errors
    /// `UnsupportedOperationException` for an embedded key; as for [`EmbeddedKms::resolve`].
    pub fn delete_public_key(&mut self, region: Region, key_id: &str) -> Result<KeyArn> {
        let arn = self.resolve_key_only(region, key_id)?;
        if !self.is_imported(&arn) {
            let message = format!("{arn} is an embedded key; 'coldseal kms schedule-key-deletion' deletes it");
            return Err(Error::service(ErrorCode::UnsupportedOperationException, message));
        }
        let state = self.region_mut(region)?;
        state.imported.remove(arn.key_id());
        state.aliases.retain(|_, alias| alias.target_key_id != arn.key_id());
        state.default_key_id.take_if(|key_id| key_id == arn.key_id());
        Ok(arn)
    }

    /// The key under this ARN, unless an embedded one has it too.
    pub(super) fn only_imported(&self, arn: &KeyArn) -> Option<&ImportedKey> {
        self.imported_key(arn).filter(|_| self.embedded_arn(arn).is_none())
    }

    /// The ARNs of all imported public keys.
    pub(super) fn imported_arns(&self) -> Vec<KeyArn> {
        self.regions.values().flat_map(|state| state.imported.values()).map(|imported| imported.public_key.arn().clone()).collect()
    }

    /// The imported public keys that are this point: of a multi-Region key one in each Region.
    pub(super) fn imported_with_point(&self, point: &EcPublicKey) -> Vec<KeyArn> {
        let der = point.to_spki_der();
        let imported = self.regions.values().flat_map(|state| state.imported.values()).map(|imported| &imported.public_key);
        imported.filter(|key| key.der() == der).map(|key| key.arn().clone()).collect()
    }

    pub(super) fn imported_key(&self, arn: &KeyArn) -> Option<&ImportedKey> {
        let imported = self.regions.get(&arn.region())?.imported.get(arn.key_id())?;
        (imported.public_key.arn() == arn).then_some(imported)
    }

    /// The ARN of the key with this id, embedded or imported; an id that nothing has is taken for an embedded one.
    pub(super) fn arn_of_id(&self, region: Region, key_id: &str) -> KeyArn {
        let state = self.regions.get(&region);
        match state.and_then(|state| state.imported.get(key_id)) {
            Some(imported) if !state.is_some_and(|state| state.keys.contains_key(key_id)) => imported.public_key.arn().clone(),
            _ => self.key_arn(region, key_id),
        }
    }

    /// The one key that fits: embedded, or imported where that is allowed; `None` when there is neither.
    pub(super) fn one_of(&self, name: &str, region: Region, fitting: Fitting<'_>, kinds: Kinds) -> Result<Option<KeyArn>> {
        let state = self.regions.get(&region);
        let (embedded, imported) = match fitting {
            Fitting::Id(key_id) => (
                state.filter(|state| state.keys.contains_key(key_id)).map(|_| self.key_arn(region, key_id)),
                state.and_then(|state| state.imported.get(key_id)).map(|imported| imported.public_key.arn().clone()),
            ),
            Fitting::Arn(arn) => (self.embedded_arn(arn), self.imported_key(arn).map(|_| arn.clone())),
        };
        match (embedded, imported.filter(|_| kinds == Kinds::Any)) {
            (Some(_), Some(_)) => {
                let name = name.escape_debug();
                let message =
                    format!("{name} is an embedded key and an imported public key in {region}: 'embedded:{name}' names the first");
                Err(Error::service(ErrorCode::ValidationException, message))
            }
            (embedded, imported) => Ok(embedded.or(imported)),
        }
    }

    /// The ARN, if an embedded key has it.
    fn embedded_arn(&self, arn: &KeyArn) -> Option<KeyArn> {
        (arn.account() == &self.account && self.stored_key(arn).is_some()).then(|| arn.clone())
    }
}

/// What [`EmbeddedKms::one_of`] looks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fitting<'a> {
    Id(&'a str),
    Arn(&'a KeyArn),
}

/// The refusal of what takes more than a public key.
pub(super) fn only_aws_kms(arn: &KeyArn, operation: Option<&str>) -> Error {
    let what = operation.map_or_else(String::new, |operation| format!("{operation} on "));
    let message = format!("{what}{arn} is for AWS KMS alone: here is only the key's public part, which was imported");
    Error::service(ErrorCode::UnsupportedOperationException, message)
}
