//! AWS KMS discovery keyrings (specification, "AWS KMS Keyring", "AWS KMS MRK Discovery Keyring"): the message says which key unwraps it.
//!
//! A message can name any key in the world. With a filter only keys of some accounts of one partition are asked, so that nobody's message makes
//! a KMS of somebody else vouch for its content.

use super::{CallBudget, Keyring, Kms, Unwrapped, aws_kms::unwrap, budget::Budgeted, kms_interface::Choice};
use crate::{
    arn::{AccountId, KeyArn},
    crypto::Random,
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
    filter: Option<DiscoveryFilter>,
    region: Option<Region>,
}

impl<'a> AwsKmsDiscoveryKeyring<'a> {
    /// A keyring for all keys of `kms`. For a KMS that is called over a network, see [`AwsKmsDiscoveryKeyring::with_filter`].
    #[must_use]
    pub fn new(kms: &'a dyn Kms) -> Self {
        Self { kms, filter: None, region: None }
    }

    /// A keyring for the keys of `kms` that the filter lets pass. What it does not is told where no other key opens the message.
    #[must_use]
    pub fn with_filter(kms: &'a dyn Kms, filter: DiscoveryFilter) -> Self {
        Self { kms, filter: Some(filter), region: None }
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
        let Some(region) = self.region.filter(|region| *region != key.region()) else { return Choice::Key(self.kms.key_for_decrypt(key)) };
        let there = KeyArn::new(region, key.account().clone(), key.key_id());
        if there.matches_for_decrypt(key) {
            return Choice::Key(there);
        }
        Choice::PassOver(PassedOver::OtherRegion { region: key.region(), asked: region })
    }
}

impl Keyring for AwsKmsDiscoveryKeyring<'_> {
    fn wrap(&self, _: &DataKey, _: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        Err(Error::Misuse("a discovery keyring has no key to wrap under"))
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.unwrap_within(edk, context, &CallBudget::default())
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &CallBudget) -> Unwrapped {
        // A point's key is known to the KMS, not to the message: the filter is not for it.
        unwrap(&Budgeted { kms: self.kms, budget }, edk, context, |named| self.choose(named), |known| self.place(known))
    }

    fn is_online(&self) -> bool {
        self.kms.is_online()
    }
}
