//! The keys that a command may mean: those of the keystore, and with AWS KMS at hand those there.

use super::chosen_key::{ChosenKey, KeyOrigin};
use crate::{
    arn::{AliasArn, KeyArn},
    error::{Error, ErrorCode, KeyRefusal, Result, SetupError},
    keyring::{Keyring, RsaEncryptionAlgorithm},
    kms::{
        DEFAULT_KEY_ALIAS, EmbeddedKms, KeySpec, OnlineKms,
        aws::{OnlineWrappingKeyring, find_key},
        is_written_as_embedded,
        key_id::is_key_id,
    },
    region::Region,
};

/// What a key is looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPurpose {
    /// Data keys are to be wrapped under it.
    Wrap,
    /// Data keys are to be unwrapped with it: whether it can is for AWS KMS to say.
    #[cfg(feature = "cli")]
    Unwrap,
}

/// The keystore, and AWS KMS where it is at hand.
#[derive(Clone, Copy)]
pub(crate) struct KnownKeys<'a> {
    pub(crate) kms: &'a EmbeddedKms,
    pub(crate) online: Option<&'a dyn OnlineKms>,
}

impl<'a> KnownKeys<'a> {
    /// The one key that a key id, key ARN, alias name or alias ARN names in a Region, and that can be used.
    ///
    /// AWS KMS is not asked for a key ARN that is to unwrap, nor for a key id that the keystore has; for an alias it is, since both can have it.
    pub(crate) fn find(&self, region: Region, name: &str, purpose: KeyPurpose) -> Result<ChosenKey> {
        let here = self.kms.resolve(region, name);
        let Some(online) = self.online.filter(|_| !is_written_as_embedded(name)) else { return self.usable(name, here?, purpose) };
        if is_default_alias(name) {
            return Err(KeyRefusal::OfSecretsManager(DEFAULT_KEY_ALIAS).into());
        }
        if let Ok(arn) = name.parse::<KeyArn>() {
            same_region(region, arn.region())?;
            return match purpose {
                _ if self.has(&arn) => self.usable(name, here?, purpose),
                KeyPurpose::Wrap => found_in_aws(online, region, name),
                #[cfg(feature = "cli")]
                KeyPurpose::Unwrap => Ok(in_aws(name, arn, None)),
            };
        }
        let alias_arn = name.parse::<AliasArn>().ok();
        alias_arn.as_ref().map_or(Ok(()), |arn| same_region(region, arn.region()))?;
        let here = match here {
            Ok(key) if is_key_id(name) => return self.usable(name, key, purpose),
            Ok(key) => Some(key),
            Err(error) if is_malformed(name) || !is_absence(&error) => return Err(error),
            Err(_) => None,
        };
        match (here, online.describe_key(region, name)) {
            (Some(here), Ok(there)) if here != there.arn => Err(self.ambiguous(name, &here, &there.arn)),
            (Some(here), Ok(_)) => self.usable(name, here, purpose),
            (Some(here), Err(error)) if is_absence(&error) => self.usable(name, here, purpose),
            (None, Ok(there)) if self.has(&there.arn) => self.usable(name, there.arn, purpose),
            (None, Ok(there)) => {
                same_region(region, there.arn.region())?;
                match purpose {
                    KeyPurpose::Wrap => found_in_aws(online, region, name),
                    #[cfg(feature = "cli")]
                    KeyPurpose::Unwrap => Ok(in_aws(name, there.arn, None)),
                }
            }
            (_, Err(error)) => Err(error),
        }
    }

    /// True for a key of the keystore, embedded or imported.
    pub(crate) fn has(&self, key: &KeyArn) -> bool {
        self.kms.is_imported(key) || key.account() == self.kms.account() && self.kms.stored_key(key).is_some()
    }

    /// Wraps data keys under a key that was found.
    pub(crate) fn keyring(&self, key: &KeyArn, algorithm: RsaEncryptionAlgorithm) -> Box<dyn Keyring + 'a> {
        match self.online.filter(|_| !self.has(key)) {
            Some(online) => Box::new(OnlineWrappingKeyring::new(online, key.clone(), algorithm)),
            None => self.kms.keyring_with(key.clone(), algorithm),
        }
    }

    /// The key spec, as far as it is known without a call.
    pub(super) fn spec(&self, key: &KeyArn) -> Option<KeySpec> {
        self.kms.key_spec(key).or_else(|| self.online?.described_key(key)?.wrapping_spec())
    }

    fn usable(&self, name: &str, arn: KeyArn, purpose: KeyPurpose) -> Result<ChosenKey> {
        if purpose == KeyPurpose::Wrap {
            self.kms.check_usable(&arn)?;
        }
        let origin = if self.kms.is_imported(&arn) { KeyOrigin::Imported } else { KeyOrigin::of_embedded(name) };
        Ok(ChosenKey { arn, name: name.to_owned(), origin })
    }

    fn ambiguous(&self, name: &str, here: &KeyArn, there: &KeyArn) -> Error {
        let (name, is_imported) = (name.escape_debug().to_string(), self.kms.is_imported(here));
        let (here, there) = (here.clone(), there.clone());
        if is_imported { KeyRefusal::ImportedAndInAws { name, here, there } } else { KeyRefusal::EmbeddedAndInAws { name, here, there } }
            .into()
    }
}

/// A key that AWS KMS finds, to wrap under.
fn found_in_aws(online: &dyn OnlineKms, region: Region, name: &str) -> Result<ChosenKey> {
    find_key(online, region, name).map(|(arn, spec)| in_aws(name, arn, spec))
}

fn in_aws(name: &str, arn: KeyArn, spec: Option<KeySpec>) -> ChosenKey {
    ChosenKey { arn, name: name.to_owned(), origin: KeyOrigin::Aws { spec } }
}

/// True for the name, and for an ARN, of the key that Secrets Manager alone may use.
pub(super) fn is_default_alias(name: &str) -> bool {
    name == DEFAULT_KEY_ALIAS || name.parse::<AliasArn>().is_ok_and(|arn| arn.alias() == DEFAULT_KEY_ALIAS)
}

/// A name that no key can have, which AWS KMS need not be asked for.
fn is_malformed(name: &str) -> bool {
    !(name.starts_with("alias/") || name.parse::<AliasArn>().is_ok() || is_key_id(name))
}

/// No such key, or for the keystore no such Region.
fn is_absence(error: &Error) -> bool {
    error.code() == Some(ErrorCode::NotFoundException) || matches!(error, Error::Setup(SetupError::RegionNotEnabled(_)))
}

fn same_region(region: Region, named: Region) -> Result<()> {
    if region == named {
        return Ok(());
    }
    Err(KeyRefusal::NotOfRegion { named, asked: region }.into())
}
