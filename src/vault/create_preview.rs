//! What creating a secret would come to: nothing is written, no lock is taken, no file is made, and AWS KMS wraps nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Vault,
    bundle::seal_bundle,
    create::{CreateSecret, CreationPlan, Drawn, plan_create},
    edk_record::EdkRecord,
    record::{BundleRecord, SecretRecord, Tag},
    resource_policy::ResourcePolicy,
    rotation::RotationRules,
    seal_version::{identity, is_plain},
    secret_change::SecretChange,
    secret_members::{ReplicationStatus, rotation_due, statuses},
    value::{PayloadKind, SecretValue},
};
use crate::{
    arn::{AliasArn, SecretArn},
    error::Result,
    kms::{
        DEFAULT_KEY_ALIAS, EmbeddedKms,
        key_choice::{ChosenKey, KeyOptions, RecoveryKey, borrowed},
    },
    message::{DataKeys, WrapTarget, wrap_each},
    region::Region,
    timestamp::Timestamp,
};

/// What stands for what is drawn or hashed when a secret is made.
const UNKNOWN_DIGIT: &str = "?";
/// Hex digits of a bundle's digest in its name.
const DIGITS_IN_NAME: usize = 16;

/// What becomes of a request to create a secret.
pub enum CreationPreview {
    /// The secret would be made.
    New(Box<SecretPreview>),
    /// The same request was carried out before: nothing would change.
    Done(Box<SecretChange>),
}

/// A secret that would be made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SecretPreview {
    /// With `??????` for the six characters that are drawn when it is made.
    #[serde(rename = "ARN")]
    pub arn: SecretArn,
    /// Its name.
    pub name: String,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The primary Region's key as it is named, unless it is the default key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// When to rotate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_rules: Option<RotationRules>,
    /// The date on or before which the rules would want the value changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_due_date: Option<Timestamp>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The request's token; where there is none, one is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Text or bytes; absent for a secret without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<PayloadKind>,
    /// Where it would be made.
    pub primary_region: Region,
    /// The replicas, those that would fail included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replication_status: Vec<ReplicationStatus>,
    /// The pairs that would be bound to each bundle.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub encryption_context: BTreeMap<String, String>,
    /// The policy, in every Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<ResourcePolicy>,
    /// Secrets of the same name whose place it would take in a Region.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<SecretArn>,
    /// The bundles.
    pub bundles: Vec<BundlePreview>,
}

/// A bundle that would be written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BundlePreview {
    /// The Region that it is for.
    pub region: Region,
    /// Its name, with `?` for the digits of its SHA-256.
    pub file: String,
    /// Bytes; of a signed one up to two more or less. Absent where AWS KMS would have to wrap to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// ARN of the key that would wrap its data key; of one that would be made for it, its alias's.
    pub kms_key_id: String,
    /// As in [`BundleInfo`](super::BundleInfo).
    pub opens_here: bool,
}

impl Vault {
    /// What [`Vault::create_secret`] would do. `kms` is what [`KeystoreSession::preview`](crate::kms::KeystoreSession::preview) gives; keys that are
    /// needed for the first time are made in it, and go with it. With AWS KMS at hand, names of keys are looked up there, and nothing else is called.
    ///
    /// # Errors
    /// As there, but for what AWS KMS alone can refuse when it wraps.
    pub fn preview_secret(&self, mut kms: EmbeddedKms, keys: &KeyOptions, request: &CreateSecret) -> Result<CreationPreview> {
        request.validate()?;
        if self.is_there()? {
            self.require()?;
        }
        let family = self.read_name(&request.name)?.family;
        if let Some(holder) = family.holder(request.region) {
            let located = self.existing(&kms, keys, request, holder)?;
            return Ok(CreationPreview::Done(Box::new(SecretChange::of(self, &kms, keys, &located))));
        }
        let mut regions = vec![request.region];
        regions.extend(request.replicas.iter().filter_map(|replica| Region::new(&replica.region)));
        let without_key: Vec<_> = regions.into_iter().filter(|region| kms.default_key(*region).is_none()).collect();
        let plan = plan_create(&mut kms, keys, request, &family)?;
        let drawn = Drawn::not_yet(request)?;
        let record = request.record(&plan, &drawn)?;
        let measuring = Measuring { kms: &kms, keys, request, record: &record, version_id: drawn.version_id(), without_key: &without_key };
        let bundles = measuring.bundles(&plan)?;
        Ok(CreationPreview::New(Box::new(SecretPreview::of(request, record, bundles))))
    }
}

impl SecretPreview {
    fn of(request: &CreateSecret, record: SecretRecord, bundles: Vec<BundlePreview>) -> Self {
        Self {
            primary_region: record.primary_region(),
            replication_status: statuses(&record),
            rotation_due_date: record.rotation_rules.as_ref().and_then(|rules| rotation_due(&record, rules)),
            replaces: record.replaces.iter().map(|replaced| replaced.arn.in_region(replaced.region)).collect(),
            version_id: request.client_request_token.clone().filter(|_| request.value.is_some()),
            payload: request.value.as_ref().map(SecretValue::kind),
            arn: record.arn,
            name: record.name,
            description: record.description,
            kms_key_id: record.kms_key_id,
            rotation_rules: record.rotation_rules,
            tags: record.tags,
            encryption_context: record.encryption_context,
            resource_policy: record.resource_policy,
            bundles,
        }
    }
}

/// Seals in memory, and keeps what can be told of it.
struct Measuring<'a> {
    kms: &'a EmbeddedKms,
    keys: &'a KeyOptions,
    request: &'a CreateSecret,
    record: &'a SecretRecord,
    version_id: &'a str,
    /// The Regions that had no default key.
    without_key: &'a [Region],
}

impl Measuring<'_> {
    fn bundles(&self, plan: &CreationPlan) -> Result<Vec<BundlePreview>> {
        if self.request.value.is_none() {
            return Ok(Vec::new());
        }
        plan.targets().map(|target| self.bundle(target)).collect()
    }

    fn bundle(&self, target: &ChosenKey) -> Result<BundlePreview> {
        let region = target.region();
        let (size, encrypted_data_keys) = if self.wraps_here(target) { self.sealed(target)? } else { (None, Vec::new()) };
        let record = BundleRecord {
            region,
            file: format!("{region}.{}.bundle", UNKNOWN_DIGIT.repeat(DIGITS_IN_NAME)),
            size: size.unwrap_or_default(),
            sha256: String::new(),
            kms_key_id: target.arn.to_string(),
            encrypted_data_keys,
        };
        Ok(BundlePreview {
            region,
            size,
            kms_key_id: self.name(target),
            opens_here: self.keys.can_open(Some(self.kms), &record),
            file: record.file,
        })
    }

    /// The id of a key that would be made is drawn when it is.
    fn name(&self, target: &ChosenKey) -> String {
        let is_new = self.without_key.contains(&target.region()) && self.kms.default_key(target.region()).as_ref() == Some(&target.arn);
        let alias = || AliasArn::new(target.region(), target.arn.account().clone(), DEFAULT_KEY_ALIAS.trim_start_matches("alias/"));
        if is_new { alias().to_string() } else { target.arn.to_string() }
    }

    /// False where AWS KMS is needed to wrap.
    fn wraps_here(&self, target: &ChosenKey) -> bool {
        let known = self.keys.known(self.kms);
        let is_here = |key: &RecoveryKey| !matches!(key, RecoveryKey::Kms(arn) if !known.has(arn));
        self.keys.online.is_none() || (known.has(&target.arn) && self.keys.recovery_keys.iter().all(is_here))
    }

    /// The bundle's length, and what its data key would be wrapped under.
    fn sealed(&self, target: &ChosenKey) -> Result<(Option<u64>, Vec<EdkRecord>)> {
        let Some(value) = &self.request.value else { return Ok((None, Vec::new())) };
        let keyrings = self.keys.wrapping(self.kms, &target.arn, []);
        let keyrings = borrowed(&keyrings);
        let context = identity(self.record, self.version_id, target.region()).context(value.kind());
        let wrapped = wrap_each(self.request.suite, vec![WrapTarget { keyrings: &keyrings, context }], DataKeys::Each);
        let mut size = None;
        let mut encrypted_data_keys = Vec::new();
        for materials in wrapped {
            let (message, edks) = seal_bundle(value, materials?)?;
            size = u64::try_from(message.len()).ok();
            encrypted_data_keys = if is_plain(&edks) { Vec::new() } else { edks };
        }
        Ok((size, encrypted_data_keys))
    }
}
