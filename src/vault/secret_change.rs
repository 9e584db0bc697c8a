//! The answers of changes: members are AWS's, `Bundles` is coldseal's.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Vault,
    family::Located,
    record::{AWSCURRENT, BundleRecord, SecretRecord, VersionRecord},
    secret_members::{BundleInfo, ReplicationStatus, bundles, statuses},
};
use crate::{
    arn::{AccountId, AliasArn, KeyArn, SecretArn},
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
};

/// The answer of `CreateSecret`, `ReplicateSecretToRegions`, `PutSecretValue` and `UpdateSecret`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretChange {
    /// The secret's ARN in its primary Region.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
    /// The version in use, or the one that was made; absent for a secret without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// The labels of the version that was made; none where a secret was created or replicated, as in AWS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub version_stages: Vec<String>,
    /// The replicas.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replication_status: Vec<ReplicationStatus>,
    /// The bundles of all versions, or of the one that was made.
    pub bundles: Vec<BundleInfo>,
    /// True where there was nothing to do; not part of the answer's document.
    #[serde(skip)]
    pub is_unchanged: bool,
    /// The Regions whose bundles only AWS KMS opens, as they are under imported public keys; not part of the answer's document.
    #[serde(skip)]
    pub public_only: Vec<Region>,
    /// The Regions whose bundles a recovery key opens too that is not in the keystore; not part of the answer's document.
    #[serde(skip)]
    pub recovery_only: Vec<Region>,
    /// The accounts whose keys in AWS KMS some of those bundles are under, where nobody named the key by an ARN, which says it; not part of the
    /// answer's document.
    #[serde(skip)]
    pub unsaid_accounts: Vec<AccountId>,
    /// Keys that opened bundles before the change, and do not open the ones after it; not part of the answer's document.
    #[serde(skip)]
    pub lost_keys: Vec<String>,
    /// The VersionIds that were sealed anew, and whose value could not be compared with the one on record, as another keystore made that; not
    /// part of the answer's document.
    #[serde(skip)]
    pub not_compared: Vec<String>,
    /// The Regions whose key on record was not taken, with that: whoever wrote the record is not known, and the Region's bundle is under another
    /// key, or one was asked for; not part of the answer's document.
    #[serde(skip)]
    pub not_followed: Vec<(Region, String)>,
}

/// The answer of changes that make nothing new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretIdentity {
    /// The secret's ARN in its primary Region.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
}

impl SecretChange {
    pub(super) fn of(vault: &Vault, kms: &EmbeddedKms, keys: &KeyOptions, secret: &Located) -> Self {
        Self::of_versions(vault, kms, keys, secret, |_| true)
    }

    /// The same about one version.
    pub(super) fn of_version(vault: &Vault, kms: &EmbeddedKms, keys: &KeyOptions, secret: &Located, version_id: &str) -> Self {
        let version_stages = secret.record.version(version_id).map(|version| version.version_stages.clone()).unwrap_or_default();
        let change = Self::of_versions(vault, kms, keys, secret, |version| version.version_id == version_id);
        Self { version_id: Some(version_id.to_owned()), version_stages, ..change }
    }

    fn of_versions(
        vault: &Vault,
        kms: &EmbeddedKms,
        keys: &KeyOptions,
        secret: &Located,
        is_told: impl Fn(&VersionRecord) -> bool,
    ) -> Self {
        let record = &secret.record;
        let told = record.versions.iter().filter(|version| is_told(version));
        let closed = told.flat_map(|version| &version.bundles).filter(|bundle| {
            let in_aws = |key: &KeyArn| kms.is_imported(key) || keys.online.is_some() && !keys.known(kms).has(key);
            bundle.kms_key_id.parse().is_ok_and(|key| in_aws(&key)) && !keys.can_open(Some(kms), bundle)
        });
        let (mut public_only, mut recovery_only, mut unsaid_accounts) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for bundle in closed {
            unsaid_accounts.extend(unsaid_account(record, keys, bundle));
            let regions = if bundle.encrypted_data_keys.len() > 1 { &mut recovery_only } else { &mut public_only };
            regions.insert(bundle.region);
        }
        Self {
            arn: record.arn.clone(),
            name: record.name.clone(),
            version_id: record.version_with_stage(AWSCURRENT).map(|version| version.version_id.clone()),
            replication_status: statuses(record),
            version_stages: Vec::new(),
            bundles: bundles(vault, Some(kms), keys, secret, |version, _| is_told(version)),
            is_unchanged: false,
            public_only: public_only.into_iter().collect(),
            recovery_only: recovery_only.into_iter().collect(),
            unsaid_accounts: unsaid_accounts.into_iter().collect(),
            lost_keys: Vec::new(),
            not_compared: Vec::new(),
            not_followed: Vec::new(),
        }
    }
}

/// The account of a bundle's key in AWS KMS, which is not the configured one, and which the name of the Region's key does not tell.
fn unsaid_account(record: &SecretRecord, keys: &KeyOptions, bundle: &BundleRecord) -> Option<AccountId> {
    let key: KeyArn = bundle.kms_key_id.parse().ok()?;
    let name = record.key_name(bundle.region);
    let told = name.parse().map(|arn: KeyArn| arn.account().clone()).or_else(|_| name.parse().map(|arn: AliasArn| arn.account().clone()));
    let account = key.account();
    (keys.online.is_some() && *account != keys.account && told.as_ref() != Ok(account)).then(|| account.clone())
}
