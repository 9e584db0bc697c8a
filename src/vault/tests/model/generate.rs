//! Operations by chance, most of them about what is there.

use super::{
    NAMES, POLICIES, REGIONS, SOURCES,
    operation::{At, Creation, Operation, Put, Update},
    random::SeededRandom,
    world::{DRAWN, ModelKey, ModelSecret, World},
};
use crate::vault::RecoveryWindow;

const LABELS: [&str; 5] = ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "blue", "green"];
const TAGS: [&str; 4] = ["team", "stage", "made", "aws:team"];

pub(super) struct Generator {
    pub(super) random: SeededRandom,
    /// The number of the latest token, value and secret.
    latest: u64,
    /// Requests that may come again.
    creations: Vec<Creation>,
}

impl Generator {
    pub(super) const fn new(seed: u64) -> Self {
        Self { random: SeededRandom::new(seed), latest: 0, creations: Vec::new() }
    }

    /// One chance in so many.
    pub(super) fn one_in(&mut self, bound: u64) -> bool {
        self.random.below(bound) == 0
    }

    fn number(&mut self) -> u64 {
        self.latest += 1;
        self.latest
    }

    fn key(&mut self) -> ModelKey {
        if self.random.coin() { ModelKey::Own } else { ModelKey::Default }
    }

    fn region(&mut self) -> usize {
        self.random.index(REGIONS.len())
    }

    fn regions(&mut self, without: Option<usize>) -> Vec<usize> {
        (0..REGIONS.len()).filter(|region| Some(*region) != without && self.random.coin()).collect()
    }

    fn secret<'w>(&mut self, world: &'w World) -> Option<(usize, &'w ModelSecret)> {
        let count = world.secrets.len();
        if count == 0 {
            return None;
        }
        world.secrets.iter().nth(self.random.index(count)).map(|((name, _), secret)| (*name, secret))
    }

    /// Mostly a secret in its primary Region.
    fn at(&mut self, world: &World) -> At {
        match self.secret(world).filter(|_| !self.one_in(6)) {
            Some((name, secret)) => At { name, region: (!self.one_in(6)).then_some(secret.primary) },
            None => At { name: self.random.index(NAMES.len()), region: Some(self.region()) },
        }
    }

    /// Mostly a version of that secret.
    fn version(&mut self, world: &World, at: At) -> u64 {
        let of_name =
            world.secrets.iter().filter(|((name, primary), _)| *name == at.name && at.region.is_none_or(|region| region == *primary));
        let ids: Vec<u64> = of_name.flat_map(|(_, secret)| &secret.versions).map(|version| version.id).filter(|id| *id < DRAWN).collect();
        if ids.is_empty() || self.one_in(8) { 1 + self.random.below(self.latest.max(1)) } else { ids[self.random.index(ids.len())] }
    }

    /// A new token with a value, or one that was there with its value or with another one.
    fn token_and_value(&mut self, world: &World, at: At) -> (u64, u64) {
        if !self.one_in(6) {
            let number = self.number();
            return (number, number);
        }
        let token = self.version(world, at);
        (token, if self.random.coin() { token } else { self.number() })
    }

    fn label(&mut self) -> String {
        LABELS[self.random.index(LABELS.len())].to_owned()
    }

    fn stages(&mut self) -> Vec<String> {
        match self.random.below(12) {
            0 | 1 => (0..17 + self.random.below(4)).map(|number| format!("label-{number}")).collect(),
            2..=5 => (0..1 + self.random.below(2)).map(|_| self.label()).collect(),
            _ => Vec::new(),
        }
    }

    fn replicas(&mut self, regions: Vec<usize>) -> Vec<(usize, Option<ModelKey>)> {
        regions.into_iter().map(|region| (region, self.random.coin().then(|| self.key()))).collect()
    }

    pub(super) fn creation(&mut self) -> Creation {
        if let Some(count) = Some(self.creations.len()).filter(|count| *count > 0 && self.one_in(5)) {
            return self.creations[self.random.index(count)].clone();
        }
        let (number, primary) = (self.number(), self.region());
        let value = (!self.one_in(8)).then(|| if self.one_in(8) { self.number() } else { number });
        let regions = self.regions(Some(primary));
        let creation = Creation {
            number,
            name: self.random.index(NAMES.len()),
            primary,
            key: self.key(),
            replicas: self.replicas(regions),
            overwrites: self.random.coin(),
            is_partial: self.random.coin(),
            token: self.random.coin().then(|| if self.one_in(6) { 1 + self.random.below(number) } else { number }),
            value,
            has_key_per_region: self.one_in(4),
            description: Some(number),
            team: self.one_in(4).then_some(0),
            policy: self.one_in(4).then(|| self.random.index(POLICIES.len())),
            rotation_days: self.one_in(4).then_some(30),
        };
        self.creations.push(creation.clone());
        creation
    }

    /// Mostly of a secret that is there, mostly in what an update changes.
    fn packed(&mut self, world: &World) -> Creation {
        let Some((name, secret)) = self.secret(world).filter(|_| !self.one_in(4)) else { return self.creation() };
        let at = At { name, region: Some(secret.primary) };
        let current = secret.labelled(LABELS[0]).map(|version| version.value);
        let earlier = secret.versions.first().map(|version| version.value);
        let value = match self.random.below(5) {
            0 => None,
            1 => current,
            2 => earlier,
            _ => Some(self.number()),
        };
        let others = self.one_in(8).then(|| self.regions(Some(secret.primary)));
        let mut replicas = Vec::new();
        for region in others.unwrap_or_else(|| secret.replicas.keys().copied().collect()) {
            let key = self.random.coin().then(|| secret.key_in(region));
            replicas.push((region, if self.one_in(12) { Some(self.key()) } else { key }));
        }
        Creation {
            number: if self.one_in(12) { self.number() } else { secret.number },
            name,
            primary: if self.one_in(12) { self.region() } else { secret.primary },
            key: if self.one_in(12) { self.key() } else { secret.key },
            replicas: replicas.into_iter().filter(|_| !self.one_in(4)).collect(),
            overwrites: self.random.coin(),
            is_partial: self.random.coin(),
            token: self.one_in(4).then(|| if self.random.coin() { self.version(world, at) } else { self.number() }),
            value,
            has_key_per_region: self.one_in(12) || secret.has_key_per_region && self.random.coin(),
            description: self.one_in(3).then(|| self.number()),
            team: self.one_in(3).then(|| self.random.below(3)),
            policy: self.one_in(4).then(|| self.random.index(POLICIES.len())),
            rotation_days: self.one_in(4).then(|| if self.random.coin() { 30 } else { 90 }),
        }
    }

    fn pack(&mut self, world: &World) -> Operation {
        let count = 1 + self.random.below(3);
        Operation::Pack((0..count).map(|_| self.packed(world)).collect(), self.random.index(SOURCES.len()))
    }

    /// Mostly of a secret that a batch made.
    fn prune(&mut self, world: &World) -> Operation {
        let packed: Vec<_> = world.secrets.values().filter_map(|secret| Some((secret.packed?, secret.primary))).collect();
        let (source, region) = match packed.len() {
            0 => (self.random.index(SOURCES.len()), self.region()),
            count => packed[self.random.index(count)],
        };
        Operation::Prune { source, region, kept: (0..NAMES.len()).filter(|_| self.one_in(3)).collect() }
    }

    fn read_many(&mut self) -> Operation {
        let first = self.random.index(NAMES.len());
        let names = (0..NAMES.len()).map(|name| (first + name) % NAMES.len());
        Operation::ReadMany(names.take(1 + self.random.index(NAMES.len())).collect(), self.region())
    }

    /// In one Region, with a value.
    pub(super) fn plain_creation(&mut self) -> Creation {
        let creation = self.creation();
        let value = Some(creation.number);
        Creation { value, token: value, key: ModelKey::Default, replicas: Vec::new(), ..creation }
    }

    pub(super) fn plain_put(&mut self, at: At) -> Put {
        let token = self.number();
        Put { at, token, value: token, stages: Vec::new(), replaces: None, is_partial: false }
    }

    fn put(&mut self, world: &World) -> Operation {
        let at = self.at(world);
        let (token, value) = self.token_and_value(world, at);
        let (stages, is_partial) = (self.stages(), self.random.coin());
        let replaces = self.one_in(6).then(|| self.version(world, at));
        Operation::Put(Put { at, token, value, stages, replaces, is_partial })
    }

    fn update(&mut self, world: &World) -> Operation {
        let at = self.at(world);
        let description = self.one_in(3).then(|| if self.one_in(4) { 0 } else { self.number() });
        let key = if at.region.is_some() && self.random.coin() { Some(self.key()) } else { None };
        let value = self.random.coin().then(|| self.token_and_value(world, at));
        Operation::Update(Update { at, description, key, value, is_partial: self.random.coin() })
    }

    fn move_label(&mut self, world: &World) -> Operation {
        let (at, label) = (self.at(world), self.label());
        let holder = world.secrets.iter().find(|((name, _), _)| *name == at.name).and_then(|(_, secret)| secret.labelled(&label));
        let holder = holder.map(|version| version.id).filter(|id| *id < DRAWN && !self.one_in(4));
        let from = holder.or_else(|| self.one_in(4).then(|| self.version(world, at)));
        let to = (!self.one_in(4)).then(|| self.version(world, at));
        Operation::MoveLabel { at, label, from, to }
    }

    fn replicate(&mut self, world: &World) -> Operation {
        let at = self.at(world);
        let without = at.region.filter(|_| !self.one_in(12));
        let mut regions = self.regions(without);
        if regions.is_empty() {
            regions.push(at.region.map_or(0, |region| (region + 1) % REGIONS.len()));
        }
        let replicas = self.replicas(regions);
        Operation::Replicate { at, replicas, overwrites: self.random.coin(), is_partial: self.random.coin() }
    }

    fn remove_regions(&mut self, world: &World) -> Operation {
        let at = self.at(world);
        let without = at.region.filter(|_| !self.one_in(8));
        let mut regions = self.regions(without);
        if regions.is_empty() {
            regions.push(at.region.map_or(0, |region| (region + 1) % REGIONS.len()));
        }
        Operation::RemoveRegions(at, regions)
    }

    /// A Region that has a replica, mostly.
    fn stop(&mut self, world: &World) -> Operation {
        let (name, secret) = self.secret(world).map_or((0, None), |(name, secret)| (name, Some(secret)));
        let replica = secret.and_then(|secret| secret.replicas.keys().next_back().copied());
        Operation::StopReplication { name, region: replica.filter(|_| !self.one_in(4)).unwrap_or_else(|| self.region()) }
    }

    fn delete(&mut self, world: &World) -> Operation {
        let recovery = match self.random.below(8) {
            0 => RecoveryWindow::Default,
            1 => RecoveryWindow::Days(if self.random.coin() { 6 } else { 31 }),
            2 | 3 => RecoveryWindow::None,
            _ => RecoveryWindow::Days(if self.random.coin() { 7 } else { 30 }),
        };
        Operation::Delete(self.at(world), recovery)
    }

    fn rotation(&mut self, world: &World) -> Operation {
        let at = self.at(world);
        match self.random.below(5) {
            0 => Operation::CancelRotation(at),
            1 => Operation::FinishRotation(at, self.version(world, at)),
            2 => {
                let (token, value) = self.token_and_value(world, at);
                Operation::Put(Put { at, token, value, stages: vec![LABELS[2].to_owned()], replaces: None, is_partial: false })
            }
            3 => {
                // What is pending is what a rotation goes on with.
                let pending = world.secrets.iter().find_map(|((name, primary), secret)| {
                    let id = secret.labelled(LABELS[2]).map(|version| version.id).filter(|id| *id < DRAWN)?;
                    Some((At { name: *name, region: Some(*primary) }, id))
                });
                let (at, token) = pending.unwrap_or((at, 1));
                Operation::FinishRotation(at, token)
            }
            _ => Operation::Rotate {
                at,
                days: if self.random.coin() { 10 } else { 90 },
                token: self.one_in(3).then(|| self.version(world, at)),
            },
        }
    }

    fn policy(&mut self, world: &World) -> Operation {
        let at = self.at(world);
        if self.one_in(3) {
            return Operation::DeletePolicy(at);
        }
        Operation::PutPolicy { at, policy: self.random.index(POLICIES.len()), blocks_public: self.random.coin() }
    }

    fn tag(&mut self, world: &World) -> Operation {
        let (at, key) = (self.at(world), TAGS[self.random.index(TAGS.len())].to_owned());
        if key == TAGS[2] {
            return Operation::Untag(at, key);
        }
        Operation::Tag(at, key, self.random.below(3).to_string())
    }

    fn rewrap(&mut self, world: &World) -> Operation {
        let at = self.at(world);
        let region = at.region.map(|region| if self.random.coin() { region } else { self.region() });
        let to_key = if region.is_some() && self.random.coin() { Some(self.key()) } else { None };
        Operation::Rewrap(At { region, ..at }, to_key)
    }

    /// What a vault is asked for.
    pub(super) fn operation(&mut self, world: &World) -> Operation {
        if world.secrets.is_empty() && !self.one_in(4) {
            return Operation::Create(self.creation());
        }
        if world.secrets.values().any(|secret| world.is_due(secret)) && self.random.coin() {
            return Operation::Purge;
        }
        match self.random.below(42) {
            0..=2 => Operation::Create(self.creation()),
            3 | 4 => Operation::Batch((0..1 + self.random.below(3)).map(|_| self.creation()).collect()),
            5..=9 => self.put(world),
            10..=12 => self.update(world),
            13..=15 => self.move_label(world),
            16 | 17 => self.delete(world),
            18 => Operation::Restore(self.at(world)),
            19 => Operation::Purge,
            20..=23 => self.replicate(world),
            24 => self.remove_regions(world),
            25 | 26 => self.stop(world),
            27 | 28 => self.rewrap(world),
            29 => self.tag(world),
            30 => self.policy(world),
            31 | 32 => self.rotation(world),
            33 => self.delete(world),
            34..=37 => self.pack(world),
            38 | 39 => self.prune(world),
            40 => self.read_many(),
            _ => Operation::Read(self.random.index(NAMES.len()), self.region()),
        }
    }
}
