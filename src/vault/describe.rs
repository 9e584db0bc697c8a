//! [DescribeSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html). Members are AWS's, in AWS's order;
//! `DeletionDate`, `RotationDueDate`, `EncryptionContext`, `ResourcePolicy`, `Bundles` and `AbsentBundleRegions` are coldseal's.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Vault,
    family::Located,
    planned_deletion::Marked,
    record::Tag,
    resource_policy::ResourcePolicy,
    rotation::RotationRules,
    secret_members::{BundleInfo, ReplicationStatus, bundles, key_in, rotation_due, rotation_in, shown_primary_region, stages, statuses},
};
use crate::{
    arn::SecretArn,
    error::Result,
    kms::{EmbeddedKms, key_choice::KeyOptions},
    region::Region,
    timestamp::Timestamp,
};

/// The answer of `DescribeSecret`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretDescription {
    /// The secret's ARN in the Region that answers.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// The secret's name.
    pub name: String,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The key in that Region, unless it is the default key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// False where there are rules, as nothing here rotates; absent otherwise and in a replica's Region, as in AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_enabled: Option<bool>,
    /// The rules, in the primary Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_rules: Option<RotationRules>,
    /// When a rotation was last finished here, in the primary Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_rotated_date: Option<Timestamp>,
    /// Last change of any kind.
    pub last_changed_date: Timestamp,
    /// When it was marked for deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_date: Option<Timestamp>,
    /// Until when it can be restored. AWS shows it in the answer of `DeleteSecret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_date: Option<Timestamp>,
    /// The date on or before which the rules want the value changed. AWS's `NextRotationDate` is there only where AWS rotates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_due_date: Option<Timestamp>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Staging labels by VersionId; a version without one is not told, as in AWS.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub version_ids_to_stages: BTreeMap<String, Vec<String>>,
    /// When the secret was made.
    pub created_date: Timestamp,
    /// Where it was made; absent without replicas, as in AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_region: Option<Region>,
    /// The replicas.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replication_status: Vec<ReplicationStatus>,
    /// The user's pairs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub encryption_context: BTreeMap<String, String>,
    /// The policy, as it was given; AWS shows it in `GetResourcePolicy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<ResourcePolicy>,
    /// The bundles of all versions, in the Region that answers or, in the primary, in all.
    pub bundles: Vec<BundleInfo>,
    /// The Regions among them of which bundles are not in the store, as where one Region's were carried to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent_bundle_regions: Vec<Region>,
}

impl Vault {
    /// Describes a secret as the Region that answers knows it. `kms` tells which bundles open here.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, no vault, or a damaged record.
    pub fn describe_secret(&self, kms: Option<&EmbeddedKms>, secret_id: &str, region: Option<Region>) -> Result<SecretDescription> {
        self.describe_secret_with(kms, &KeyOptions::default(), secret_id, region)
    }

    /// As [`Vault::describe_secret`], where AWS KMS may be at hand too. It is not called.
    ///
    /// # Errors
    /// As for [`Vault::describe_secret`].
    pub fn describe_secret_with(
        &self,
        kms: Option<&EmbeddedKms>,
        keys: &KeyOptions,
        secret_id: &str,
        region: Option<Region>,
    ) -> Result<SecretDescription> {
        let (secret, region) = self.find_as(Marked::Found, secret_id, region)?;
        let is_all = region == secret.record.primary_region();
        let mut bundles = bundles(self, kms, keys, &secret, |_, bundle| is_all || bundle.region == region);
        let absent_bundle_regions = self.mark_absent(&secret, &mut bundles);
        let record = secret.record;
        let (rotation, primary) = (rotation_in(&record, region), record.primary_region());
        Ok(SecretDescription {
            arn: record.arn.in_region(region),
            kms_key_id: key_in(&record, region),
            rotation_enabled: rotation.map(|_| false),
            rotation_due_date: rotation.and_then(|rules| rotation_due(&record, rules)),
            rotation_rules: rotation.cloned(),
            version_ids_to_stages: stages(&record, region).collect(),
            primary_region: shown_primary_region(&record),
            replication_status: statuses(&record),
            name: record.name,
            description: record.description,
            last_rotated_date: record.last_rotated_date.filter(|_| region == primary),
            last_changed_date: record.last_changed_date,
            deleted_date: record.planned_deletion.map(|planned| planned.deleted_date),
            deletion_date: record.planned_deletion.map(|planned| planned.deletion_date),
            tags: record.tags,
            created_date: record.created_date,
            encryption_context: record.encryption_context,
            resource_policy: record.resource_policy,
            bundles,
            absent_bundle_regions,
        })
    }

    /// A bundle that is not there opens nowhere; gives the Regions of such ones.
    fn mark_absent(&self, secret: &Located, infos: &mut [BundleInfo]) -> Vec<Region> {
        let mut absent = BTreeSet::new();
        for version in &secret.record.versions {
            for bundle in &version.bundles {
                let described = infos.iter_mut().find(|info| info.region == bundle.region && info.version_id == version.version_id);
                if let Some(info) = described.filter(|_| !self.store.has(&secret.blob(version, bundle))) {
                    info.opens_here = false;
                    absent.insert(bundle.region);
                }
            }
        }
        absent.into_iter().collect()
    }
}
