//! What opens existing bundles: keys at hand first, AWS KMS last.

use std::collections::HashSet;

use super::{edk_record::EdkRecord, record::BundleRecord, record_text::RecordText};
use crate::{
    keyring::{AwsKmsDiscoveryKeyring, Keyring},
    kms::{
        EmbeddedKms, OnlineKeyring, OnlineKms, OnlineOpening,
        key_choice::{KeyOptions, RecoveryKey},
    },
    region::Region,
};

/// The keyrings for bundles.
pub(crate) struct Openers<'a> {
    here: Vec<Box<dyn Keyring + 'a>>,
    online: Option<OnlineOpener<'a>>,
}

#[derive(Clone, Copy)]
struct OnlineOpener<'a> {
    online: &'a dyn OnlineKms,
    kms: Option<&'a EmbeddedKms>,
    opening: &'a OnlineOpening,
}

/// Which of the keyrings are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those that make no call.
    Here,
    /// All.
    Everywhere,
}

impl<'a> Openers<'a> {
    /// These keyrings alone.
    pub(crate) fn of(keyrings: &'a [&'a dyn Keyring]) -> Self {
        Self { here: keyrings.iter().map(|keyring| Box::new(*keyring) as Box<dyn Keyring>).collect(), online: None }
    }

    /// These keyrings, the keystore's keys, and AWS KMS where the options have it.
    pub(crate) fn new(here: Vec<Box<dyn Keyring + 'a>>, kms: Option<&'a EmbeddedKms>, keys: &'a KeyOptions) -> Self {
        let online = keys.online.as_deref().map(|online| OnlineOpener { online, kms, opening: &keys.online_opening });
        Self { here, online }
    }

    /// How far there is to go: everywhere only where there is somewhere else.
    pub(crate) fn reaches(&self) -> impl Iterator<Item = Reach> {
        [Reach::Here, Reach::Everywhere].into_iter().filter(|reach| self.online.is_some() || *reach == Reach::Here)
    }

    /// The farthest of [`Openers::reaches`].
    pub(crate) fn farthest(&self) -> Reach {
        if self.online.is_some() { Reach::Everywhere } else { Reach::Here }
    }

    /// Hands the keyrings for a bundle, or for a message of which nothing is on record, to `open`.
    pub(crate) fn with<T>(&self, reach: Reach, bundle: Option<&BundleRecord>, open: impl FnOnce(&[&dyn Keyring]) -> T) -> T {
        let place: Option<(Region, _)> = bundle.map(|bundle| (bundle.region, bundle.kms_key_id.parse().ok()));
        let online = self.online.filter(|_| reach == Reach::Everywhere);
        let online = online.map(|OnlineOpener { online, kms, opening }| OnlineKeyring::new(online, kms, opening, place));
        let mut keyrings: Vec<&dyn Keyring> = self.here.iter().map(|keyring| &**keyring as &dyn Keyring).collect();
        keyrings.extend(online.as_ref().map(|online| online as &dyn Keyring));
        open(&keyrings)
    }
}

impl KeyOptions {
    /// What opens existing bundles.
    pub(crate) fn openers<'a>(&'a self, kms: Option<&'a EmbeddedKms>) -> Openers<'a> {
        let mut keyrings: Vec<Box<dyn Keyring + 'a>> = Vec::new();
        if let Some(kms) = kms {
            keyrings.push(Box::new(AwsKmsDiscoveryKeyring::new(kms)));
        }
        for keyring in &self.open_with {
            keyrings.push(Box::new(&**keyring));
        }
        for recovery_key in &self.recovery_keys {
            if let RecoveryKey::Keyring(keyring) = recovery_key {
                keyrings.push(Box::new(&**keyring));
            }
        }
        Openers::new(keyrings, kms, self)
    }

    /// True where the keystore has a key that opens the bundle, or AWS KMS is at hand and may be asked for one.
    pub(crate) fn can_open<T: RecordText>(&self, kms: Option<&EmbeddedKms>, bundle: &BundleRecord<T>) -> bool {
        let edks = &bundle.encrypted_data_keys;
        if kms.is_some_and(|kms| can_unwrap(kms, bundle.kms_key_id.as_ref()) || edks.iter().any(|edk| edk.opens_with(kms))) {
            return true;
        }
        let mut named = bundle.kms_key_id.as_ref().parse().ok().into_iter().chain(edks.iter().filter_map(EdkRecord::key_arn));
        self.online.is_some() && named.any(|key| self.online_opening.admits(kms, bundle.region, &key))
    }
}

/// The same for many bundles, most of them under keys that are here.
pub(super) struct KnownOpeners<'a> {
    kms: Option<&'a EmbeddedKms>,
    keys: &'a KeyOptions,
    /// The ARNs of embedded keys that can be used.
    usable: HashSet<String>,
}

impl<'a> KnownOpeners<'a> {
    pub(super) fn new(kms: Option<&'a EmbeddedKms>, keys: &'a KeyOptions) -> Self {
        Self { kms, keys, usable: kms.into_iter().flat_map(EmbeddedKms::usable_arns).map(|arn| arn.to_string()).collect() }
    }

    /// As [`KeyOptions::can_open`].
    pub(super) fn can_open<T: RecordText>(&self, bundle: &BundleRecord<T>) -> bool {
        self.usable.contains(bundle.kms_key_id.as_ref()) || self.keys.can_open(self.kms, bundle)
    }
}

fn can_unwrap(kms: &EmbeddedKms, key: &str) -> bool {
    key.parse().is_ok_and(|key| kms.can_unwrap(&key))
}
