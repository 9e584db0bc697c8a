//! What `pack` does. There is nothing like it in AWS: each secret for itself is made by CreateSecret, or changed by PutSecretValue, UpdateSecret,
//! TagResource, PutResourcePolicy and RotateSecret in one piece, and what is gone is deleted by DeleteSecret.

use super::{
    super::{
        operation::Creation,
        world::{MarkedSecrets, ModelDeletion, ModelKey, ModelReplica, ModelSecret, Refusable, World},
    },
    labels::AWSCURRENT,
    versions::{New, is_repeated},
};
use crate::error::ErrorCode;

impl World {
    /// The same as it is there, or made; not in AWS.
    pub(super) fn ensure(&self, creation: &Creation) -> Refusable<Self> {
        let Some(holder) = self.holder(creation.name, creation.primary) else { return self.create(creation) };
        if holder.deletion.is_some() || creation.token.is_some() || holder.primary != creation.primary {
            return self.create_again(creation, holder);
        }
        let mut wanted = creation.secret(0);
        wanted.replicas =
            creation.replicas.iter().map(|(region, key)| (*region, ModelReplica::in_sync(key.unwrap_or(ModelKey::Default)))).collect();
        let current = holder.labelled(AWSCURRENT).map(|version| version.value);
        // What a change of the secret made otherwise.
        let as_is = ModelSecret {
            is_rotation_cancelled: false,
            rotated: None,
            created: 0,
            changed: 0,
            packed: None,
            versions: Vec::new(),
            ..holder.clone()
        };
        if wanted == as_is && current == creation.value { Ok(self.clone()) } else { Err(ErrorCode::ResourceExistsException) }
    }

    /// A secret that is there becomes what is said, and what is not said stays.
    pub(super) fn bring(&self, creation: &Creation, source: usize) -> Refusable<Self> {
        let mut after = self.clone();
        let Some(holder) = self.holder(creation.name, creation.primary) else {
            after = self.create(creation)?;
            after.secrets.entry((creation.name, creation.primary)).and_modify(|made| made.packed = Some(source));
            return Ok(after);
        };
        if holder.deletion.is_some() {
            return Err(ErrorCode::InvalidRequestException);
        }
        if holder.primary != creation.primary {
            return Err(ErrorCode::ResourceExistsException);
        }
        let new = new_version(holder, creation)?;
        if says_what_no_update_changes(holder, creation) {
            return Err(ErrorCode::ResourceExistsException);
        }
        let mut secret = holder.clone();
        secret.description = creation.description.or(holder.description);
        secret.tags.extend(creation.tags());
        secret.policy = creation.policy.or(holder.policy);
        if creation.rotation_days.is_some() && creation.rotation_days != holder.rotation_days {
            secret.check_rotation(None)?;
            (secret.rotation_days, secret.is_rotation_cancelled) = (creation.rotation_days, false);
        }
        if new.is_none() && secret == *holder {
            return Ok(after);
        }
        if let Some((token, value)) = new {
            self.add_version(&mut secret, &New { token, value, stages: &[], is_partial: creation.is_partial })?;
        }
        // What was made otherwise stays no source's.
        secret.packed = holder.packed.map(|_| source);
        secret.changed = self.now;
        after.put(creation.name, secret);
        Ok(after)
    }

    /// Its Regions go, and it can be restored for 30 days. Refused where it is not that source's.
    pub(super) fn prune(&self, name: usize, primary: usize, source: usize) -> Refusable<Self> {
        let (found, _) = self.find(MarkedSecrets::Refused, name, Some(primary))?;
        if found.primary != primary || found.packed != Some(source) {
            return Err(ErrorCode::ResourceNotFoundException);
        }
        let mut secret = found.clone();
        found.replicas.keys().for_each(|region| secret.leave(*region));
        secret.deletion = Some(ModelDeletion { marked: self.now, due: self.now + 24 * 30 });
        secret.changed = self.now;
        let mut after = self.clone();
        after.put(name, secret);
        Ok(after)
    }
}

/// Its number and its value, where the value that is said is not there, or its token has made none yet.
fn new_version(holder: &ModelSecret, creation: &Creation) -> Refusable<Option<(u64, u64)>> {
    let Some(value) = creation.value else { return Ok(None) };
    let (number, is_there) = match creation.token {
        Some(token) => (token, is_repeated(holder, token, value)?),
        None => (holder.drawn(value), holder.labelled(AWSCURRENT).is_some_and(|current| current.value == value)),
    };
    Ok(Some((number, value)).filter(|_| !is_there))
}

fn says_what_no_update_changes(holder: &ModelSecret, creation: &Creation) -> bool {
    let has_replica = |(region, key): &(usize, Option<ModelKey>)| {
        let replica = holder.replicas.get(region).filter(|replica| replica.failed.is_none());
        replica.is_some_and(|replica| key.is_none_or(|key| key == replica.key))
    };
    creation.number != holder.number
        || creation.has_key_per_region && !holder.has_key_per_region
        || creation.key == ModelKey::Own && holder.key != ModelKey::Own
        || !creation.replicas.iter().all(has_replica)
}
