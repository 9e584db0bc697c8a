//! Opening messages with AWS KMS: which keys are asked, and in which Region.

use super::OnlineKms;
use crate::{
    arn::{AccountId, KeyArn},
    crypto::{EcPublicKey, Random},
    error::{Error, PassedOver, Result},
    format::{EncryptedDataKey, EncryptionContext},
    keyring::{
        AwsKmsDiscoveryKeyring, AwsKmsKeyring, DiscoveryFilter, KeyDirectory, Keyring, UnwrapBudget, Unwrapped, ecdh_points, ecdh_recipient,
    },
    kms::{EmbeddedKms, PublicKey},
    region::{Partition, Region},
    secret::DataKey,
};

/// Which keys of AWS KMS are asked to open messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnlineOpening {
    /// These keys and no others. Where there are none, those that a message names, if they are of an account below.
    pub keys: Vec<KeyArn>,
    /// The accounts whose keys are asked; `000000000000` where there are none.
    pub accounts: Vec<AccountId>,
    /// The accounts' partition; `None` for that of the bundle's Region, and of a file for `aws`.
    pub partition: Option<Partition>,
    /// Ask keys of this Region only; `None` asks each in its own.
    pub region: Option<Region>,
}

impl OnlineOpening {
    /// The filter for a bundle of this Region. Public keys that were imported are trusted, whoever's they are.
    fn filter(&self, kms: Option<&EmbeddedKms>, region: Option<Region>) -> Option<DiscoveryFilter> {
        let region = region.or(self.region).or_else(|| Region::new("us-east-1"));
        let partition = self.partition.or_else(|| region.map(Region::partition))?;
        let accounts = if self.accounts.is_empty() { vec![AccountId::embedded()] } else { self.accounts.clone() };
        let imported = kms.map_or_else(Vec::new, EmbeddedKms::imported_arns);
        Some(DiscoveryFilter::new(partition, accounts).with_keys(imported))
    }

    /// True for a key that is asked to open a bundle of this Region.
    pub(crate) fn admits(&self, kms: Option<&EmbeddedKms>, region: Region, key: &KeyArn) -> bool {
        if !self.keys.is_empty() {
            return self.keys.iter().any(|named| named.matches_for_decrypt(key));
        }
        let is_in_place =
            self.region.is_none_or(|region| KeyArn::new(region, key.account().clone(), key.key_id()).matches_for_decrypt(key));
        is_in_place && self.filter(kms, Some(region)).is_some_and(|filter| filter.admits(key))
    }
}

/// Unwraps with AWS KMS, and wraps nothing. An EDK of ECDH names a point, by which AWS KMS finds no key: the imported public keys tell which
/// key it is, or the caller, or what is on record.
pub(crate) struct OnlineKeyring<'a> {
    online: &'a dyn OnlineKms,
    points: KnownPoints<'a>,
    opening: &'a OnlineOpening,
    filter: Option<DiscoveryFilter>,
    recorded: Option<KeyArn>,
}

impl<'a> OnlineKeyring<'a> {
    /// A keyring for a bundle of this Region, whose key on record is `recorded`; for a message outside of a vault there is neither.
    pub(crate) fn new(
        online: &'a dyn OnlineKms,
        kms: Option<&'a EmbeddedKms>,
        opening: &'a OnlineOpening,
        bundle: Option<(Region, Option<KeyArn>)>,
    ) -> Self {
        let (region, recorded) = bundle.unzip();
        let filter = opening.filter(kms, region);
        let points = KnownPoints { kms, region: opening.region };
        Self { online, points, opening, filter, recorded: recorded.flatten() }
    }

    /// With one of the keys that were named.
    fn unwrap_with(&self, key: &KeyArn, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        let keyring = || AwsKmsKeyring::new(self.online, key.clone());
        let Some(points) = ecdh_points(edk) else { return keyring().unwrap_within(edk, context, budget) };
        // Whose of the two the key is cannot be told where it was not imported: AWS KMS agrees with either point.
        let mut outcome = Unwrapped::NotForThisKeyring;
        for point in points.into_iter().filter(|point| self.points.may_have(key, point)) {
            match keyring().with_public_key(point).unwrap_within(edk, context, budget) {
                Unwrapped::DoesNotUnwrap => outcome = Unwrapped::DoesNotUnwrap,
                other => return other,
            }
        }
        outcome
    }

    fn discover(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        let Some(filter) = &self.filter else { return Unwrapped::NotForThisKeyring };
        let discovery = AwsKmsDiscoveryKeyring::with_filter(self.online, filter.clone()).with_directory(&self.points);
        let discovery = self.opening.region.into_iter().fold(discovery, AwsKmsDiscoveryKeyring::in_region);
        let unwrapped = discovery.unwrap_within(edk, context, budget);
        match (unwrapped, ecdh_recipient(edk), &self.recorded) {
            (Unwrapped::NotForThisKeyring, Some(point), Some(key)) if self.points.may_have(key, &point) && filter.admits(key) => {
                self.unwrap_with(key, edk, context, budget)
            }
            (Unwrapped::NotForThisKeyring, Some(_), Some(key)) => Unwrapped::PassedOver(PassedOver::OnRecord(key.clone())),
            (Unwrapped::NotForThisKeyring, Some(_), None) => Unwrapped::PassedOver(PassedOver::UnknownPoint),
            (unwrapped, _, _) => unwrapped,
        }
    }
}

impl Keyring for OnlineKeyring<'_> {
    fn wrap(&self, _: &DataKey, _: &EncryptionContext, _: &dyn Random) -> Result<EncryptedDataKey> {
        Err(Error::Misuse("a keyring that only opens has no key to wrap under"))
    }

    fn unwrap(&self, edk: &EncryptedDataKey, context: &EncryptionContext) -> Unwrapped {
        self.unwrap_within(edk, context, &UnwrapBudget::default())
    }

    fn unwrap_within(&self, edk: &EncryptedDataKey, context: &EncryptionContext, budget: &UnwrapBudget) -> Unwrapped {
        if self.opening.keys.is_empty() {
            return self.discover(edk, context, budget);
        }
        let mut outcome = Unwrapped::NotForThisKeyring;
        for key in &self.opening.keys {
            match self.unwrap_with(key, edk, context, budget) {
                Unwrapped::NotForThisKeyring => {}
                Unwrapped::DataKey(data_key) => return Unwrapped::DataKey(data_key),
                other => outcome = other,
            }
        }
        outcome
    }

    fn is_online(&self) -> bool {
        true
    }
}

/// What the keystore knows of AWS KMS's keys: their points.
struct KnownPoints<'a> {
    kms: Option<&'a EmbeddedKms>,
    /// Of a key in several Regions the one that is asked.
    region: Option<Region>,
}

impl KnownPoints<'_> {
    /// False for a key that is known to have another point, or none.
    fn may_have(&self, key: &KeyArn, point: &EcPublicKey) -> bool {
        match self.kms.and_then(|kms| kms.public_key(key)) {
            Some(PublicKey::EllipticCurve(own)) => own == point,
            Some(PublicKey::Rsa(_)) => false,
            None => true,
        }
    }
}

impl KeyDirectory for KnownPoints<'_> {
    fn key_with_public_key(&self, point: &EcPublicKey) -> Option<KeyArn> {
        let known = self.kms.map_or_else(Vec::new, |kms| kms.imported_with_point(point));
        let there = known.iter().find(|key| self.region == Some(key.region()));
        there.or(known.first()).cloned()
    }
}
