//! The key of a Region: the one named, else the one that was set, else the default key.

use super::{
    chosen_key::{ChosenKey, KeyOrigin},
    key_options::KeyOptions,
    known_keys::{KeyPurpose, KnownKeys, is_default_alias},
};
use crate::{
    arn::{AliasArn, KeyArn},
    error::{ErrorCode, KeyRefusal, ReplicaRefusal, Result},
    kms::{
        DEFAULT_KEY_ALIAS, EMBEDDED_PREFIX, EmbeddedKms,
        member_limits::{KMS_KEY_ID_LENGTH, check_length},
    },
    region::Region,
};

/// A Region to replicate to, as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicaRegion {
    /// The Region's name; checked with everything else.
    pub region: String,
    /// Key id, ARN, alias or alias ARN in that Region; `None` for the default key.
    pub kms_key_id: Option<String>,
}

impl ReplicaRegion {
    /// The Region, with its default key.
    #[must_use]
    pub fn new(region: impl Into<String>) -> Self {
        Self { region: region.into(), kms_key_id: None }
    }
}

/// Who names a Region's key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named<'a> {
    /// The command, or nobody.
    ByCaller(Option<&'a str>),
    /// The secret's record, which is only as trustworthy as its file; `None` for the default key.
    ByRecord(Option<&'a str>),
}

impl<'a> Named<'a> {
    pub(crate) const fn key_id(self) -> Option<&'a str> {
        match self {
            Self::ByCaller(key_id) | Self::ByRecord(key_id) => key_id,
        }
    }
}

/// Finds the key of a Region: the one named, else the one that was set as the Region's default, else `alias/aws/secretsmanager`, making that
/// (in memory) when it is needed for the first time. With AWS KMS there is no such last resort.
pub(crate) fn key_of_region(kms: &mut EmbeddedKms, keys: &KeyOptions, region: Region, named: Named<'_>) -> Result<ChosenKey> {
    let key_id = named.key_id();
    key_id.map_or(Ok(()), check_kms_key_id)?;
    let name = name_of_key(kms, region, key_id);
    let chosen = match (&keys.online, named) {
        (None, _) => find_here(kms, region, &name)?,
        (Some(_), Named::ByRecord(_)) => find_recorded(kms, keys, region, &name)?,
        (Some(_), Named::ByCaller(_)) => find_named(kms, keys, region, &name, key_id)?,
    };
    tracing::debug!(%region, key = %chosen.arn, "key resolved");
    Ok(chosen)
}

/// Lengths count characters, as in AWS; an empty one means the default key.
fn check_kms_key_id(key_id: &str) -> Result<()> {
    check_length("kmsKeyId", key_id.chars().count(), &KMS_KEY_ID_LENGTH)
}

/// The key as the user named it; else the one that was set as the Region's default, else the default alias.
pub(crate) fn name_of_key(kms: &EmbeddedKms, region: Region, key_id: Option<&str>) -> String {
    // AWS: an empty KmsKeyId means the default key.
    let named = key_id.filter(|key_id| !key_id.is_empty()).map(str::to_owned);
    named.or_else(|| Some(kms.chosen_default_key(region)?.to_string())).unwrap_or_else(|| DEFAULT_KEY_ALIAS.to_owned())
}

/// Without AWS KMS.
fn find_here(kms: &mut EmbeddedKms, region: Region, name: &str) -> Result<ChosenKey> {
    kms.require_enabled(region)?;
    if means_default_key(kms, region, name) {
        let arn = kms.ensure_default_key(region)?;
        kms.check_usable(&arn)?;
        return Ok(ChosenKey { arn, name: name.to_owned(), origin: KeyOrigin::of_embedded(name) });
    }
    let found = KnownKeys { kms, online: None }.find(region, name, KeyPurpose::Wrap);
    let is_default = kms.chosen_default_key(region).is_some_and(|key| key.to_string() == name);
    match found {
        Err(error) if is_default && error.code() == Some(ErrorCode::NotFoundException) => {
            Err(KeyRefusal::DefaultInAws(name.to_owned()).into())
        }
        found => found,
    }
}

/// With AWS KMS, the key that a command names, or that was set as the Region's default.
fn find_named(kms: &mut EmbeddedKms, keys: &KeyOptions, region: Region, name: &str, key_id: Option<&str>) -> Result<ChosenKey> {
    if is_embedded_default(name) {
        return find_here(kms, region, name);
    }
    if name == DEFAULT_KEY_ALIAS && key_id.is_none_or(str::is_empty) {
        return Err(ReplicaRefusal::NoKeyNamed(region).into());
    }
    keys.known(kms).find(region, name, KeyPurpose::Wrap)
}

/// With AWS KMS, the key on record: the keystore's, or one of the configured account.
fn find_recorded(kms: &mut EmbeddedKms, keys: &KeyOptions, region: Region, name: &str) -> Result<ChosenKey> {
    if name == DEFAULT_KEY_ALIAS && kms.default_key(region).is_none() {
        return Err(ReplicaRefusal::NoKeyNamed(region).into());
    }
    if let Ok(found) = find_here(kms, region, name) {
        return Ok(found);
    }
    // Nothing is asked of a key of whose account only the record speaks.
    if let Ok(arn) = name.parse::<KeyArn>()
        && !keys.known(kms).has(&arn)
        && *arn.account() != keys.account
    {
        return Err(ReplicaRefusal::KeyOfOtherAccount(arn).into());
    }
    let found = keys.known(kms).find(region, name, KeyPurpose::Wrap)?;
    if !matches!(found.origin, KeyOrigin::Aws { .. }) || *found.arn.account() == keys.account {
        return Ok(found);
    }
    Err(ReplicaRefusal::KeyOfOtherAccount(found.arn).into())
}

/// True for a name that may mean a key that is made at first need.
#[cfg(feature = "cli")]
pub(crate) fn names_default_key(name: &str) -> bool {
    name.is_empty() || is_default_alias(name.strip_prefix(EMBEDDED_PREFIX).unwrap_or(name))
}

/// True for the name of the key that is made at first need, and for its alias's ARN in this keystore.
fn means_default_key(kms: &EmbeddedKms, region: Region, name: &str) -> bool {
    let alias = name.strip_prefix(EMBEDDED_PREFIX).unwrap_or(name);
    let is_own = |arn: &AliasArn| arn.region() == region && arn.account() == kms.account();
    is_default_alias(alias) && alias.parse::<AliasArn>().as_ref().map_or(true, is_own)
}

/// True for the default alias behind `embedded:`.
fn is_embedded_default(name: &str) -> bool {
    name.strip_prefix(EMBEDDED_PREFIX) == Some(DEFAULT_KEY_ALIAS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorCode};

    #[test]
    fn a_key_id_has_at_most_2048_characters() {
        for length in [0, 2048] {
            check_kms_key_id(&"é".repeat(length)).expect("allowed");
        }
        match check_kms_key_id(&"é".repeat(2049)).expect_err("refused") {
            Error::Service(error) => {
                assert_eq!(error.code(), ErrorCode::ValidationException);
                let message = error.to_string();
                assert!(message.ends_with("Member must have length less than or equal to 2048"), "{message}");
            }
            other => panic!("{other}"),
        }
    }
}
