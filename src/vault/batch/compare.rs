//! Whether a secret that is there is the one that is asked for.

use super::super::{
    Vault,
    create::CreateSecret,
    family::Located,
    record::{AWSCURRENT, ReplicaStatus, SecretRecord, Tag},
};
use crate::{
    error::{Result, SecretDifference, SecretRefusal},
    kms::{
        DEFAULT_KEY_ALIAS, EmbeddedKms,
        key_choice::{KeyOptions, name_of_key},
    },
};

impl Vault {
    /// Success where nothing is to be written: the same request was carried out before, or the secret is the one that it would make.
    ///
    /// # Errors
    /// `ResourceExistsException`; or as for [`Vault::get_secret_value`](super::super::Vault::get_secret_value) where another keystore made
    /// the value on record.
    pub(super) fn unchanged(&self, kms: &EmbeddedKms, keys: &KeyOptions, request: &CreateSecret, holder: &Located) -> Result<()> {
        let record = &holder.record;
        record.require_name_given_up()?;
        if request.client_request_token.is_some() || record.primary_region() != request.region {
            return self.existing(kms, keys, request, holder).map(drop);
        }
        let mut differences = metadata(request, record);
        differences.extend(regions_and_keys(kms, request, record));
        differences.extend((!bundles_have(keys, record, |there, asked| there == asked)).then_some(SecretDifference::RecoveryKeys));
        differences.extend(signature(self, request, holder)?);
        let is_same = match (record.version_with_stage(AWSCURRENT), &request.value) {
            (Some(version), Some(value)) => self.is_same_value(kms, keys, holder, version, value)?,
            (version, value) => version.is_none() && value.is_none(),
        };
        if !is_same {
            differences.push(SecretDifference::Value);
        }
        if differences.is_empty() { Ok(()) } else { Err(SecretRefusal::Differs { name: request.name.clone(), differences }.into()) }
    }
}

fn metadata(request: &CreateSecret, record: &SecretRecord) -> Vec<SecretDifference> {
    let sorted = |tags: &[Tag]| {
        let mut tags: Vec<_> = tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
        tags.sort_unstable();
        tags
    };
    let checks = [
        (SecretDifference::Description, request.description == record.description),
        (SecretDifference::Tags, sorted(&request.tags) == sorted(&record.tags)),
        (SecretDifference::EncryptionContext, request.encryption_context == record.encryption_context),
        (SecretDifference::ResourcePolicy, request.resource_policy == record.resource_policy),
        (SecretDifference::RotationRules, request.rotation_rules == record.rotation_rules),
        (SecretDifference::DataKeyScope, request.data_key_scope == record.data_key_scope),
    ];
    checks.into_iter().filter(|(_, is_same)| !is_same).map(|(member, _)| member).collect()
}

fn regions_and_keys(kms: &EmbeddedKms, request: &CreateSecret, record: &SecretRecord) -> Vec<SecretDifference> {
    let mut differences = Vec::new();
    let asked = name_of_key(kms, request.region, request.kms_key_id.as_deref());
    if asked != record.kms_key_id.as_deref().unwrap_or(DEFAULT_KEY_ALIAS) {
        differences.push(SecretDifference::KmsKeyId);
    }
    let found = |region: &str| record.replication_status.iter().find(|replica| replica.region.name() == region);
    let is_there = request.replicas.iter().all(|asked| found(&asked.region).is_some_and(|there| there.status == ReplicaStatus::InSync));
    if !is_there || record.replication_status.len() != request.replicas.len() {
        differences.push(SecretDifference::ReplicaRegions);
    }
    let has_other_key = request.replicas.iter().any(|asked| {
        found(&asked.region).is_some_and(|there| name_of_key(kms, there.region, asked.kms_key_id.as_deref()) != there.kms_key_id)
    });
    if has_other_key {
        differences.push(SecretDifference::ReplicaKmsKeyId);
    }
    differences
}

/// How many encrypted data keys each bundle in use has, beside how many it is to have: one for each recovery key besides its Region's own, unless that
/// is one of them.
pub(super) fn bundles_have(keys: &KeyOptions, record: &SecretRecord, is_so: impl Fn(usize, usize) -> bool) -> bool {
    let current = record.version_with_stage(AWSCURRENT);
    current.into_iter().flat_map(|version| &version.bundles).all(|bundle| {
        let own = keys.recovery_keys.iter().filter(|key| key.is_kms_key(&bundle.kms_key_id)).count();
        is_so(bundle.encrypted_data_keys.len().max(1), 1 + keys.recovery_keys.len() - own)
    })
}

/// Where signed bundles are asked for, these are: all bundles of a version are of one suite.
pub(super) fn signature(vault: &Vault, request: &CreateSecret, holder: &Located) -> Result<Option<SecretDifference>> {
    let Some(version) = holder.record.version_with_stage(AWSCURRENT).filter(|_| request.suite.is_signed()) else { return Ok(None) };
    Ok((!vault.suite_of_version(holder, version)?.is_signed()).then_some(SecretDifference::Signature))
}
