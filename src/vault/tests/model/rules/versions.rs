//! New versions, other keys, and rotation.

use super::{
    super::{
        operation::{At, Put, Update},
        world::{MarkedSecrets, ModelKey, ModelSecret, ModelVersion, Refusable, World},
    },
    labels::{self, AWSCURRENT, AWSPENDING, AWSPREVIOUS},
};
use crate::error::ErrorCode;

/// A version that a secret is to get.
pub(super) struct New<'a> {
    pub(super) token: u64,
    pub(super) value: u64,
    pub(super) stages: &'a [String],
    pub(super) is_partial: bool,
}

impl World {
    pub(super) fn put_value(&self, put: &Put) -> Refusable<Self> {
        let Put { at, token, value, stages, replaces, is_partial } = put;
        let before = self.find_primary(MarkedSecrets::Refused, at.name, at.region)?;
        if is_repeated(before, *token, *value)? {
            return Ok(self.clone());
        }
        let current = before.labelled(AWSCURRENT).map(|version| version.id);
        if replaces.is_some_and(|replaced| current != Some(replaced)) {
            return Err(ErrorCode::InvalidRequestException);
        }
        let mut secret = before.clone();
        self.add_version(&mut secret, &New { token: *token, value: *value, stages, is_partial: *is_partial })?;
        let mut after = self.clone();
        after.put(at.name, secret);
        Ok(after)
    }

    /// All Regions in sync take it, each under its key; one that cannot fails the request, or is failed from then on.
    pub(super) fn add_version(&self, secret: &mut ModelSecret, new: &New<'_>) -> Refusable<()> {
        self.require_usable(secret.primary, secret.key)?;
        let replicas: Vec<_> = secret
            .replicas
            .iter()
            .filter(|(_, replica)| replica.failed.is_none())
            .map(|(region, replica)| (*region, replica.key))
            .collect();
        let failing: Vec<_> = replicas.iter().copied().filter(|(region, key)| self.is_disabled(*region, *key)).collect();
        if !failing.is_empty() && !new.is_partial {
            return Err(ErrorCode::DisabledException);
        }
        failing.iter().for_each(|(region, key)| secret.fail(*region, *key));
        let others = replicas.into_iter().filter(|replica| !failing.contains(replica));
        let bundles = others.chain([(secret.primary, secret.key)]).collect();
        // "If you don't specify VersionStages, AWSCURRENT moves"; the first version gets it in any case.
        let current = (new.stages.is_empty() || secret.versions.is_empty()).then_some(AWSCURRENT);
        let stages: Vec<_> = new.stages.iter().map(String::as_str).chain(current).collect();
        let version = ModelVersion { id: new.token, value: new.value, created: self.now, labels: [].into(), bundles };
        secret.versions.push(version);
        labels::move_to(secret, new.token, &stages)?;
        secret.prune(self.now);
        secret.changed = self.now;
        Ok(())
    }

    pub(super) fn update(&self, update: &Update) -> Refusable<Self> {
        let Update { at, description, key, value, is_partial } = update;
        let before = self.find_primary(MarkedSecrets::Refused, at.name, at.region)?;
        let mut secret = before.clone();
        let new = match value {
            Some((token, value)) if !is_repeated(before, *token, *value)? => Some((*token, *value)),
            _ => None,
        };
        if let Some(key) = key {
            self.move_to_key(&mut secret, *key)?;
        }
        if let Some(number) = description {
            secret.description = Some(*number).filter(|number| *number > 0);
        }
        if secret != *before {
            secret.changed = self.now;
        }
        if let Some((token, value)) = new {
            self.add_version(&mut secret, &New { token, value, stages: &[], is_partial: *is_partial })?;
        }
        let mut after = self.clone();
        after.put(at.name, secret);
        Ok(after)
    }

    /// "Secrets Manager re-encrypts versions with AWSCURRENT, AWSPENDING and AWSPREVIOUS." Here the Regions of a version share a data key unless
    /// each has one, so that they get another one where somebody loses access; a Region that was behind then has all that the primary has.
    fn move_to_key(&self, secret: &mut ModelSecret, key: ModelKey) -> Refusable<()> {
        let primary = secret.primary;
        self.require_usable(primary, key)?;
        let moves = |version: &ModelVersion| [AWSCURRENT, AWSPENDING, AWSPREVIOUS].iter().any(|label| version.labels.contains(*label));
        if secret.versions.iter().filter(|version| moves(version)).all(|version| version.bundles.get(&primary) == Some(&key)) {
            secret.key = key;
            return Ok(());
        }
        let regions = secret.regions();
        let is_whole = regions.iter().any(|region| secret.is_behind(*region));
        let is_sealed = |version: &ModelVersion| is_whole || moves(version);
        self.require_opening(secret, is_sealed)?;
        let sealed = if secret.has_key_per_region { vec![primary] } else { regions };
        secret.key = key;
        self.seal_in(secret, &sealed, is_sealed)
    }

    pub(super) fn require_opening(&self, secret: &ModelSecret, is_among: impl Fn(&ModelVersion) -> bool) -> Refusable<()> {
        let all_open = secret.versions.iter().filter(|version| is_among(version)).all(|version| self.opens(version));
        if all_open { Ok(()) } else { Err(ErrorCode::DecryptionFailure) }
    }

    pub(super) fn seal_in(&self, secret: &mut ModelSecret, regions: &[usize], is_among: impl Fn(&ModelVersion) -> bool) -> Refusable<()> {
        regions.iter().try_for_each(|region| self.require_usable(*region, secret.key_in(*region)))?;
        regions.iter().for_each(|region| secret.seal(*region, &is_among));
        secret.changed = self.now;
        Ok(())
    }

    /// All versions of one Region, or of all of them, anew; not in AWS.
    pub(super) fn rewrap(&self, at: At, to_key: Option<ModelKey>) -> Refusable<Self> {
        if to_key.is_some() && at.region.is_none() {
            return Err(ErrorCode::InvalidParameterException);
        }
        let (before, _) = self.find(MarkedSecrets::Found, at.name, at.region)?;
        let (mut secret, present) = (before.clone(), before.regions());
        let regions = at.region.map_or_else(|| present.clone(), |region| vec![region]);
        if let (Some(region), Some(key)) = (at.region, to_key) {
            secret.set_key(region, key);
        }
        regions.iter().try_for_each(|region| self.require_usable(*region, secret.key_in(*region)))?;
        self.require_opening(&secret, |_| true)?;
        let is_moved = |region: &usize| {
            let key = secret.key_in(*region);
            secret.versions.iter().filter_map(|version| version.bundles.get(region)).any(|old| *old != key)
        };
        let loses_access = !secret.has_key_per_region && regions.iter().any(is_moved);
        self.seal_in(&mut secret, if loses_access { &present } else { &regions }, |_| true)?;
        let mut after = self.clone();
        after.put(at.name, secret);
        Ok(after)
    }
}

impl ModelSecret {
    pub(super) fn set_key(&mut self, region: usize, key: ModelKey) {
        match self.replicas.get_mut(&region) {
            Some(replica) => replica.key = key,
            None => self.key = key,
        }
    }

    /// The version that a rotation has left.
    fn unfinished(&self) -> Option<u64> {
        let pending = self.labelled(AWSPENDING)?;
        (!pending.labels.contains(AWSCURRENT)).then_some(pending.id)
    }

    /// "If the AWSPENDING staging label is present but not attached to the same version as AWSCURRENT, any later invocation of RotateSecret
    /// assumes that a previous rotation request is still in progress and returns an error." The same token goes on with it.
    pub(super) fn check_rotation(&self, token: Option<u64>) -> Refusable<()> {
        let current = self.labelled(AWSCURRENT).map(|version| version.id);
        match (self.unfinished(), token) {
            _ if token.is_some() && current == token => Ok(()),
            (Some(pending), Some(token)) if pending == token => Ok(()),
            (Some(_), _) => Err(ErrorCode::InvalidRequestException),
            (None, Some(token)) if self.version(token).is_some() => Err(ErrorCode::ResourceExistsException),
            (None, _) => Ok(()),
        }
    }
}

impl World {
    pub(super) fn rotate(&self, at: At, days: i64, token: Option<u64>) -> Refusable<Self> {
        self.change(at, |secret| {
            secret.check_rotation(token)?;
            secret.rotation_days = Some(days);
            secret.is_rotation_cancelled = false;
            Ok(())
        })
    }

    /// What reads the current and the pending value in the primary Region, then moves the labels.
    pub(super) fn finish_rotation(&self, at: At, token: u64) -> Refusable<Self> {
        let before = self.find_primary(MarkedSecrets::Refused, at.name, at.region)?;
        before.check_rotation(Some(token))?;
        let current = before.labelled(AWSCURRENT).ok_or(ErrorCode::ResourceNotFoundException)?;
        let is_current = current.id == token;
        let pending = before.labelled(AWSPENDING).filter(|pending| pending.id == token && !is_current);
        let is_readable =
            |version: &ModelVersion| version.bundles.get(&before.primary).is_some_and(|key| !self.is_disabled(before.primary, *key));
        if !is_readable(current) || pending.is_some_and(|pending| !is_readable(pending)) {
            return Err(ErrorCode::DecryptionFailure);
        }
        if !is_current && pending.is_none() {
            return Err(ErrorCode::InvalidRequestException);
        }
        self.change(at, |secret| {
            if !is_current {
                labels::move_to(secret, token, &[AWSCURRENT])?;
                labels::move_by_request(secret, AWSPENDING, Some(token), None)?;
                secret.rotated = Some(self.now);
            }
            Ok(())
        })
    }
}

/// "If a version with this token exists, and its value is the same, the request is ignored; with another value it fails."
pub(super) fn is_repeated(secret: &ModelSecret, token: u64, value: u64) -> Refusable<bool> {
    match secret.version(token) {
        None => Ok(false),
        Some(version) if version.value == value => Ok(true),
        Some(_) => Err(ErrorCode::ResourceExistsException),
    }
}
