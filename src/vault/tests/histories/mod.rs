//! Random histories over a store in memory: calls that fail, machines that stop, power cuts, readers and writers in between. After each step the
//! vault verifies, and each secret is as before or as after.
//!
//! `COLDSEAL_HISTORIES` says how many, `COLDSEAL_HISTORY` runs the one with this seed.

mod attack;
mod model;
mod random;
mod step;

use std::sync::{Arc, Mutex};

use self::{
    model::{Certainty, Operation, State, possible},
    random::SeededRandom,
    step::Keystores,
};
use super::*;
use crate::{
    parallel::lock,
    store::memory::{InjectedFault, MemoryStore, Writers},
};

const NAMES: [&str; 2] = ["a", "b"];
const REGIONS: [&str; 3] = ["us-west-2", "us-east-1", "eu-west-1"];
/// No operation makes more calls than this.
const CALLS: u64 = 60;

/// What is done while another operation is under way.
type Between = Arc<Mutex<Vec<(Operation, Vec<Certainty>)>>>;

struct History {
    seed: u64,
    random: SeededRandom,
    store: Arc<MemoryStore>,
    vault: Vault,
    writers: Writers,
    state: State,
    /// The number of the next secret.
    next: u64,
}

impl History {
    fn new(seed: u64, writers: Writers) -> Self {
        let store = Arc::new(MemoryStore::new(writers));
        let vault = Vault::over(Arc::clone(&store) as Arc<dyn Store>);
        Self { seed, random: SeededRandom::new(seed), store, vault, writers, state: State::default(), next: 0 }
    }

    fn run(mut self, keystores: &Keystores) {
        for _ in 0..1 + self.random.below(4) {
            match self.random.below(5) {
                0 => self.undisturbed(keystores),
                1 | 2 => self.with_fault(keystores),
                3 => self.overtaken(keystores),
                _ => self.interrupted(keystores),
            }
        }
        if self.seed.is_multiple_of(8) {
            self.check_values(keystores);
        }
    }

    /// What nothing goes wrong with is done, unless it may not be, and is durable.
    fn undisturbed(&mut self, keystores: &Keystores) {
        let operation = Operation::random(&mut self.random, &mut self.next);
        let done = step::run(&self.vault, &keystores.first, &operation);
        let possible = possible(&self.state, &[(&operation, &done)]);
        for (certainty, is_allowed) in done.iter().zip(operation.allowed(&self.state)) {
            assert!(*certainty == Certainty::Done || !is_allowed, "{}: refused: {operation:?} in {:?}", self.seed, self.state);
        }
        self.check(&possible, &operation);
    }

    /// A call fails; if the machine stops there, it starts again.
    fn with_fault(&mut self, keystores: &Keystores) {
        let operation = Operation::random(&mut self.random, &mut self.next);
        let fault = [InjectedFault::Refused, InjectedFault::Unknown, InjectedFault::Down][self.random.index(3)];
        self.store.fail_at(1 + self.random.below(CALLS), fault);
        let done = step::run(&self.vault, &keystores.first, &operation);
        self.store.calm();
        let possible = possible(&self.state, &[(&operation, &done)]);
        self.check(&possible, &operation);
    }

    /// A writer comes while somebody reads.
    fn overtaken(&mut self, keystores: &Keystores) {
        let operation = Operation::random(&mut self.random, &mut self.next);
        let reader = (self.random.index(NAMES.len()), self.random.index(REGIONS.len()));
        let between: Between = Between::default();
        let (vault, session, done, other) = (self.vault.clone(), keystores.others[0].clone(), Arc::clone(&between), operation.clone());
        self.store.interrupt_at(1 + self.random.below(CALLS), move || {
            let certainties = step::run(&vault, &session, &other);
            lock(&done).push((other, certainties));
        });
        step::read(&self.vault, &keystores.first, reader, self.seed);
        self.store.calm();
        let between = std::mem::take(&mut *lock(&between));
        let operations: Vec<_> = between.iter().map(|(operation, done)| (operation, &**done)).collect();
        let possible = possible(&self.state, &operations);
        self.check(&possible, &operation);
    }

    /// Somebody else reads or, where that may be, writes in the middle.
    fn interrupted(&mut self, keystores: &Keystores) {
        let operation = Operation::random(&mut self.random, &mut self.next);
        let between: Between = Between::default();
        for number in 0..1 + self.random.index(2) {
            let other = Operation::random(&mut self.random, &mut self.next);
            let reader = (self.random.index(NAMES.len()), self.random.index(REGIONS.len()));
            let (vault, store, session) = (self.vault.clone(), Arc::clone(&self.store), keystores.others[number].clone());
            let (between, is_locked, seed) = (Arc::clone(&between), self.writers == Writers::Locked, self.seed);
            self.store.interrupt_at(1 + self.random.below(CALLS), move || {
                if is_locked && store.is_locked() || seed.is_multiple_of(3) {
                    return step::read(&vault, &session, reader, seed);
                }
                let done = step::run(&vault, &session, &other);
                lock(&between).push((other, done));
            });
        }
        let done = step::run(&self.vault, &keystores.first, &operation);
        self.store.calm();
        let between = std::mem::take(&mut *lock(&between));
        let mut operations: Vec<_> = between.iter().map(|(operation, done)| (operation, &**done)).collect();
        operations.push((&operation, &*done));
        let possible = possible(&self.state, &operations);
        self.check(&possible, &operation);
    }

    /// After a power cut the vault is sound, and in one of these states.
    fn check(&mut self, possible: &[State], operation: &Operation) {
        let random = &mut self.random;
        self.store.cut_power(|| random.below(2) == 0);
        let found = State::of(&self.vault);
        assert!(possible.contains(&found), "{}: {operation:?}\nfrom {:?}\nto   {found:?}\nnot  {possible:?}", self.seed, self.state);
        if self.vault.exists() {
            let report = self.vault.verify(VerifyOptions::default()).expect("verifies");
            assert!(report.is_sound(), "{}: {operation:?}: {report:?}", self.seed);
        }
        self.state = found;
    }

    /// Every bundle opens, and holds the value of its secret; each record has the keystore's tag.
    fn check_values(&self, keystores: &Keystores) {
        for ((name, region), holder) in self.state.iter() {
            let session = lock(&keystores.first);
            let selector = VersionSelector::default();
            let entry = self.vault.get_secret_value(session.kms(), NAMES[*name], Some(super::region(REGIONS[*region])), &selector);
            assert_eq!(entry.expect("opens").value.expose(), holder.value().as_bytes(), "{}", self.seed);
        }
        if self.vault.exists() {
            let session = lock(&keystores.first);
            let report = self.vault.verify(VerifyOptions { kms: Some(session.kms()), ..VerifyOptions::default() }).expect("verifies");
            assert!(report.is_sound(), "{}: {report:?}", self.seed);
            let untagged = report.notes.iter().any(|note| note.message.contains("tag"));
            assert!(!untagged, "{}: {report:?}", self.seed);
        }
    }
}

fn run_all(writers: Writers) {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let keystores = Keystores::new();
    let seeds = match number("COLDSEAL_HISTORY") {
        Some(seed) => seed..seed + 1,
        None => 0..number("COLDSEAL_HISTORIES").unwrap_or(1000),
    };
    for seed in seeds {
        History::new(seed, writers).run(&keystores);
    }
}

#[test]
fn one_writer_at_a_time() {
    run_all(Writers::Locked);
}

#[test]
fn writers_that_race() {
    run_all(Writers::Racing);
}
