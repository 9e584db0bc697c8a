//! Operations on a vault, and how they end.

use std::num::NonZeroUsize;

use super::{
    super::*,
    NAMES, POLICIES, REGIONS, SOURCES,
    keystores::{KeyNames, Session},
    operation::{At, Creation, Operation, Put, Step, Update},
    possible::Ended,
    world::{ModelKey, World},
};
use crate::parallel::lock;

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// The number of the value that was read.
    Value(u64),
    Refused(ErrorCode),
    /// Nothing had to be done, or it was not as it was found.
    Left,
    /// The store failed: it is done, or it is not.
    Unknown,
    /// It saw what a power cut may have taken back since: it says nothing of what there is now.
    Outdated,
    /// There is no vault yet, and so no secret.
    NoVault,
    /// What may never be.
    Broken(String),
}

impl Outcome {
    pub(super) fn of<T>(result: Result<T>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(error) => Self::of_error(&error),
        }
    }

    fn of_error(error: &Error) -> Self {
        match error {
            Error::Service(refusal) => Self::Refused(refusal.code()),
            Error::Setup(SetupError::NoVault(_)) => Self::NoVault,
            Error::Io { .. } => Self::Unknown,
            other => Self::Broken(other.to_string()),
        }
    }
}

/// The id of the version that a token makes.
pub(super) fn token(number: u64) -> String {
    format!("the-token-of-the-version-{number:09}")
}

pub(super) fn number_of_token(id: &str) -> Option<u64> {
    id.strip_prefix("the-token-of-the-version-")?.parse().ok()
}

/// A value of its own for each number, some of them text and some not.
pub(super) fn value(number: u64) -> SecretValue {
    let (kind, start) = if number.is_multiple_of(5) { (PayloadKind::Binary, &b"\xff\0"[..]) } else { (PayloadKind::String, &b""[..]) };
    let bytes = [start, b"value of ", number.to_string().as_bytes()].concat();
    SecretValue::new(kind, SecretBytes::new(bytes)).expect("a value")
}

/// The number of a value: all of its bytes, and what they are.
pub(super) fn number_of_value(found: &SecretValue) -> Option<u64> {
    let text = String::from_utf8(found.expose().iter().copied().filter(u8::is_ascii_digit).collect()).ok()?;
    let number = text.parse().ok()?;
    let expected = value(number);
    (expected.kind() == found.kind() && expected.expose() == found.expose()).then_some(number)
}

pub(super) fn description(number: u64) -> String {
    format!("secret {number}")
}

pub(super) fn context(number: u64) -> BTreeMap<String, String> {
    [("number".to_owned(), number.to_string())].into()
}

pub(super) fn rules(days: i64) -> RotationRules {
    RotationRules::new(RotationRulesType { automatically_after_days: Some(days), ..RotationRulesType::default() }).expect("rules")
}

pub(super) fn place(index: usize) -> Region {
    region(REGIONS[index])
}

const fn clash(overwrites: bool) -> NameClash {
    if overwrites { NameClash::Overwrite } else { NameClash::Refuse }
}

const fn on_problem(is_partial: bool) -> OnProblem {
    if is_partial { OnProblem::RecordFailed } else { OnProblem::FailWhole }
}

fn rules_of(source: usize) -> BatchRules {
    BatchRules::updating().from_source(PackSource::new(SOURCES[source]))
}

fn of_value(value: &SecretValue) -> Outcome {
    number_of_value(value).map_or_else(|| Outcome::Broken("no value of ours".to_owned()), Outcome::Value)
}

/// Does it with the keys of a session.
pub(super) fn carry_out(vault: &Vault, (session, names): (&Session, &KeyNames), world: &World, operation: &Operation) -> Ended {
    let steps = operation.steps(world);
    let outcomes = Doer { vault, names, session: &mut lock(session) }.run(operation, &steps);
    Ended { steps, outcomes }
}

/// Whoever carries operations out.
struct Doer<'v> {
    vault: &'v Vault,
    names: &'v KeyNames,
    session: &'v mut KeystoreSession,
}

impl Doer<'_> {
    /// Says of each step how it ended.
    fn run(&mut self, operation: &Operation, steps: &[Step]) -> Vec<Outcome> {
        match operation {
            Operation::Batch(creations) => self.batch(creations, BatchRules::default()),
            Operation::Pack(creations, source) => self.batch(creations, rules_of(*source)),
            Operation::Prune { source, region, kept } => self.prune((*source, *region), kept, steps),
            Operation::ReadMany(names, region) => self.read_many(names, *region),
            Operation::Purge => self.purge(steps.len()),
            Operation::Create(_) | Operation::Replicate { .. } | Operation::Put(_) | Operation::Update(_) | Operation::Rewrap(..) => {
                vec![self.with_keys(operation)]
            }
            Operation::Read(name, region) => vec![self.read(*name, *region)],
            other => vec![self.on_record(other)],
        }
    }

    fn creation(&self, creation: &Creation) -> CreateSecret {
        let Creation { number, name, primary, overwrites, is_partial, policy, rotation_days, has_key_per_region, .. } = creation;
        CreateSecret {
            value: creation.value.map(value),
            region: place(*primary),
            kms_key_id: (creation.key == ModelKey::Own).then(|| self.names.key_id(*primary, ModelKey::Own)),
            replicas: self.replicas(&creation.replicas),
            name_clash: clash(*overwrites),
            on_problem: on_problem(*is_partial),
            description: creation.description.map(description),
            tags: creation.tags().into_iter().map(|(key, value)| Tag { key, value }).collect(),
            encryption_context: context(*number),
            resource_policy: policy.map(|index| POLICIES[index].parse().expect("a policy")),
            rotation_rules: rotation_days.map(rules),
            client_request_token: creation.token.map(token),
            data_key_scope: if *has_key_per_region { DataKeyScope::PerRegion } else { DataKeyScope::Shared },
            ..request(NAMES[*name], &[])
        }
    }

    fn replicas(&self, replicas: &[(usize, Option<ModelKey>)]) -> Vec<ReplicaRegion> {
        let of = |(region, key): &(usize, Option<ModelKey>)| ReplicaRegion {
            region: REGIONS[*region].to_owned(),
            kms_key_id: key.map(|key| self.names.key_id(*region, key)),
        };
        replicas.iter().map(of).collect()
    }

    /// What is sealed.
    fn with_keys(&mut self, operation: &Operation) -> Outcome {
        match operation {
            Operation::Create(creation) => {
                let request = self.creation(creation);
                Outcome::of(self.vault.create_secret(self.session, &KeyOptions::default(), &request))
            }
            Operation::Put(put) => {
                let Put { at, stages, replaces, is_partial, .. } = put;
                let request = PutSecretValue {
                    region: at.region.map(place),
                    client_request_token: Some(token(put.token)),
                    version_stages: stages.clone(),
                    replaces: replaces.map(token),
                    on_problem: on_problem(*is_partial),
                    ..PutSecretValue::new(NAMES[at.name], value(put.value))
                };
                Outcome::of(self.vault.put_secret_value(self.session, &request))
            }
            Operation::Update(update) => {
                let Update { at, description: described, key, value: new, is_partial } = update;
                let described = described.map(|number| if number == 0 { String::new() } else { description(number) });
                let key = key.map(|key| match key {
                    // AWS: an empty one is the default key.
                    ModelKey::Default => String::new(),
                    ModelKey::Own => self.names.key_id(self.primary_of(*at), ModelKey::Own),
                });
                let request = UpdateSecret {
                    region: at.region.map(place),
                    description: described,
                    kms_key_id: key,
                    value: new.map(|(_, number)| value(number)),
                    client_request_token: new.map(|(number, _)| token(number)),
                    on_problem: on_problem(*is_partial),
                    ..UpdateSecret::new(NAMES[at.name])
                };
                Outcome::of(self.vault.update_secret(self.session, &request))
            }
            Operation::Replicate { at, replicas, overwrites, is_partial } => {
                let request = ReplicateSecret {
                    region: at.region.map(place),
                    name_clash: clash(*overwrites),
                    on_problem: on_problem(*is_partial),
                    ..ReplicateSecret::new(NAMES[at.name], self.replicas(replicas))
                };
                Outcome::of(self.vault.replicate_secret_to_regions(self.session, &request))
            }
            Operation::Rewrap(at, to_key) => {
                let to_key = to_key.map(|key| self.names.key_id(at.region.unwrap_or_default(), key));
                let request = RewrapSecret { region: at.region.map(place), to_key, ..RewrapSecret::new(NAMES[at.name]) };
                Outcome::of(self.vault.rewrap_secret(self.session, &request))
            }
            other => unreachable!("{other:?} needs no keys"),
        }
    }

    /// Only a request that names its Region names a key.
    fn primary_of(&self, at: At) -> usize {
        at.region.unwrap_or_default()
    }

    /// What the record alone is changed for, or bundles are copied.
    fn on_record(&self, operation: &Operation) -> Outcome {
        let (vault, kms, keys) = (self.vault, self.session.kms(), KeyOptions::default());
        let of = |at: &At| (NAMES[at.name], at.region.map(place));
        match operation {
            Operation::MoveLabel { at, label, from, to } => {
                let request = UpdateSecretVersionStage {
                    region: at.region.map(place),
                    remove_from_version_id: from.map(token),
                    move_to_version_id: to.map(token),
                    ..UpdateSecretVersionStage::new(NAMES[at.name], label)
                };
                Outcome::of(vault.update_secret_version_stage(Some(kms), &request))
            }
            Operation::Delete(at, recovery) => {
                let request = DeleteSecret { region: at.region.map(place), recovery: *recovery, ..DeleteSecret::new(NAMES[at.name]) };
                Outcome::of(vault.delete_secret(Some(kms), &request))
            }
            Operation::Restore(at) => Outcome::of(vault.restore_secret(Some(kms), of(at).0, of(at).1)),
            Operation::RemoveRegions(at, regions) => {
                let regions: Vec<_> = regions.iter().map(|index| REGIONS[*index].to_owned()).collect();
                Outcome::of(vault.remove_regions_from_replication(Some(kms), of(at).0, of(at).1, &regions))
            }
            Operation::StopReplication { name, region } => {
                Outcome::of(vault.stop_replication_to_replica(Some(kms), &keys, &StopReplication::new(NAMES[*name], place(*region))))
            }
            Operation::Tag(at, key, value) => {
                let tag = Tag { key: key.clone(), value: value.clone() };
                Outcome::of(vault.tag_resource(Some(kms), of(at).0, of(at).1, &[tag]))
            }
            Operation::Untag(at, key) => Outcome::of(vault.untag_resource(Some(kms), of(at).0, of(at).1, std::slice::from_ref(key))),
            Operation::PutPolicy { at, policy, blocks_public } => {
                let public = if *blocks_public { PublicPolicy::Block } else { PublicPolicy::Allow };
                let policy = POLICIES[*policy].parse().expect("a policy");
                Outcome::of(vault.put_resource_policy(Some(kms), of(at).0, of(at).1, &policy, public))
            }
            Operation::DeletePolicy(at) => Outcome::of(vault.delete_resource_policy(Some(kms), of(at).0, of(at).1)),
            Operation::Rotate { at, days, token: number } => {
                Outcome::of(vault.set_rotation_rules(Some(kms), of(at), &rules(*days), number.map(token).as_deref()))
            }
            Operation::CancelRotation(at) => Outcome::of(vault.cancel_rotate_secret(Some(kms), of(at).0, of(at).1)),
            Operation::FinishRotation(at, number) => {
                let begun = vault.begin_rotation(Some(kms), &keys, of(at), Some(&token(*number)));
                Outcome::of(begun.and_then(|rotation| vault.finish_rotation(Some(kms), &rotation)))
            }
            other => unreachable!("{other:?} is done elsewhere"),
        }
    }

    fn batch(&mut self, creations: &[Creation], rules: BatchRules) -> Vec<Outcome> {
        let (keys, requests) = (KeyOptions::default(), creations.iter().map(|creation| self.creation(creation)).collect::<Vec<_>>());
        let batch = self.vault.create_secrets(self.session, &keys).map(|batch| batch.with_rules(rules));
        let begun = batch.and_then(|batch| batch.begin(NonZeroUsize::MIN));
        let entries = match begun {
            Ok(mut writer) => writer.write(requests).unwrap_or_else(|(entries, _)| entries),
            Err(error) => return vec![Outcome::of_error(&error); creations.len()],
        };
        let outcome = |index: usize| match entries.get(index).map(|entry| &entry.status) {
            Some(BatchStatus::Created | BatchStatus::Updated(_) | BatchStatus::Unchanged) => Outcome::Done,
            Some(BatchStatus::Failed(error)) => Outcome::of_error(error),
            Some(other) => Outcome::Broken(format!("{other:?}")),
            None => Outcome::Unknown,
        };
        (0..creations.len()).map(outcome).collect()
    }

    fn prune(&mut self, (source, region): (usize, usize), kept: &[usize], steps: &[Step]) -> Vec<Outcome> {
        let keys = KeyOptions::default();
        let batch = self.vault.create_secrets(self.session, &keys).map(|batch| batch.with_rules(rules_of(source)));
        let is_kept = |name: &str| kept.iter().any(|kept| NAMES[*kept] == name);
        let gone = match batch.and_then(|batch| batch.gone(place(region), is_kept)).and_then(Listed::whole) {
            Ok(gone) if gone.is_empty() => return vec![Outcome::Left; steps.len()],
            Ok(gone) => gone,
            Err(error) => return vec![Outcome::of_error(&error); steps.len()],
        };
        let found: Vec<String> = gone.iter().map(|secret| secret.name.clone()).collect();
        let entries = self.vault.prune(self.session.kms(), gone).unwrap_or_else(|(entries, _)| entries);
        let outcome = |step: &Step| {
            let Step::PruneOne { name, .. } = step else { return Outcome::Broken(format!("{step:?}")) };
            let ended = entries.iter().find(|entry| entry.secret.name == NAMES[*name]).map(|entry| &entry.status);
            match ended {
                Some(PruneStatus::Pruned { .. }) => Outcome::Done,
                Some(PruneStatus::Changed) => Outcome::Left,
                Some(PruneStatus::Failed(error)) => Outcome::of_error(error),
                None if found.iter().any(|found| found == NAMES[*name]) => Outcome::Unknown,
                None => Outcome::Left,
            }
        };
        steps.iter().map(outcome).collect()
    }

    fn purge(&self, count: usize) -> Vec<Outcome> {
        let purged = self.vault.expired_secrets().and_then(Listed::whole).and_then(|expired| self.vault.purge(None, &expired)?.whole());
        vec![Outcome::of(purged); count]
    }

    fn read(&self, name: usize, region: usize) -> Outcome {
        let kms = self.session.kms();
        let read = self.vault.get_secret_value(kms, NAMES[name], Some(place(region)), &VersionSelector::default());
        // Its key may be disabled.
        read.map_or_else(|error| Outcome::of_error(&error), |entry| of_value(&entry.value))
    }

    fn read_many(&self, names: &[usize], region: usize) -> Vec<Outcome> {
        let (keys, ids) = (KeyOptions::default(), names.iter().map(|name| NAMES[*name].to_owned()).collect());
        let request = BatchGetSecretValue { region: Some(place(region)), secret_id_list: Some(ids), ..BatchGetSecretValue::default() };
        let values = match self.vault.batch_get_secret_value(Some(self.session.kms()), &keys, &request) {
            Ok(values) => values,
            Err(error) => return vec![Outcome::of_error(&error); names.len()],
        };
        let outcome = |name: &usize| {
            let unread = values.errors.iter().find(|unread| unread.secret_id == NAMES[*name]);
            let read = values.entries.iter().find(|entry| entry.name == NAMES[*name]);
            match (read, unread) {
                (Some(entry), None) => of_value(&entry.value),
                (None, Some(unread)) => Outcome::of_error(&unread.error),
                _ => Outcome::Broken(format!("{values:?}")),
            }
        };
        names.iter().map(outcome).collect()
    }
}
