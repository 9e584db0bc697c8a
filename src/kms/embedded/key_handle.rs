//! A key that was looked up: what an operation holds until it is done.

use std::{borrow::Cow, ops::Deref};

use super::{
    key::{Key, KeyManager},
    key_pair::KeyPair,
    material::MaterialVersions,
};
use crate::{
    arn::KeyArn,
    error::{Error, KeyRefusal, KeyUseRefusal, Result},
    kms::{
        imported::ImportedKey,
        key_spec::{KeySpec, KeyUsage},
        public_key::PublicKey,
    },
};

/// An embedded key. Only a lookup makes one, and of a key that was deleted it makes none.
#[derive(Debug, Clone)]
pub(super) struct KeyRef<'a> {
    arn: Cow<'a, KeyArn>,
    key: &'a Key,
}

/// An embedded key, to be changed.
#[derive(Debug)]
pub(super) struct KeyMut<'a> {
    arn: KeyArn,
    key: &'a mut Key,
    is_state_dirty: &'a mut bool,
}

/// A key that a name can mean.
#[derive(Debug, Clone)]
pub(super) enum AnyKey<'a> {
    Embedded(KeyRef<'a>),
    /// Here is only its public part.
    Imported(&'a ImportedKey),
}

impl<'a> KeyRef<'a> {
    pub(super) const fn new(arn: Cow<'a, KeyArn>, key: &'a Key) -> Self {
        Self { arn, key }
    }

    pub(super) fn arn(&self) -> &KeyArn {
        &self.arn
    }

    pub(super) fn into_arn(self) -> KeyArn {
        self.arn.into_owned()
    }

    /// Refuses a key whose deletion is pending.
    pub(super) fn require_not_pending(&self) -> Result<()> {
        match self.key.deletion {
            None => Ok(()),
            Some(_) => Err(KeyRefusal::PendingDeletion(self.arn().clone()).into()),
        }
    }

    /// Refuses a key that is not enabled.
    pub(super) fn require_usable(&self) -> Result<()> {
        self.require_not_pending()?;
        if self.key.enabled { Ok(()) } else { Err(KeyRefusal::Disabled(self.arn().clone()).into()) }
    }

    /// Refuses what the key policy of an AWS managed key grants to nobody but its service.
    pub(super) fn require_customer_managed(&self, operation: &str) -> Result<()> {
        match self.key.manager {
            KeyManager::Customer => Ok(()),
            KeyManager::Aws => Err(KeyRefusal::AwsManaged { key: self.arn().clone(), operation: operation.to_owned() }.into()),
        }
    }

    /// Refuses a key whose usage is another one.
    pub(super) fn require_usage(&self, needed: KeyUsage, operation: &str) -> Result<()> {
        let usage = self.spec().usage();
        if usage == needed {
            return Ok(());
        }
        let (key, usage, operation) = (self.arn().clone(), usage.name(), operation.to_owned());
        Err(KeyUseRefusal::Usage { key, usage, operation }.into())
    }

    pub(super) const fn spec(&self) -> KeySpec {
        self.key.material.spec()
    }

    /// The versions of a symmetric key's material.
    pub(super) const fn materials(&self) -> Option<&'a MaterialVersions> {
        self.key.material.symmetric()
    }

    /// The key pair of an asymmetric key.
    pub(super) const fn key_pair(&self) -> Option<&'a KeyPair> {
        self.key.material.key_pair()
    }

    /// What an operation for another kind of key says.
    pub(super) fn unsupported(&self, operation: &str) -> Error {
        let (key, spec, operation) = (self.arn().clone(), self.spec().name(), operation.to_owned());
        KeyUseRefusal::Spec { key, spec, operation }.into()
    }
}

impl Deref for KeyRef<'_> {
    type Target = Key;

    fn deref(&self) -> &Key {
        self.key
    }
}

impl<'a> KeyMut<'a> {
    pub(super) const fn new(arn: KeyArn, key: &'a mut Key, is_state_dirty: &'a mut bool) -> Self {
        Self { arn, key, is_state_dirty }
    }

    pub(super) const fn as_ref(&self) -> KeyRef<'_> {
        KeyRef { arn: Cow::Borrowed(&self.arn), key: self.key }
    }

    pub(super) fn into_arn(self) -> KeyArn {
        self.arn
    }

    /// The caller changes the key, and the state differs from the keystore file from then on.
    pub(super) const fn change(&mut self) -> &mut Key {
        *self.is_state_dirty = true;
        self.key
    }
}

impl Deref for KeyMut<'_> {
    type Target = Key;

    fn deref(&self) -> &Key {
        self.key
    }
}

impl<'a> AnyKey<'a> {
    pub(super) fn arn(&self) -> &KeyArn {
        match self {
            Self::Embedded(key) => key.arn(),
            Self::Imported(imported) => imported.public_key.arn(),
        }
    }

    pub(super) fn into_arn(self) -> KeyArn {
        match self {
            Self::Embedded(key) => key.into_arn(),
            Self::Imported(imported) => imported.public_key.arn().clone(),
        }
    }

    pub(super) const fn spec(&self) -> KeySpec {
        match self {
            Self::Embedded(key) => key.spec(),
            Self::Imported(imported) => imported.public_key.key_spec(),
        }
    }

    /// The public part of an asymmetric key.
    pub(super) fn public_key(&self) -> Option<&'a PublicKey> {
        match self {
            Self::Embedded(key) => Some(key.key_pair()?.public_key()),
            Self::Imported(imported) => Some(imported.public_key.public_key()),
        }
    }

    /// The embedded key; what takes more than a public key is refused for an imported one, by the operation's name if there is one.
    pub(super) fn embedded(self, operation: Option<&str>) -> Result<KeyRef<'a>> {
        match self {
            Self::Embedded(key) => Ok(key),
            Self::Imported(imported) => {
                let (key, operation) = (imported.public_key.arn().clone(), operation.map(str::to_owned));
                Err(KeyRefusal::PublicPartOnly { key, operation }.into())
            }
        }
    }

    /// Refuses what the key policy of an AWS managed key grants to nobody but its service. An imported public key is of a customer managed key: only those
    /// are asymmetric.
    pub(super) fn require_customer_managed(&self, operation: &str) -> Result<()> {
        match self {
            Self::Embedded(key) => key.require_customer_managed(operation),
            Self::Imported(_) => Ok(()),
        }
    }

    /// Refuses a key that nothing can be wrapped under now. An imported public key wraps whatever its state in AWS is.
    pub(super) fn require_usable(&self) -> Result<()> {
        match self {
            Self::Embedded(key) => key.require_usable(),
            Self::Imported(_) => Ok(()),
        }
    }
}
