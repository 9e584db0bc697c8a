//! What a request says of a secret that is there and that the secret has not: what an update is to bring about.

use super::{
    super::{
        Vault,
        create::CreateSecret,
        family::Located,
        record::{AWSCURRENT, DataKeyScope, ReplicaStatus, SecretRecord},
    },
    batch_rules::OnDifference,
    compare::{bundles_have, signature},
};
use crate::{
    error::{Result, SecretDifference, SecretRefusal},
    kms::{
        DEFAULT_KEY_ALIAS, EmbeddedKms,
        key_choice::{KeyOptions, name_of_key},
    },
};

impl Vault {
    /// In what a secret that is there is to be updated; nothing where it is the one that is asked for.
    ///
    /// # Errors
    /// As for [`Vault::unchanged`] where what differs is refused, else as for [`Vault::updates`].
    pub(super) fn compared(
        &self,
        kms: &EmbeddedKms,
        keys: &KeyOptions,
        request: &CreateSecret,
        holder: &Located,
        on_difference: OnDifference,
    ) -> Result<Vec<SecretDifference>> {
        match on_difference {
            OnDifference::Refuse => self.unchanged(kms, keys, request, holder).map(|()| Vec::new()),
            OnDifference::Update => self.updates(kms, keys, request, holder),
        }
    }

    /// In what the secret is to be updated; nothing where it has all that the request says. What the request does not say stays as it is, as in
    /// `UpdateSecret`: Regions and tags that others added, a description that a plan has not.
    ///
    /// # Errors
    /// `ResourceExistsException` for what no update changes, a replica, and a token of another value; `InvalidRequestException` for one that is
    /// marked for deletion; as for [`Vault::get_secret_value`](super::super::Vault::get_secret_value) where another keystore made the value on
    /// record.
    fn updates(&self, kms: &EmbeddedKms, keys: &KeyOptions, request: &CreateSecret, holder: &Located) -> Result<Vec<SecretDifference>> {
        let record = &holder.record;
        record.require_name_given_up()?;
        if record.primary_region() != request.region {
            return Err(SecretRefusal::Exists(request.name.clone()).into());
        }
        let mut differences = Vec::new();
        if self.has_other_value(kms, keys, request, holder)? {
            differences.push(SecretDifference::Value);
        } else {
            // A new version is signed where that is asked for.
            differences.extend(signature(self, request, holder)?);
        }
        differences.extend(said_otherwise(kms, keys, request, record));
        let refused: Vec<_> = differences.iter().copied().filter(|difference| !is_updated(*difference)).collect();
        if refused.is_empty() {
            return Ok(differences);
        }
        Err(SecretRefusal::NotUpdated { name: request.name.clone(), differences: refused }.into())
    }

    /// A token makes a version once, as in `PutSecretValue`, and one that has made none makes one, whatever its value.
    fn has_other_value(&self, kms: &EmbeddedKms, keys: &KeyOptions, request: &CreateSecret, holder: &Located) -> Result<bool> {
        let Some(value) = &request.value else { return Ok(false) };
        if let Some(token) = &request.client_request_token {
            return self.is_repeated(kms, keys, holder, token, value).map(|is_repeated| !is_repeated);
        }
        match holder.record.version_with_stage(AWSCURRENT) {
            Some(version) => self.is_same_value(kms, keys, holder, version, value).map(|is_same| !is_same),
            None => Ok(true),
        }
    }
}

/// Whether an update brings it about. What is bound to bundles, and where they are and under which keys, has commands of its own.
const fn is_updated(difference: SecretDifference) -> bool {
    matches!(
        difference,
        SecretDifference::Value
            | SecretDifference::Description
            | SecretDifference::Tags
            | SecretDifference::ResourcePolicy
            | SecretDifference::RotationRules
    )
}

/// The members besides the value.
fn said_otherwise(kms: &EmbeddedKms, keys: &KeyOptions, request: &CreateSecret, record: &SecretRecord) -> Vec<SecretDifference> {
    let description = request.description.as_deref();
    let context = &request.encryption_context;
    let replica = |region: &str| record.replication_status.iter().find(|replica| replica.region.name() == region);
    let own_key = |id| name_of_key(kms, request.region, Some(id)) == record.kms_key_id.as_deref().unwrap_or(DEFAULT_KEY_ALIAS);
    let has_replicas = request.replicas.iter().all(|said| replica(&said.region).is_some_and(|there| there.status == ReplicaStatus::InSync));
    let has_their_keys = request.replicas.iter().all(|said| {
        let there = replica(&said.region).zip(said.kms_key_id.as_deref());
        there.is_none_or(|(there, id)| name_of_key(kms, there.region, Some(id)) == there.kms_key_id)
    });
    let checks = [
        (SecretDifference::Description, description.is_none_or(|said| said == record.description.as_deref().unwrap_or_default())),
        (SecretDifference::Tags, request.tags.iter().all(|said| record.tags.contains(said))),
        (SecretDifference::ResourcePolicy, request.resource_policy.is_none() || request.resource_policy == record.resource_policy),
        (SecretDifference::RotationRules, request.rotation_rules.is_none() || request.rotation_rules == record.rotation_rules),
        (SecretDifference::EncryptionContext, context.is_empty() || *context == record.encryption_context),
        (SecretDifference::DataKeyScope, request.data_key_scope == DataKeyScope::Shared || request.data_key_scope == record.data_key_scope),
        (SecretDifference::KmsKeyId, request.kms_key_id.as_deref().is_none_or(own_key)),
        (SecretDifference::ReplicaRegions, has_replicas),
        (SecretDifference::ReplicaKmsKeyId, has_their_keys),
        (SecretDifference::RecoveryKeys, bundles_have(keys, record, |there, said| there >= said)),
    ];
    checks.into_iter().filter(|(_, is_so)| !is_so).map(|(member, _)| member).collect()
}
