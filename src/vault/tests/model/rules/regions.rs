//! Regions come and go.

use super::super::{
    operation::At,
    world::{MarkedSecrets, ModelKey, ModelReplica, ModelSecret, Refusable, World},
};
use crate::error::ErrorCode;

/// What is to become of a Region that a secret is to go to.
enum Wanted {
    /// It is as it should be.
    Nothing,
    Sealed(ModelKey),
    /// It could be recorded as failed.
    Failed(ModelKey, ErrorCode),
    /// No later try mends it.
    Refused(ErrorCode),
}

impl World {
    pub(super) fn replicate(&self, at: At, replicas: &[(usize, Option<ModelKey>)], overwrites: bool, is_partial: bool) -> Refusable<Self> {
        let before = self.find_primary(MarkedSecrets::Refused, at.name, at.region)?;
        let (mut targets, mut failed, mut problems, mut is_recordable) = (Vec::new(), Vec::new(), Vec::new(), is_partial);
        for (region, key) in replicas {
            match self.wanted(before, at.name, (*region, *key), overwrites) {
                Wanted::Nothing => {}
                Wanted::Sealed(key) => targets.push((*region, key)),
                Wanted::Failed(key, code) => {
                    failed.push((*region, key));
                    problems.push(code);
                }
                Wanted::Refused(code) => {
                    is_recordable = false;
                    problems.push(code);
                }
            }
        }
        if let Some(code) = problems.first().filter(|_| !is_recordable) {
            return Err(*code);
        }
        if targets.is_empty() && failed.is_empty() {
            return Ok(self.clone());
        }
        let mut secret = before.clone();
        let following = following(&secret, &targets);
        if !targets.is_empty() {
            self.open_to_replicate(&secret, &following)?;
        }
        secret.replicas.extend(targets.iter().map(|(region, key)| (*region, ModelReplica::in_sync(*key))));
        let regions: Vec<_> = targets.iter().map(|(region, _)| *region).collect();
        self.seal_in(&mut secret, &[following, regions.clone()].concat(), |_| true)?;
        failed.iter().for_each(|(region, key)| secret.fail(*region, *key));
        let mut after = self.clone();
        after.make_room(at.name, secret.number, secret.primary, &regions);
        after.put(at.name, secret);
        Ok(after)
    }

    fn wanted(&self, secret: &ModelSecret, name: usize, (region, named): (usize, Option<ModelKey>), overwrites: bool) -> Wanted {
        if region == secret.primary {
            return Wanted::Refused(ErrorCode::InvalidParameterException);
        }
        let known = secret.replicas.get(&region);
        let Some(in_sync) = known.filter(|replica| replica.failed.is_none()) else {
            let key = named.or(known.map(|replica| replica.key)).unwrap_or(ModelKey::Default);
            let checked = self.check_replica(name, Some(secret), (region, key), overwrites);
            return checked.map_or_else(|code| Wanted::Failed(key, code), |()| Wanted::Sealed(key));
        };
        let Some(key) = named else { return Wanted::Nothing };
        if let Err(code) = self.require_usable(region, key) {
            return Wanted::Refused(code);
        }
        let is_under_it = match secret.versions.as_slice() {
            [] => in_sync.key == key,
            versions => versions.iter().all(|version| version.bundles.get(&region) == Some(&key)),
        };
        match (is_under_it, overwrites) {
            (true, _) => Wanted::Nothing,
            (false, true) => Wanted::Sealed(key),
            (false, false) => Wanted::Refused(ErrorCode::InvalidParameterException),
        }
    }

    /// One version after the other: its value, then the keys of the Regions that get another data key too.
    fn open_to_replicate(&self, secret: &ModelSecret, following: &[usize]) -> Refusable<()> {
        for version in &secret.versions {
            self.require_opening(secret, |other| other.id == version.id)?;
            following.iter().try_for_each(|region| self.require_usable(*region, secret.key_in(*region)))?;
        }
        Ok(())
    }

    pub(super) fn remove_regions(&self, at: At, regions: &[usize]) -> Refusable<Self> {
        self.change(at, |secret| {
            if regions.contains(&secret.primary) {
                return Err(ErrorCode::InvalidParameterException);
            }
            regions.iter().for_each(|region| secret.leave(*region));
            Ok(())
        })
    }

    /// "Removes the link between the replica secret and the primary secret and promotes the replica to a primary secret in the replica Region."
    pub(super) fn stop_replication(&self, name: usize, region: usize) -> Refusable<Self> {
        let (before, _) = self.find(MarkedSecrets::Refused, name, Some(region))?;
        if before.is_behind(region) {
            return Err(ErrorCode::InvalidRequestException);
        }
        if before.primary == region {
            return Err(ErrorCode::InvalidParameterException);
        }
        self.require_opening(before, |_| true)?;
        let mut promoted = ModelSecret {
            primary: region,
            key: before.key_in(region),
            rotation_days: None,
            is_rotation_cancelled: false,
            rotated: None,
            changed: self.now,
            // Whoever promoted it made it, and no batch did.
            packed: None,
            replicas: [].into(),
            ..before.clone()
        };
        promoted.versions.iter_mut().for_each(|version| version.bundles.retain(|of, _| *of == region));
        let mut former = before.clone();
        former.leave(region);
        let mut after = self.clone();
        after.put(name, former);
        after.put(name, promoted);
        Ok(after)
    }
}

/// The Regions that get another data key, as somebody who has the one that all share loses access.
fn following(secret: &ModelSecret, targets: &[(usize, ModelKey)]) -> Vec<usize> {
    let is_left =
        |(region, key): &(usize, ModelKey)| secret.versions.iter().any(|version| version.bundles.get(region).is_some_and(|old| old != key));
    if secret.has_key_per_region || !targets.iter().any(is_left) {
        return Vec::new();
    }
    secret.regions().into_iter().filter(|region| targets.iter().all(|(target, _)| target != region)).collect()
}
