//! What every reading operation answers in every Region is what the model says, and nothing else is to be had.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::*,
    NAMES, POLICIES, REGIONS,
    carry_out::{Outcome, description, number_of_value, place, rules, token},
    keystores::Keystores,
    observe::{Checked, Observer, hour, index_of},
    rules::labels::AWSCURRENT,
    world::{DRAWN, Labels, MarkedSecrets, ModelKey, ModelSecret, ModelVersion, Refusable, World},
};
use crate::{arn::SecretArn, timestamp::Timestamp};

type Shown<T> = std::result::Result<T, Outcome>;

/// What there is to compare.
pub(super) struct Answers<'h> {
    pub(super) vault: &'h Vault,
    pub(super) keystores: &'h Keystores,
    pub(super) observer: &'h Observer,
    pub(super) world: &'h World,
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Checked<()> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, and the model says {expected:?}")) }
}

fn shown<T>(result: Result<T>) -> Shown<T> {
    result.map_err(|error| Outcome::of::<()>(Err(error)))
}

fn refused<T>(expected: Refusable<T>) -> Shown<T> {
    expected.map_err(Outcome::Refused)
}

impl Answers<'_> {
    pub(super) fn check(&self) -> Checked<()> {
        if !self.vault.exists() {
            return Ok(());
        }
        for (name, called) in NAMES.iter().enumerate() {
            for (region, place) in REGIONS.iter().enumerate() {
                let in_place = |what: String| format!("{called} in {place}: {what}");
                self.description(name, region).map_err(in_place)?;
                self.versions(name, region).map_err(in_place)?;
                self.values(name, region).map_err(in_place)?;
                self.policy(name, region).map_err(in_place)?;
            }
        }
        (0..REGIONS.len()).try_for_each(|region| self.list(region).and_then(|()| self.read_by_filter(region)))?;
        self.statuses()
    }

    /// Every secret at a glance.
    fn statuses(&self) -> Checked<()> {
        let keys = KeyOptions::default();
        let listed = self.keystores.read(|kms| self.vault.secret_statuses(Some(kms), &keys, None, &[]));
        let mut found = BTreeMap::new();
        for secret in listed.and_then(Listed::whole).map_err(|error| error.to_string())? {
            let mut regions = BTreeMap::new();
            for there in secret.regions {
                let version = there.version_id.map(|id| self.observer.id(&id)).transpose()?;
                regions.insert(index_of(there.region)?, (there.status, version));
            }
            found.insert((secret.name, index_of(secret.arn.region())?), regions);
        }
        let expected = self.world.secrets.iter().map(|((name, primary), secret)| {
            let replicas = secret.replicas.iter().map(|(region, replica)| match replica.failed {
                None => (*region, (StateInRegion::InSync, None)),
                Some(_) => (*region, (StateInRegion::Failed, current_in(secret, *region).map(|version| version.id))),
            });
            ((NAMES[*name].to_owned(), *primary), replicas.chain([(*primary, (StateInRegion::Primary, None))]).collect())
        });
        expect("how secrets are", &found, &expected.collect())
    }

    fn description(&self, name: usize, region: usize) -> Checked<()> {
        let found = self.keystores.read(|kms| self.vault.describe_secret(Some(kms), NAMES[name], Some(place(region))));
        let expected = self.world.find(MarkedSecrets::Found, name, Some(region));
        let (found, (secret, _)) = match (shown(found), refused(expected)) {
            (Ok(found), Ok(expected)) => (found, expected),
            (found, expected) => return expect("DescribeSecret", &found.map(drop), &expected.map(drop)),
        };
        let (is_primary, now) = (region == secret.primary, self.world.now);
        let number = |described: Option<u64>| described.map(description);
        expect("Description", &found.description, &number(secret.description))?;
        let tags: BTreeMap<_, _> = found.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
        expect("Tags", &tags, &secret.tags)?;
        let key = found.kms_key_id.map_or(Some(ModelKey::Default), |key| self.keystores.names.key(region, &key));
        expect("KmsKeyId", &key, &Some(secret.key_in(region)))?;
        expect("RotationRules", &found.rotation_rules, &secret.rotation_days.filter(|_| is_primary).map(rules))?;
        let is_due_shown = secret.rotation_days.is_some() && is_primary && !secret.is_rotation_cancelled;
        expect("RotationDueDate", &found.rotation_due_date.is_some(), &is_due_shown)?;
        let hour_of = |time: Option<Timestamp>| time.map(|time| hour(time, now)).transpose();
        expect("LastRotatedDate", &hour_of(found.last_rotated_date)?, &secret.rotated.filter(|_| is_primary))?;
        expect("DeletedDate", &hour_of(found.deleted_date)?, &secret.deletion.map(|deletion| deletion.marked))?;
        expect("DeletionDate", &hour_of(found.deletion_date)?, &secret.deletion.map(|deletion| deletion.due))?;
        expect("CreatedDate", &hour(found.created_date, now)?, &secret.created)?;
        expect("LastChangedDate", &hour(found.last_changed_date, now)?, &secret.changed)?;
        let primary = (!secret.replicas.is_empty()).then(|| place(secret.primary));
        expect("PrimaryRegion", &found.primary_region, &primary)?;
        let mut replicas = BTreeMap::new();
        for replica in &found.replication_status {
            let region = index_of(replica.region)?;
            replicas.insert(region, (self.keystores.names.key(region, &replica.kms_key_id), replica.status == ReplicaStatus::Failed));
        }
        let expected = secret.replicas.iter().map(|(region, replica)| (*region, (Some(replica.key), replica.failed.is_some())));
        expect("ReplicationStatus", &replicas, &expected.collect())?;
        let stages = found.version_ids_to_stages.iter().map(|(id, labels)| Ok((self.observer.id(id)?, labels.iter().cloned().collect())));
        expect("VersionIdsToStages", &stages.collect::<Checked<BTreeMap<u64, Labels>>>()?, &labels_in(secret, region))
    }

    fn versions(&self, name: usize, region: usize) -> Checked<()> {
        let listed = ListedVersions::All;
        let found = self.keystores.read(|kms| self.vault.list_secret_version_ids(Some(kms), NAMES[name], Some(place(region)), listed));
        let expected = self.world.find(MarkedSecrets::Refused, name, Some(region));
        let (found, (secret, _)) = match (shown(found), refused(expected)) {
            (Ok(found), Ok(expected)) => (found, expected),
            (found, expected) => return expect("ListSecretVersionIds", &found.map(drop), &expected.map(drop)),
        };
        let mut versions = BTreeMap::new();
        for version in found.versions {
            let keys = version.kms_key_ids.iter().map(|key| match key.as_str() {
                "DefaultEncryptionKey" => Some(ModelKey::Default),
                key => self.keystores.names.key(region, key),
            });
            let (keys, labels): (Vec<_>, Labels) = (keys.collect(), version.version_stages.into_iter().collect());
            versions.insert(self.observer.id(&version.version_id)?, (keys, labels, hour(version.created_date, self.world.now)?));
        }
        let expected = secret.versions_in(region).into_iter().map(|(version, labels)| {
            (version.id, (version.bundles.get(&region).map(|key| Some(*key)).into_iter().collect(), labels, version.created))
        });
        expect("Versions", &versions, &expected.collect())
    }

    /// By each label and each id that there is, and by some that there are not.
    fn values(&self, name: usize, region: usize) -> Checked<()> {
        let world = self.world;
        let found = world.find(MarkedSecrets::Refused, name, Some(region));
        let versions = found.map(|(secret, _)| secret.versions_in(region));
        let all = world.secrets.iter().filter(|((of, _), _)| *of == name).flat_map(|(_, secret)| &secret.versions);
        let mut labels: BTreeSet<String> = all.clone().flat_map(|version| version.labels.iter().cloned()).collect();
        labels.extend([AWSCURRENT.to_owned(), "nobody's".to_owned()]);
        for label in labels {
            let expected = versions.clone().and_then(|versions| {
                let of_label = versions.iter().find(|(_, labels)| labels.contains(&label)).map(|(version, _)| version.value);
                of_label.ok_or(ErrorCode::ResourceNotFoundException)
            });
            let selector = VersionSelector { version_id: None, version_stage: Some(label.clone()) };
            expect(&label, &self.value(name, region, &selector)?, &refused(expected))?;
        }
        let ids: BTreeSet<u64> = all.map(|version| version.id).chain([999_999]).collect();
        for id in ids.into_iter().filter(|id| *id < DRAWN) {
            let expected = versions.clone().and_then(|versions| {
                let of_id = versions.iter().find(|(version, _)| version.id == id).map(|(version, _)| version.value);
                of_id.ok_or(ErrorCode::ResourceNotFoundException)
            });
            let selector = VersionSelector { version_id: Some(token(id)), version_stage: None };
            expect(&token(id), &self.value(name, region, &selector)?, &refused(expected))?;
        }
        Ok(())
    }

    fn value(&self, name: usize, region: usize, selector: &VersionSelector) -> Checked<Shown<u64>> {
        let found = self.keystores.read(|kms| self.vault.get_secret_value(kms, NAMES[name], Some(place(region)), selector));
        match shown(found) {
            Ok(entry) if entry.is_compared => number_of_value(&entry.value).map(Ok).ok_or_else(|| "a value that nobody gave".to_owned()),
            Ok(_) => Err("nobody tells whether it is the value on record".to_owned()),
            Err(outcome) => Ok(Err(outcome)),
        }
    }

    fn policy(&self, name: usize, region: usize) -> Checked<()> {
        let found = shown(self.vault.resource_policy(NAMES[name], Some(place(region))));
        let found = found.map(|policy| policy.resource_policy.map(|policy| policy.as_str().to_owned()));
        let expected = self.world.find(MarkedSecrets::Refused, name, Some(region));
        let expected = expected.map(|(secret, _)| secret.policy.map(|index| POLICIES[index].to_owned()));
        expect("GetResourcePolicy", &found, &refused(expected))
    }

    fn list(&self, region: usize) -> Checked<()> {
        for includes_planned_deletion in [false, true] {
            let request = ListSecrets { region: Some(place(region)), includes_planned_deletion, ..ListSecrets::default() };
            let listed = self.vault.list_secrets_matching(&request).and_then(Listed::whole).map_err(|error| error.to_string())?;
            let found: BTreeSet<_> = listed.iter().map(|entry| (entry.name.clone(), entry.description.clone())).collect();
            let is_listed = |secret: &&ModelSecret| !self.world.is_due(secret) && (includes_planned_deletion || secret.deletion.is_none());
            let expected = NAMES.iter().enumerate().filter_map(|(name, text)| {
                let secret = self.world.holder(name, region).filter(is_listed)?;
                Some(((*text).to_owned(), secret.description.map(description)))
            });
            expect("ListSecrets", &found, &expected.collect())?;
            expect("how many there are", &listed.len(), &found.len())?;
        }
        Ok(())
    }

    /// BatchGetSecretValue of all names, page by page.
    fn read_by_filter(&self, region: usize) -> Checked<()> {
        let names = SecretFilter::new(FilterKey::Name, NAMES.iter().map(|name| (*name).to_owned()).collect());
        let (keys, mut token, mut found) = (KeyOptions::default(), None, BTreeMap::new());
        loop {
            let request = BatchGetSecretValue {
                region: Some(place(region)),
                filters: Some(vec![names.clone()]),
                max_results: Some(1),
                next_token: token.take(),
                ..BatchGetSecretValue::default()
            };
            let page = self.keystores.read(|kms| self.vault.batch_get_secret_value(Some(kms), &keys, &request));
            let SecretValues { entries, errors, faults, next_token, .. } = page.map_err(|error| error.to_string())?;
            if entries.len() + errors.len() > 1 || !faults.is_empty() {
                return Err(format!("a page of one: {entries:?} {errors:?} {faults:?}"));
            }
            for entry in entries {
                found.insert(entry.name, Ok(number_of_value(&entry.value).ok_or("a value that nobody gave")?));
            }
            for unread in errors {
                let arn: SecretArn = unread.secret_id.parse().map_err(|_| format!("{} is no ARN", unread.secret_id))?;
                found.insert(arn.secret_name().to_owned(), shown::<u64>(Err(unread.error)));
            }
            token = next_token;
            if token.is_none() {
                break;
            }
        }
        let expected = NAMES.iter().enumerate().filter_map(|(name, text)| {
            self.world.holder(name, region).filter(|secret| secret.deletion.is_none())?;
            Some(((*text).to_owned(), refused(self.world.value(name, region))))
        });
        expect("BatchGetSecretValue", &found, &expected.collect())
    }
}

fn current_in(secret: &ModelSecret, region: usize) -> Option<&ModelVersion> {
    secret.versions_in(region).into_iter().find(|(_, labels)| labels.contains(AWSCURRENT)).map(|(version, _)| version)
}

fn labels_in(secret: &ModelSecret, region: usize) -> BTreeMap<u64, Labels> {
    let labelled = secret.versions_in(region).into_iter().filter(|(_, labels)| !labels.is_empty());
    labelled.map(|(version, labels)| (version.id, labels)).collect()
}
