//! AWS's rules: what a step makes of the world, or the name of the error that it is refused with. From the API reference, the user guide and
//! recorded behaviour, as `docs/aws.md` has them, and not from the code that is tested.

mod batches;
pub(super) mod labels;
mod metadata;
mod regions;
mod versions;

use std::collections::BTreeMap;

use super::{
    operation::{At, Creation, Operation, Step},
    world::{MarkedSecrets, ModelKey, ModelReplica, ModelSecret, ModelVersion, Refusable, World},
};
use crate::error::ErrorCode;

impl World {
    /// The world after a step.
    pub(super) fn after(&self, step: &Step) -> Refusable<Self> {
        match step {
            Step::Whole(Operation::Create(creation)) => self.create(creation),
            Step::Ensure(creation) => self.ensure(creation),
            Step::Bring(creation, source) => self.bring(creation, *source),
            Step::PruneOne { name, primary, source } => self.prune(*name, *primary, *source),
            Step::NameTwice => Err(ErrorCode::InvalidParameterException),
            Step::PurgeOne { name, primary } => {
                let mut after = self.clone();
                after.secrets.retain(|place, secret| *place != (*name, *primary) || !self.is_due(secret));
                Ok(after)
            }
            Step::Whole(operation) => self.after_operation(operation),
        }
    }

    fn after_operation(&self, operation: &Operation) -> Refusable<Self> {
        match operation {
            Operation::Put(put) => self.put_value(put),
            Operation::Update(update) => self.update(update),
            Operation::MoveLabel { at, label, from, to } => self.change(*at, |secret| labels::move_by_request(secret, label, *from, *to)),
            Operation::Delete(at, recovery) => self.delete(*at, *recovery),
            Operation::Restore(at) => self.restore(*at),
            Operation::Replicate { at, replicas, overwrites, is_partial } => self.replicate(*at, replicas, *overwrites, *is_partial),
            Operation::RemoveRegions(at, regions) => self.remove_regions(*at, regions),
            Operation::StopReplication { name, region } => self.stop_replication(*name, *region),
            Operation::Rewrap(at, to_key) => self.rewrap(*at, *to_key),
            Operation::Tag(at, key, value) => self.tag(*at, key, value),
            Operation::Untag(at, key) => self.change(*at, |secret| {
                secret.tags.remove(key);
                Ok(())
            }),
            Operation::PutPolicy { at, policy, blocks_public } => self.put_policy(*at, *policy, *blocks_public),
            Operation::DeletePolicy(at) => self.change(*at, |secret| {
                secret.policy = None;
                Ok(())
            }),
            Operation::Rotate { at, days, token } => self.rotate(*at, *days, *token),
            Operation::CancelRotation(at) => self.change(*at, |secret| {
                secret.is_rotation_cancelled = secret.rotation_days.is_some();
                Ok(())
            }),
            Operation::FinishRotation(at, token) => self.finish_rotation(*at, *token),
            Operation::Read(name, region) => self.value(*name, *region).map(|_| self.clone()),
            other => unreachable!("{other:?} is not one step"),
        }
    }

    /// What GetSecretValue gives for `AWSCURRENT`: the number of the value.
    pub(super) fn value(&self, name: usize, region: usize) -> Refusable<u64> {
        let (secret, region) = self.find(MarkedSecrets::Refused, name, Some(region))?;
        let versions = secret.versions_in(region);
        let current = versions.iter().find(|(_, labels)| labels.contains(labels::AWSCURRENT));
        current.map(|(version, _)| version.value).ok_or(ErrorCode::ResourceNotFoundException)
    }

    /// A change in the primary Region of a secret that is not marked for deletion; what changes nothing leaves its date alone.
    fn change(&self, at: At, change: impl FnOnce(&mut ModelSecret) -> Refusable<()>) -> Refusable<Self> {
        self.change_marked(MarkedSecrets::Refused, at, change)
    }

    fn change_marked(&self, marked: MarkedSecrets, at: At, change: impl FnOnce(&mut ModelSecret) -> Refusable<()>) -> Refusable<Self> {
        let before = self.find_primary(marked, at.name, at.region)?;
        let mut secret = before.clone();
        change(&mut secret)?;
        let mut after = self.clone();
        if secret != *before {
            secret.changed = self.now;
            after.put(at.name, secret);
        }
        Ok(after)
    }
}

impl World {
    fn create(&self, creation: &Creation) -> Refusable<Self> {
        let Creation { number, name, primary, key, token, value, .. } = creation;
        if let Some(holder) = self.holder(*name, *primary) {
            return self.create_again(creation, holder);
        }
        let (mut problems, mut failed, mut in_sync) = (Vec::new(), Vec::new(), Vec::new());
        problems.extend(self.require_usable(*primary, *key).err());
        let mut is_recorded = creation.is_partial && problems.is_empty();
        for (region, key) in &creation.replicas {
            let key = key.unwrap_or(ModelKey::Default);
            if region == primary {
                // "Invalid replica region.": no later try mends it.
                problems.push(ErrorCode::InvalidParameterException);
                is_recorded = false;
                continue;
            }
            match self.check_replica(creation.name, None, (*region, key), creation.overwrites) {
                Ok(()) => in_sync.push((*region, key)),
                Err(code) => {
                    problems.push(code);
                    failed.push((*region, key));
                }
            }
        }
        if let Some(code) = problems.first().filter(|_| !is_recorded) {
            return Err(*code);
        }
        let mut secret = creation.secret(self.now);
        if let Some(value) = value {
            secret.versions.push(ModelVersion {
                id: token.unwrap_or_else(|| secret.drawn(*value)),
                value: *value,
                created: self.now,
                labels: [labels::AWSCURRENT.to_owned()].into(),
                bundles: [(*primary, *key)].into_iter().chain(in_sync.iter().copied()).collect(),
            });
        }
        secret.replicas.extend(in_sync.iter().map(|(region, key)| (*region, ModelReplica::in_sync(*key))));
        failed.iter().for_each(|(region, key)| secret.fail(*region, *key));
        let mut after = self.clone();
        let taken: Vec<_> = in_sync.iter().map(|(region, _)| *region).collect();
        after.make_room(*name, *number, *primary, &taken);
        after.put(*name, secret);
        Ok(after)
    }

    /// A secret of this name is there: the same token with the same value is a success.
    fn create_again(&self, creation: &Creation, holder: &ModelSecret) -> Refusable<Self> {
        if holder.deletion.is_some() {
            return Err(ErrorCode::InvalidRequestException);
        }
        let version = creation.token.and_then(|token| holder.version(token)).filter(|_| holder.primary == creation.primary);
        let is_same = version.is_some_and(|version| Some(version.value) == creation.value);
        if is_same { Ok(self.clone()) } else { Err(ErrorCode::ResourceExistsException) }
    }

    /// A Region that a secret is to go to.
    fn check_replica(&self, name: usize, own: Option<&ModelSecret>, (region, key): (usize, ModelKey), overwrites: bool) -> Refusable<()> {
        self.require_usable(region, key)?;
        let other = self.holder(name, region).filter(|holder| own.is_none_or(|own| own.primary != holder.primary));
        match other {
            // It could be restored.
            Some(other) if other.deletion.is_some() => Err(ErrorCode::InvalidParameterException),
            Some(other) if !overwrites || other.primary == region && !other.replicas.is_empty() => {
                Err(ErrorCode::InvalidParameterException)
            }
            _ => Ok(()),
        }
    }
}

impl Creation {
    pub(super) fn tags(&self) -> BTreeMap<String, String> {
        let team = self.team.map(|team| ("team".to_owned(), team.to_string()));
        [("made".to_owned(), self.number.to_string())].into_iter().chain(team).collect()
    }

    /// Without versions and replicas.
    fn secret(&self, now: i64) -> ModelSecret {
        ModelSecret {
            number: self.number,
            primary: self.primary,
            description: self.description,
            key: self.key,
            has_key_per_region: self.has_key_per_region,
            tags: self.tags(),
            policy: self.policy,
            rotation_days: self.rotation_days,
            is_rotation_cancelled: false,
            rotated: None,
            deletion: None,
            created: now,
            changed: now,
            packed: None,
            replicas: BTreeMap::new(),
            versions: Vec::new(),
        }
    }
}
