//! What a vault holds, for whoever looks at all of it: secrets by their Regions, the bundles of each, and the keys that these open with.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::{
    Vault,
    edk_record::EdkRecord,
    family::Family,
    openers::KnownOpeners,
    record::{BundleRecord, SecretRecord, VersionRecord},
    status::{SecretStatus, status},
    walk::each_family,
};
use crate::{
    arn::KeyArn,
    error::{Error, Result},
    keyring::{AWS_KMS_ECDH_PROVIDER_ID, AWS_KMS_PROVIDER_ID, AWS_KMS_RSA_PROVIDER_ID, RAW_ECDH_PROVIDER_ID},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    parallel::lock,
    region::Region,
    store::{BlobKey, Item, NameKey, SecretKey, bundle_file, encode},
};

/// All of a vault, as its records say it.
#[derive(Debug)]
#[non_exhaustive]
pub struct VaultInventory {
    /// In the order of names, then of primary Regions.
    pub secrets: Vec<SecretInventory>,
    /// Every key that a bundle opens with, once, in the order of what they are called.
    pub keys: Vec<OpeningKey>,
    /// Records that cannot be read.
    pub faults: Vec<Error>,
    pub(crate) vault: Vault,
}

/// A secret with its bundles.
#[derive(Debug)]
#[non_exhaustive]
pub struct SecretInventory {
    /// What it is in each of its Regions.
    pub status: SecretStatus,
    /// By version in the order of the record, then by Region in that order.
    pub bundles: Vec<InventoryBundle>,
}

/// A bundle as it is on record.
#[derive(Debug)]
#[non_exhaustive]
pub struct InventoryBundle {
    /// The version that it holds.
    pub version_id: Arc<str>,
    /// The Region that it is for.
    pub region: Region,
    /// Bytes of the file.
    pub size: u64,
    /// The SHA-256 of the file, in 64 hex digits.
    pub sha256: String,
    /// The keys that it opens with, by their places in [`VaultInventory::keys`]: the Region's own, then recovery keys.
    pub keys: Vec<usize>,
}

/// A key that opens bundles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct OpeningKey {
    /// Its ARN; of a key of ECDH of which only the point is known, `recipient` and that; of a raw key its name.
    pub name: String,
    /// What it is.
    pub kind: OpeningKeyKind,
    /// Whether the keystore at hand can open with it; absent without a keystore.
    pub is_here: Option<bool>,
}

/// What a key that opens bundles is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OpeningKeyKind {
    /// A symmetric KMS key.
    Symmetric,
    /// An RSA key of KMS.
    Rsa,
    /// An elliptic curve key.
    EllipticCurve,
    /// A raw key of this namespace.
    Raw(String),
}

impl OpeningKeyKind {
    fn of(provider_id: String) -> Self {
        match provider_id.as_str() {
            AWS_KMS_PROVIDER_ID => Self::Symmetric,
            AWS_KMS_RSA_PROVIDER_ID => Self::Rsa,
            AWS_KMS_ECDH_PROVIDER_ID | RAW_ECDH_PROVIDER_ID => Self::EllipticCurve,
            _ => Self::Raw(provider_id),
        }
    }
}

impl VaultInventory {
    /// Where a secret lies.
    #[must_use]
    pub fn place_of(&self, secret: &SecretInventory) -> PathBuf {
        self.vault.store().place(Item::Secret(&key_of(secret)))
    }

    /// Where a bundle lies, from the vault's own folder on.
    #[must_use]
    pub fn place_in_vault(&self, secret: &SecretInventory, bundle: &InventoryBundle) -> PathBuf {
        let file = bundle_file(bundle.region, &bundle.sha256);
        let blob = BlobKey { secret: key_of(secret), version: encode(&bundle.version_id), file };
        let place = self.vault.store().place(Item::Blob(&blob));
        place.strip_prefix(self.vault.root()).map(Path::to_owned).unwrap_or(place)
    }
}

fn key_of(secret: &SecretInventory) -> SecretKey {
    SecretKey { name: NameKey::of(&secret.status.name), primary: secret.status.arn.region() }
}

impl Vault {
    /// Everything that the vault holds; with `region` the secrets that are in it, and the bundles for it. `kms` and `keys` tell what opens here. A
    /// record that cannot be read is a fault beside the others.
    ///
    /// # Errors
    /// No vault, or it cannot be read.
    pub fn inventory(&self, kms: Option<&EmbeddedKms>, keys: &KeyOptions, region: Option<Region>) -> Result<VaultInventory> {
        self.require()?;
        let known = Mutex::new(NumberedKeys { kms, places: HashMap::new() });
        let openers = KnownOpeners::new(kms, keys);
        let look = |record: &SecretRecord, regions: &[Region]| {
            let is_asked_about = region.is_none_or(|region| regions.contains(&region));
            is_asked_about
                .then(|| SecretInventory { status: status(record, regions, &openers), bundles: bundles(record, region, &mut lock(&known)) })
        };
        let look_at_all = |family: Family| family.seen().filter_map(|(record, regions)| look(&record, &regions)).collect::<Vec<_>>();
        let mut listed = each_family(self, look_at_all)?;
        listed.entries.sort_unstable_by(|a, b| (&a.status.name, a.status.arn.region()).cmp(&(&b.status.name, b.status.arn.region())));
        let keys = in_order(known.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).places, &mut listed.entries);
        Ok(VaultInventory { secrets: listed.entries, keys, faults: listed.faults, vault: self.clone() })
    }
}

/// The keys that were met, each with its number.
struct NumberedKeys<'a> {
    kms: Option<&'a EmbeddedKms>,
    places: HashMap<(String, String), (usize, Option<bool>)>,
}

impl NumberedKeys<'_> {
    /// The numbers of a bundle's keys. The first encrypted data key is the Region's own, and is called by the ARN on record.
    fn of_bundle(&mut self, bundle: &BundleRecord) -> Vec<usize> {
        let edks = bundle.all_encrypted_data_keys();
        let own = edks.iter().take(1).map(|edk| (edk, Some(&bundle.kms_key_id)));
        own.chain(edks.iter().skip(1).map(|edk| (edk, None))).map(|(edk, arn)| self.number(edk, arn)).collect()
    }

    fn number(&mut self, edk: &EdkRecord, arn: Option<&String>) -> usize {
        let (provider_id, key) = edk.texts();
        let (next, kms) = (self.places.len(), self.kms);
        let own: Option<KeyArn> = arn.and_then(|arn| arn.parse().ok());
        let is_here = || kms.map(|kms| own.is_some_and(|key| kms.can_unwrap(&key)) || edk.opens_with(kms));
        self.places.entry((arn.cloned().unwrap_or(key), provider_id)).or_insert_with(|| (next, is_here())).0
    }
}

fn bundles(record: &SecretRecord, region: Option<Region>, known: &mut NumberedKeys<'_>) -> Vec<InventoryBundle> {
    let of_version = |version: &VersionRecord| {
        let version_id: Arc<str> = version.version_id.as_str().into();
        let asked = version.bundles.iter().filter(|bundle| region.is_none_or(|region| region == bundle.region));
        let mut bundle = |bundle: &BundleRecord| InventoryBundle {
            version_id: Arc::clone(&version_id),
            region: bundle.region,
            size: bundle.size,
            sha256: bundle.sha256.clone(),
            keys: known.of_bundle(bundle),
        };
        asked.map(&mut bundle).collect::<Vec<_>>()
    };
    record.versions.iter().flat_map(of_version).collect()
}

/// The keys in their order, by which the bundles name them from here on.
fn in_order(places: HashMap<(String, String), (usize, Option<bool>)>, secrets: &mut [SecretInventory]) -> Vec<OpeningKey> {
    let key = |((name, provider_id), (number, is_here))| (OpeningKey { name, kind: OpeningKeyKind::of(provider_id), is_here }, number);
    let mut keys: Vec<(OpeningKey, usize)> = places.into_iter().map(key).collect();
    keys.sort();
    let place_of: HashMap<usize, usize> = keys.iter().enumerate().map(|(place, (_, number))| (*number, place)).collect();
    let numbers = secrets.iter_mut().flat_map(|secret| &mut secret.bundles).flat_map(|bundle| &mut bundle.keys);
    numbers.for_each(|number| *number = place_of.get(number).copied().unwrap_or_default());
    keys.into_iter().map(|(key, _)| key).collect()
}
