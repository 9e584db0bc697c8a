//! What AWS KMS is asked where coldseal itself seals and opens with it (`--kms aws`): DescribeKey of each key, GenerateDataKey under the primary
//! Region's, Encrypt under each other's, Decrypt to open. Those that use a symmetric key name the secret in its encryption context.

use std::fmt;

use super::{
    grants::{Grants, KeyUseScope},
    request::{PermissionRole, PermissionsRequest, regions},
    resource::{ArnPattern, PlannedSecret},
};
use crate::{
    arn::KeyArn,
    kms::{DEFAULT_KEY_ALIAS, EmbeddedKms, PublicKey, key_choice::KeyOptions},
    region::Region,
    vault::{
        edk_record::EdkRecord,
        record::{BundleRecord, DataKeyScope, SecretRecord},
    },
};

pub(super) const GENERATE_DATA_KEY: &str = "kms:GenerateDataKey";
pub(super) const ENCRYPT: &str = "kms:Encrypt";
pub(super) const DECRYPT: &str = "kms:Decrypt";
const DERIVE_SHARED_SECRET: &str = "kms:DeriveSharedSecret";
const DESCRIBE_KEY: &str = "kms:DescribeKey";
const GET_PUBLIC_KEY: &str = "kms:GetPublicKey";

/// A Region of a secret for which nothing is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegionLeftOut {
    /// The secret's name.
    pub name: String,
    /// Its Region.
    pub region: Region,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why a Region of a secret asks for no permission.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyLeftOut {
    /// Its key is the embedded KMS's: AWS is not asked.
    Embedded,
    /// It is sealed under an imported public key: AWS is asked to open it only.
    PublicKey,
    /// Its key is asymmetric, which AWS Secrets Manager does not take.
    NotForSecretsManager(KeyArn),
    /// The record names its key by something that only AWS can look up, and no bundle tells which it is.
    NotKnown(String),
}

impl fmt::Display for RegionLeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, region, why } = self;
        write!(f, "{}: {region}: ", name.escape_debug())?;
        match why {
            WhyLeftOut::Embedded => f.write_str("its key is one of the embedded KMS, for which there is nothing to allow in AWS"),
            WhyLeftOut::PublicKey => f.write_str("it is sealed under an imported public key, which takes no permission"),
            WhyLeftOut::NotForSecretsManager(key) => {
                write!(f, "{key} is asymmetric, and Secrets Manager takes symmetric keys alone: give the secret another key there")
            }
            WhyLeftOut::NotKnown(key) => write!(f, "the secret has no bundle there, and its key is named {}", key.escape_debug()),
        }
    }
}

/// How a bundle's data key is wrapped by AWS KMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Symmetric,
    Rsa,
    EllipticCurve,
}

/// A key in AWS KMS.
struct KeyInAws {
    arn: KeyArn,
    /// `None` where nothing here tells: it is taken for a symmetric one.
    kind: Option<KeyKind>,
    /// The keystore has its public part: AWS is not asked to wrap.
    is_imported: bool,
}

/// Which keys are those of AWS.
pub(super) struct KeysInAws<'a> {
    pub(super) kms: Option<&'a EmbeddedKms>,
    pub(super) options: &'a KeyOptions,
    pub(super) request: &'a PermissionsRequest,
}

impl KeysInAws<'_> {
    /// The key that was named for a Region.
    pub(super) fn named(&self, region: Region) -> Option<&KeyArn> {
        self.request.keys.iter().find(|key| key.region() == region)
    }

    /// The keys of a secret in a Region, as its bundles have them; those of several versions may differ.
    fn on_record(&self, record: &SecretRecord, region: Region) -> Result<Vec<KeyInAws>, WhyLeftOut> {
        let name = record.key_name(region);
        let bundles: Vec<_> = record.versions.iter().filter_map(|version| version.bundle(region)).collect();
        if bundles.is_empty() {
            return match name.parse::<KeyArn>() {
                Ok(arn) if self.is_embedded(&arn) => Err(WhyLeftOut::Embedded),
                Ok(arn) => Ok(vec![self.key(arn, None)]),
                Err(_) if name == DEFAULT_KEY_ALIAS => Err(WhyLeftOut::Embedded),
                Err(_) => Err(WhyLeftOut::NotKnown(name.to_owned())),
            };
        }
        let mut keys: Vec<KeyInAws> = Vec::new();
        for bundle in bundles {
            let Some((arn, kind)) = own_key(bundle) else { continue };
            if keys.iter().all(|known| known.arn != arn) && name != DEFAULT_KEY_ALIAS && !self.is_embedded(&arn) {
                keys.push(self.key(arn, Some(kind)));
            }
        }
        if keys.is_empty() { Err(WhyLeftOut::Embedded) } else { Ok(keys) }
    }

    /// The keys of a Region: the one named, or those on record.
    fn of_region(&self, record: &SecretRecord, region: Region) -> Result<Vec<KeyInAws>, WhyLeftOut> {
        match self.named(region) {
            Some(arn) if self.is_embedded(arn) => Err(WhyLeftOut::Embedded),
            Some(arn) => {
                let bundles = record.versions.iter().filter_map(|version| version.bundle(region));
                let on_record = bundles.filter_map(own_key).find(|(key, _)| key == arn);
                Ok(vec![self.key(arn.clone(), on_record.map(|(_, kind)| kind))])
            }
            None => self.on_record(record, region),
        }
    }

    fn key(&self, arn: KeyArn, on_record: Option<KeyKind>) -> KeyInAws {
        let kind = match self.kms.and_then(|kms| kms.public_key(&arn)) {
            Some(PublicKey::Rsa(_)) => Some(KeyKind::Rsa),
            Some(PublicKey::EllipticCurve(_)) => Some(KeyKind::EllipticCurve),
            None => on_record,
        };
        KeyInAws { is_imported: self.kms.is_some_and(|kms| kms.is_imported(&arn)), arn, kind }
    }

    pub(super) fn is_embedded(&self, key: &KeyArn) -> bool {
        self.kms.is_some_and(|kms| !kms.is_imported(key) && self.options.known(kms).has(key))
    }

    /// The keys of AWS for which Secrets Manager is to seal in a Region, none for the default key; each that it does not take is an error.
    pub(super) fn of_secrets_manager(&self, record: &SecretRecord, region: Region) -> Vec<Result<KeyArn, WhyLeftOut>> {
        let keys = self.of_region(record, region).unwrap_or_default();
        let is_taken = |key: &KeyInAws| matches!(key.kind, None | Some(KeyKind::Symmetric));
        keys.into_iter().map(|key| if is_taken(&key) { Ok(key.arn) } else { Err(WhyLeftOut::NotForSecretsManager(key.arn)) }).collect()
    }
}

/// The Region's own key of a bundle, and its kind: the first one that wraps.
fn own_key(bundle: &BundleRecord) -> Option<(KeyArn, KeyKind)> {
    let arn = bundle.kms_key_id.parse().ok()?;
    let kind = match bundle.encrypted_data_keys.first() {
        None => KeyKind::Symmetric,
        Some(edk) if edk.is_under_symmetric_key() => KeyKind::Symmetric,
        Some(edk) if edk.key_arn().is_some() => KeyKind::Rsa,
        Some(_) => KeyKind::EllipticCurve,
    };
    Some((arn, kind))
}

/// A secret that is to be made under keys that were named.
pub(super) fn of_planned(grants: &mut Grants, keys: &KeysInAws<'_>, planned: &PlannedSecret, left_out: &mut Vec<RegionLeftOut>) {
    for (arn, action) in std::iter::once((&planned.primary, GENERATE_DATA_KEY)).chain(planned.replicas.iter().map(|key| (key, ENCRYPT))) {
        let key = keys.key(arn.clone(), None);
        let wrapped =
            if keys.is_embedded(arn) { Err(WhyLeftOut::Embedded) } else { wraps(grants, &key, action, planned.in_region_of(arn)) };
        left_out.extend(wrapped.err().map(|why| RegionLeftOut { name: planned.name.clone(), region: arn.region(), why }));
    }
}

/// What is asked of a key to wrap a secret's data key: a public part wraps here.
fn wraps(grants: &mut Grants, key: &KeyInAws, action: &'static str, secret: ArnPattern) -> Result<(), WhyLeftOut> {
    if key.is_imported {
        return Err(WhyLeftOut::PublicKey);
    }
    grants.of_key(&key.arn, KeyUseScope::Unbound, DESCRIBE_KEY, None);
    match kind_of(grants, key) {
        KeyKind::Symmetric => grants.of_key(&key.arn, KeyUseScope::Context, action, Some(secret)),
        KeyKind::Rsa | KeyKind::EllipticCurve => grants.of_key(&key.arn, KeyUseScope::Unbound, GET_PUBLIC_KEY, None),
    }
    Ok(())
}

/// What AWS is not asked about is told.
fn kind_of(grants: &mut Grants, key: &KeyInAws) -> KeyKind {
    key.kind.unwrap_or_else(|| {
        grants.assume_symmetric(&key.arn);
        KeyKind::Symmetric
    })
}

/// What a role other than the publisher needs for a secret on record; `region` is the one that is asked about.
pub(super) fn of_record(
    grants: &mut Grants,
    keys: &KeysInAws<'_>,
    record: &SecretRecord,
    region: Region,
    left_out: &mut Vec<RegionLeftOut>,
) {
    let mut secret = SecretGrants { grants, keys, record, left_out };
    match keys.request.role {
        PermissionRole::Packer => secret.of_packer(),
        PermissionRole::Opener => secret.opens(region),
        PermissionRole::Replicator => secret.of_replicator(),
        PermissionRole::Publisher => {}
    }
}

struct SecretGrants<'a> {
    grants: &'a mut Grants,
    keys: &'a KeysInAws<'a>,
    record: &'a SecretRecord,
    left_out: &'a mut Vec<RegionLeftOut>,
}

impl SecretGrants<'_> {
    fn of_packer(&mut self) {
        for region in regions(self.record) {
            let makes = self.makes_data_key(region);
            self.each_key(region, |secret, key| secret.wraps(key, if makes { GENERATE_DATA_KEY } else { ENCRYPT }));
        }
        self.recovers();
    }

    /// Opens in the primary Region, which is tried first, and wraps in all. Where somebody loses access, another data key is made there.
    fn of_replicator(&mut self) {
        let primary = self.record.primary_region();
        for key in self.keys.on_record(self.record, primary).unwrap_or_default() {
            self.unwraps(&key);
        }
        let mut all: Vec<Region> = regions(self.record).collect();
        all.extend(self.keys.request.keys.iter().map(KeyArn::region));
        all.sort_unstable_by_key(|region| (*region != primary, region.name()));
        all.dedup();
        for region in all {
            let makes = self.makes_data_key(region);
            self.each_key(region, |secret, key| {
                if makes {
                    secret.wraps(key, GENERATE_DATA_KEY);
                }
                secret.wraps(key, ENCRYPT);
            });
        }
        self.recovers();
    }

    fn opens(&mut self, region: Region) {
        self.each_key(region, |secret, key| secret.unwraps(key));
    }

    /// True for a Region under whose key a data key is made.
    fn makes_data_key(&self, region: Region) -> bool {
        region == self.record.primary_region() || self.record.data_key_scope == DataKeyScope::PerRegion
    }

    fn each_key(&mut self, region: Region, mut allow: impl FnMut(&mut Self, &KeyInAws)) {
        match self.keys.of_region(self.record, region) {
            Ok(keys) => keys.iter().for_each(|key| allow(self, key)),
            Err(why) => self.leave_out(region, why),
        }
    }

    fn leave_out(&mut self, region: Region, why: WhyLeftOut) {
        self.left_out.push(RegionLeftOut { name: self.record.name.clone(), region, why });
    }

    fn wraps(&mut self, key: &KeyInAws, action: &'static str) {
        let (region, secret) = (key.arn.region(), self.secret_in(key.arn.region()));
        if let Err(why) = wraps(self.grants, key, action, secret) {
            self.leave_out(region, why);
        }
    }

    fn unwraps(&mut self, key: &KeyInAws) {
        let region = key.arn.region();
        match kind_of(self.grants, key) {
            KeyKind::Symmetric => self.grants.of_key(&key.arn, KeyUseScope::Context, DECRYPT, Some(self.secret_in(region))),
            KeyKind::Rsa => self.grants.of_key(&key.arn, KeyUseScope::Unbound, DECRYPT, None),
            KeyKind::EllipticCurve => self.grants.of_key(&key.arn, KeyUseScope::Unbound, DERIVE_SHARED_SECRET, None),
        }
    }

    /// Recovery keys in AWS KMS wrap the data key of each Region's bundle too.
    fn recovers(&mut self) {
        let bundles = self.record.versions.iter().flat_map(|version| &version.bundles);
        let of_bundle = |bundle: &BundleRecord| {
            let region = bundle.region;
            let others = bundle.encrypted_data_keys.iter().skip(1).filter(|edk| edk.is_under_symmetric_key());
            others.filter_map(EdkRecord::key_arn).map(|key| (key, region)).collect::<Vec<_>>()
        };
        for (key, region) in bundles.flat_map(of_bundle).collect::<Vec<_>>() {
            if !self.keys.is_embedded(&key) {
                self.grants.of_key(&key, KeyUseScope::Context, ENCRYPT, Some(self.secret_in(region)));
            }
        }
    }

    /// As the encryption context of the Region's bundle has it.
    fn secret_in(&self, region: Region) -> ArnPattern {
        ArnPattern::exactly(&self.record.arn.in_region(region))
    }
}
