//! AWS KMS discovery keyrings (specification, "AWS KMS Keyring", "AWS KMS MRK Discovery Keyring"): the message says which key unwraps it.
//!
//! A message can name any key in the world. With a filter only keys of some accounts of one partition are asked, so that nobody's message makes
//! a KMS of somebody else vouch for its content.

use super::{KeyDirectory, Keyring, Kms, UnwrapBudget, Unwrapped, aws_kms::unwrap, budget::Budgeted, kms_interface::Choice};
use crate::{
    arn::{AccountId, KeyArn},
    crypto::{EcPublicKey, Random},
    error::{Error, PassedOver, Result},
    format::{EncryptedDataKey, EncryptionContext},
    region::{Partition, Region},
    secret::DataKey,
};

/// Whose keys a discovery keyring asks: those of these accounts in one partition (specification, "Discovery Filter").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveryFilter {
    partition: Partition,
    accounts: Vec<AccountId>,
    keys: Vec<KeyArn>,
}

impl DiscoveryFilter {
    /// A filter that lets these accounts' keys pass.
    #[must_use]
    pub const fn new(partition: Partition, accounts: Vec<AccountId>) -> Self {
        Self { partition, accounts, keys: Vec::new() }
    }

    /// Lets these keys pass too, whoever's they are.
    #[must_use]
    pub fn with_keys(self, keys: Vec<KeyArn>) -> Self {
        Self { keys, ..self }
    }

    /// True for a key that may be asked.
    #[must_use]
    pub fn admits(&self, key: &KeyArn) -> bool {
        self.why_not(key).is_none()
    }

    fn why_not(&self, key: &KeyArn) -> Option<PassedOver> {
        let (partition, account) = (key.region().partition(), key.account());
        if self.keys.contains(key) || partition == self.partition && self.accounts.contains(account) {
            return None;
        }
        let account = account.clone();
        Some(if self.accounts.contains(&account) {
            PassedOver::OtherPartition { account, partition }
        } else {
            PassedOver::OtherAccount { account, partition }
        })
    }
}

/// Unwraps with whichever key an EDK names, of every kind, or a related multi-Region key that is at hand; wraps nothing.
pub struct AwsKmsDiscoveryKeyring<'a> {
    kms: &'a dyn Kms,
    directory: Option<&'a dyn KeyDirectory>,
    filter: Option<DiscoveryFilter>,
    region: Option<Region>,
}

impl<'a> AwsKmsDiscoveryKeyring<'a> {
    /// A keyring for all keys of a KMS that is its own directory. For a KMS that is called over a network, see
    /// [`AwsKmsDiscoveryKeyring::with_filter`].
    #[must_use]
    pub fn new<K: Kms + KeyDirectory>(kms: &'a K) -> Self {
        Self { kms, directory: Some(kms), filter: None, region: None }
    }

    /// A keyring for the keys of `kms` that the filter lets pass. What it does not is told where no other key opens the message. Without a
    /// directory each key is asked under the ARN that the message has, and EDKs of ECDH, which have none, are left alone.
    #[must_use]
    pub fn with_filter(kms: &'a dyn Kms, filter: DiscoveryFilter) -> Self {
        Self { kms, directory: None, filter: Some(filter), region: None }
    }

    /// Finds keys in this directory. A key that it knows by its point is asked whatever the filter says.
    #[must_use]
    pub fn with_directory(self, directory: &'a dyn KeyDirectory) -> Self {
        Self { directory: Some(directory), ..self }
    }

    /// Asks keys of one Region only: of a multi-Region key the one there, whichever the message names; of the others those of the Region.
    /// Without this, each key is asked in the Region of its ARN.
    #[must_use]
    pub fn in_region(self, region: Region) -> Self {
        Self { region: Some(region), ..self }
    }

    /// The key to ask where a message names `named`.
    fn choose(&self, named: &KeyArn) -> Choice {
        match self.filter.as_ref().and_then(|filter| filter.why_not(named)) {
            Some(reason) => Choice::PassOver(reason),
            None => self.place(named),
        }
    }

    /// The key in the Region that is asked.
    fn place(&self, key: &KeyArn) -> Choice {
        let Some(region) = self.region.filter(|region| *region != key.region()) else {
            return Choice::Key(self.directory.map_or_else(|| key.clone(), |directory| directory.key_for_decrypt(key)));
        };
        let there = KeyArn::new(region, key.account().clone(), key.key_id());
        if there.matches_for_decrypt(key) {
            return Choice::Key(there);
        }
        Choice::PassOver(PassedOver::OtherRegion { region: key.region(), asked: region })
    }

    /// The key to ask where a message names a point. It is known to the directory, not to the message: the filter is not for it.
    fn find(&self, point: &EcPublicKey) -> Choice {
        let known = self.directory.and_then(|directory| directory.key_with_public_key(point));
        known.map_or(Choice::Other, |known| self.place(&known))
    }
}

impl Keyring for AwsKmsDiscoveryKeyring<'_> {
    fn wrap(&self, _: &DataKey, _: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        Err(Error::Misuse("a discovery keyring has no key to wrap under"))
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.unwrap_within(edk, context, &UnwrapBudget::default())
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        unwrap(&Budgeted { kms: self.kms, budget }, edk, context, |named| self.choose(named), |point| self.find(point))
    }

    fn is_online(&self) -> bool {
        self.kms.is_online()
    }
}
