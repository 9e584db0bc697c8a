//! What operations may come to: who has a name in a Region.

use std::collections::BTreeMap;

use super::{NAMES, REGIONS, random::SeededRandom};
use crate::vault::Vault;

/// A secret that is to be made.
#[derive(Debug, Clone)]
pub(super) struct Creation {
    pub(super) number: u64,
    pub(super) name: usize,
    pub(super) primary: usize,
    pub(super) replicas: Vec<usize>,
    pub(super) overwrites: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Operation {
    Create(Creation),
    Replicate {
        name: usize,
        primary: usize,
        replicas: Vec<usize>,
        overwrites: bool,
    },
    Rewrap {
        name: usize,
        region: Option<usize>,
    },
    Batch(Vec<Creation>),
    Tag {
        name: usize,
        primary: usize,
        value: u64,
    },
    Remove {
        name: usize,
        primary: usize,
        replicas: Vec<usize>,
    },
    /// Replication stops in this Region.
    Stop {
        name: usize,
        region: usize,
    },
}

/// How a step of an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    Done,
    /// It failed: it is done, or it is not.
    Unknown,
}

/// Who has a name in a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holder {
    number: u64,
    primary: usize,
}

impl Holder {
    /// What the secret with this number holds.
    pub(super) fn value(self) -> String {
        value(self.number)
    }
}

pub(super) fn value(number: u64) -> String {
    format!("value of {number}")
}

/// By name and Region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct State(BTreeMap<(usize, usize), Holder>);

fn some_regions(random: &mut SeededRandom, without: usize) -> Vec<usize> {
    (0..REGIONS.len()).filter(|region| *region != without && random.coin()).collect()
}

fn one_or_more(random: &mut SeededRandom, without: usize) -> Vec<usize> {
    let mut regions = some_regions(random, without);
    if regions.is_empty() {
        regions.push((without + 1) % REGIONS.len());
    }
    regions
}

impl Creation {
    fn random(random: &mut SeededRandom, next: &mut u64) -> Self {
        *next += 1;
        let (name, primary) = (random.index(NAMES.len()), random.index(REGIONS.len()));
        Self { number: *next, name, primary, replicas: some_regions(random, primary), overwrites: random.coin() }
    }
}

impl Operation {
    pub(super) fn random(random: &mut SeededRandom, next: &mut u64) -> Self {
        let name = random.index(NAMES.len());
        match random.below(10) {
            0 | 1 => Self::Create(Creation::random(random, next)),
            2 => Self::Rewrap { name, region: random.coin().then(|| random.index(REGIONS.len())) },
            3 => Self::Batch((0..1 + random.below(3)).map(|_| Creation::random(random, next)).collect()),
            4 => Self::Tag { name, primary: random.index(REGIONS.len()), value: random.below(1000) },
            5 => Self::Stop { name, region: random.index(REGIONS.len()) },
            6 => {
                let primary = random.index(REGIONS.len());
                Self::Remove { name, primary, replicas: one_or_more(random, primary) }
            }
            _ => {
                let primary = random.index(REGIONS.len());
                Self::Replicate { name, primary, replicas: one_or_more(random, primary), overwrites: random.coin() }
            }
        }
    }

    /// Each of its steps is done whole, or not at all.
    fn steps(&self) -> Vec<Self> {
        match self {
            Self::Batch(creations) => creations.iter().cloned().map(Self::Create).collect(),
            other => vec![other.clone()],
        }
    }

    /// For each step, whether it may be done after the ones before it.
    pub(super) fn allowed(&self, state: &State) -> Vec<bool> {
        let mut state = state.clone();
        let mut seen = Vec::new();
        let allowed = |step: Self| {
            // Two of a name in one Region are one too many, whatever comes of the first.
            if let Self::Create(Creation { name, primary, .. }) = &step {
                if seen.contains(&(*name, *primary)) {
                    return false;
                }
                seen.push((*name, *primary));
            }
            let after = state.after(&step);
            let is_allowed = after.is_some();
            state = after.unwrap_or_else(|| state.clone());
            is_allowed
        };
        self.steps().into_iter().map(allowed).collect()
    }
}

impl State {
    /// What the vault says.
    pub(super) fn of(vault: &Vault) -> Self {
        let mut state = Self::default();
        for (name, text) in NAMES.iter().enumerate() {
            let family = vault.read_name(text).expect("readable").family;
            for (region, place) in REGIONS.iter().enumerate() {
                let Some(holder) = family.holder(super::region(place)) else { continue };
                let number = holder.record.description.as_deref().and_then(|number| number.parse().ok()).expect("its number");
                let primary = holder.record.primary_region().name();
                let primary = REGIONS.iter().position(|region| *region == primary).expect("one of them");
                state.0.insert((name, region), Holder { number, primary });
            }
        }
        state
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&(usize, usize), &Holder)> {
        self.0.iter()
    }

    /// The state after a step; `None` where it is refused.
    fn after(&self, step: &Operation) -> Option<Self> {
        match step {
            Operation::Create(Creation { number, name, primary, replicas, overwrites }) => {
                let is_free = !self.0.contains_key(&(*name, *primary));
                let new = Holder { number: *number, primary: *primary };
                let after = self.put_in(new, *name, replicas, *overwrites).filter(|_| is_free);
                after.map(|mut after| {
                    after.0.insert((*name, *primary), new);
                    after
                })
            }
            Operation::Replicate { name, primary, replicas, overwrites } => {
                let source = self.0.get(&(*name, *primary)).filter(|holder| holder.primary == *primary)?;
                self.put_in(*source, *name, replicas, *overwrites)
            }
            Operation::Rewrap { name, region: Some(region) } => self.0.contains_key(&(*name, *region)).then(|| self.clone()),
            Operation::Rewrap { name, region: None } => {
                let primaries = self.0.iter().filter(|((other, region), holder)| other == name && holder.primary == *region);
                (primaries.count() == 1).then(|| self.clone())
            }
            Operation::Tag { name, primary, .. } => {
                let holder = self.0.get(&(*name, *primary)).filter(|holder| holder.primary == *primary);
                holder.map(|_| self.clone())
            }
            Operation::Remove { name, primary, replicas } => {
                let source = self.0.get(&(*name, *primary)).filter(|holder| holder.primary == *primary)?;
                let mut after = self.clone();
                after.0.retain(|(other, region), holder| other != name || holder != source || !replicas.contains(region));
                Some(after)
            }
            Operation::Stop { name, region } => {
                let replica = self.0.get(&(*name, *region)).filter(|holder| holder.primary != *region)?;
                let mut after = self.clone();
                after.0.insert((*name, *region), Holder { primary: *region, ..*replica });
                Some(after)
            }
            Operation::Batch(_) => unreachable!("not a step"),
        }
    }

    fn put_in(&self, new: Holder, name: usize, regions: &[usize], overwrites: bool) -> Option<Self> {
        let mut after = self.clone();
        for region in regions {
            if let Some(old) = self.0.get(&(name, *region)).filter(|old| **old != new) {
                let has_replicas = self.0.iter().any(|(place, holder)| holder == old && *place != (name, *region));
                if !overwrites || (old.primary == *region && has_replicas) {
                    return None;
                }
            }
            after.0.insert((name, *region), new);
        }
        Some(after)
    }
}

/// Every state that these operations may lead to, one of which was under way while the others, each in one piece, were done.
pub(super) fn possible(from: &State, operations: &[(&Operation, &[Certainty])]) -> Vec<State> {
    let Some(((operation, done), others)) = operations.split_last() else { return vec![from.clone()] };
    let steps = |operation: &Operation, done: &[Certainty]| -> Vec<_> { operation.steps().into_iter().zip(done.iter().copied()).collect() };
    let own = steps(operation, done);
    let mut orders = vec![own];
    for (operation, done) in others {
        let other = steps(operation, done);
        let insert =
            |order: &Vec<_>| -> Vec<Vec<_>> { (0..=order.len()).map(|at| [&order[..at], &other[..], &order[at..]].concat()).collect() };
        orders = orders.iter().flat_map(insert).collect();
    }
    let mut all = Vec::new();
    for order in orders {
        let mut states = vec![from.clone()];
        for (step, certainty) in order {
            let follow = |state: State| {
                let after = state.after(&step);
                after.into_iter().chain((certainty == Certainty::Unknown).then_some(state))
            };
            states = states.into_iter().flat_map(follow).collect();
        }
        all.extend(states);
    }
    all
}
