//! A history: turns by chance, each an operation with what comes between and what fails; then a power cut.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use super::{
    super::*,
    NAMES, REGIONS,
    answers::Answers,
    carry_out::{Outcome, carry_out},
    generate::Generator,
    keystores::{Keystores, WRITERS},
    observe::{Checked, Observer},
    operation::{At, Operation, Put},
    possible::{Ended, possible},
    random::SeededRandom,
    world::World,
};
use crate::{
    parallel::lock,
    store::{
        Store,
        memory::{InjectedFault, MemoryStore, Writers},
    },
    timestamp::Timestamp,
    vault::{
        family::{Located, parse_record},
        record::PlannedDeletion,
    },
};

/// Few operations make more calls than this.
const CALLS: u64 = 50;
/// One history in so many has more versions than are kept.
const LONG: u64 = 250;
const HOURS: [i64; 9] = [1, 23, 24, 25, 7 * 24 - 1, 7 * 24, 30 * 24, -5, -240];

#[derive(Debug, Clone)]
pub(super) enum Turn {
    Ask(Asked),
    /// The clock moves, maybe back.
    Wait(i64),
    /// A Region's own key is disabled, or enabled again.
    SwitchKey(usize),
    /// New values, so many.
    PutMany(Put, u64),
}

#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) operation: Operation,
    /// What somebody else does, each with the call of the store during which that is.
    pub(super) between: Vec<(u64, Operation)>,
    /// The call that fails.
    pub(super) fault: Option<(u64, InjectedFault)>,
    /// Chooses what a power cut leaves.
    pub(super) seed: u64,
}

pub(super) struct History<'k> {
    keystores: &'k Keystores,
    store: Arc<MemoryStore>,
    vault: Vault,
    writers: Writers,
    observer: Observer,
    pub(super) world: World,
    /// How often what was done, or was refused.
    pub(super) tally: Tally,
}

pub(super) type Tally = BTreeMap<String, u64>;

/// What was done while something else was under way, and what was wrong with it.
#[derive(Default)]
struct Meanwhile {
    ended: Vec<Ended>,
    faults: Vec<String>,
}

/// The turns of a seed, made as the world becomes what it is.
pub(super) fn turns_by_chance(seed: u64) -> impl FnMut(&World) -> Option<Turn> {
    let mut generator = Generator::new(seed);
    let mut left = 2 + generator.random.below(10);
    let mut first = if seed % LONG == LONG - 1 { more_than_are_kept(&mut generator) } else { Vec::new() }.into_iter();
    move |world| {
        if let Some(turn) = first.next() {
            return Some(turn);
        }
        left = left.checked_sub(1)?;
        // What is marked for deletion waits for something.
        let is_waiting = world.secrets.values().any(|secret| secret.deletion.is_some()) && generator.one_in(3);
        let random = &mut generator.random;
        Some(match random.below(16) {
            0 => Turn::Wait(HOURS[random.index(HOURS.len())]),
            1..=3 => Turn::SwitchKey(random.index(REGIONS.len())),
            _ if is_waiting => Turn::Wait(24 * 30),
            _ => Turn::Ask(asked(&mut generator, world)),
        })
    }
}

/// A hundred versions are kept, and those of a day.
fn more_than_are_kept(generator: &mut Generator) -> Vec<Turn> {
    let creation = generator.plain_creation();
    let at = At { name: creation.name, region: Some(creation.primary) };
    let mut put = |count| Turn::PutMany(generator.plain_put(at), count);
    let (first, second, third, last) = (put(55), put(50), put(1), put(2));
    let create = Asked { operation: Operation::Create(creation), between: Vec::new(), fault: None, seed: 0 };
    vec![Turn::Ask(create), first, Turn::Wait(22), second, Turn::Wait(1), third, Turn::Wait(1), last]
}

fn asked(generator: &mut Generator, world: &World) -> Asked {
    let operation = generator.operation(world);
    let mut asked = Asked { operation, between: Vec::new(), fault: None, seed: generator.random.below(u64::MAX) };
    if generator.one_in(3) {
        for _ in 0..1 + generator.random.index(WRITERS - 1) {
            asked.between.push((1 + generator.random.below(CALLS), generator.operation(world)));
        }
    }
    if generator.one_in(3) {
        let fault = [InjectedFault::Refused, InjectedFault::Unknown, InjectedFault::Down][generator.random.index(3)];
        asked.fault = Some((1 + generator.random.below(CALLS), fault));
    }
    asked
}

impl<'k> History<'k> {
    pub(super) fn new(seed: u64, writers: Writers, keystores: &'k Keystores) -> Self {
        let store = Arc::new(MemoryStore::new(writers));
        let vault = Vault::over(Arc::clone(&store) as Arc<dyn Store>);
        if !seed.is_multiple_of(8) {
            vault.initialize().expect("made");
        }
        Self { keystores, store, vault, writers, observer: Observer::default(), world: World::default(), tally: Tally::new() }
    }

    pub(super) fn turn(&mut self, turn: &Turn) -> Checked<()> {
        match turn {
            Turn::Ask(asked) => self.ask(asked),
            Turn::Wait(hours) => {
                self.world.now += hours;
                self.age_records(*hours);
                let worlds = [self.world.clone()];
                self.check(&worlds, 0)
            }
            Turn::SwitchKey(region) => {
                self.world.disabled[*region] ^= true;
                Ok(())
            }
            Turn::PutMany(put, count) => self.put_many(put, *count),
        }
    }

    /// What is read is what the model says.
    pub(super) fn end(&self) -> Checked<()> {
        let Self { vault, keystores, observer, world, .. } = self;
        Answers { vault, keystores, observer, world }.check()
    }

    /// Where time goes by, all that is written was written longer ago.
    fn age_records(&self, hours: i64) {
        let back = |time: Timestamp| Timestamp::from_offset(time.utc() - time::Duration::hours(hours)).expect("in these years");
        self.store.replace_records(|key, bytes| {
            let mut record = parse_record(bytes, key).expect("sound");
            record.created_date = back(record.created_date);
            record.last_changed_date = back(record.last_changed_date);
            record.last_rotated_date = record.last_rotated_date.map(back);
            record.versions.iter_mut().for_each(|version| version.created_date = back(version.created_date));
            record.planned_deletion = record
                .planned_deletion
                .map(|planned| PlannedDeletion { deleted_date: back(planned.deleted_date), deletion_date: back(planned.deletion_date) });
            self.keystores.read(|kms| record.put_tag(kms.comparison_key())).expect("tagged");
            record.to_json().expect("JSON")
        });
    }

    fn put_many(&mut self, first: &Put, count: u64) -> Checked<()> {
        for number in 0..count {
            let token = 1_000_000 + 1_000 * first.token + number;
            let put = Operation::Put(Put { token, value: token, ..first.clone() });
            let ended = self.carry_out(&put);
            let worlds = possible(&self.world, std::slice::from_ref(&ended));
            let [after] = worlds.as_slice() else { return Err(format!("{ended:?} cannot be")) };
            self.world = after.clone();
        }
        let worlds = [self.world.clone()];
        self.check(&worlds, 0)
    }

    fn ask(&mut self, asked: &Asked) -> Checked<()> {
        let meanwhile = Arc::new(Mutex::new(Meanwhile::default()));
        for (number, (call, operation)) in asked.between.iter().enumerate() {
            self.interrupt_at(*call, 1 + number % (WRITERS - 1), (operation, asked.fault.is_none()), &meanwhile);
        }
        if let Some((call, fault)) = asked.fault {
            self.store.fail_at(call, fault);
        }
        let own = self.carry_out(&asked.operation);
        self.store.calm();
        for outcome in &own.outcomes {
            match outcome {
                Outcome::Done | Outcome::Value(_) => *self.tally.entry(asked.operation.kind()).or_default() += 1,
                Outcome::Refused(code) => *self.tally.entry(code.to_string()).or_default() += 1,
                _ => {}
            }
        }
        let Meanwhile { mut ended, mut faults } = std::mem::take(&mut *lock(&meanwhile));
        ended.push(own);
        let outcomes = || ended.iter().flat_map(|ended| &ended.outcomes);
        faults.extend(outcomes().filter_map(|outcome| if let Outcome::Broken(what) = outcome { Some(what.clone()) } else { None }));
        if let Some(fault) = faults.first() {
            return Err(fault.clone());
        }
        if asked.fault.is_none() && outcomes().any(|outcome| *outcome == Outcome::Unknown) {
            return Err(format!("nothing failed, and yet: {ended:?}"));
        }
        let mut worlds = possible(&self.world, &ended);
        if worlds.is_empty() {
            let alone: Vec<_> = ended.iter().flat_map(|ended| &ended.steps).map(|step| self.world.after(step).err()).collect();
            return Err(format!("it cannot end so: {ended:?}\nby itself each ends: {alone:?}\nin {:?}", self.world));
        }
        if asked.fault.is_some() && ended.iter().flat_map(|ended| &ended.steps).count() > 1 {
            worlds.extend(possible(&self.world, &ended.iter().map(Ended::outdated).collect::<Vec<_>>()));
        }
        if let ([after], Writers::Locked, true) = (worlds.as_slice(), self.writers, asked.between.is_empty() && asked.fault.is_none()) {
            self.check_leftovers(after)?;
        }
        self.check(&worlds, asked.seed)
    }

    /// A writer that is alone leaves nothing with a secret that its record does not name.
    fn check_leftovers(&self, after: &World) -> Checked<()> {
        for (name, text) in NAMES.iter().enumerate() {
            for (primary, place) in REGIONS.iter().enumerate() {
                let place = (name, primary, key(place, text));
                if self.world.secrets.get(&(place.0, place.1)) == after.secrets.get(&(place.0, place.1)) {
                    continue;
                }
                let record = read_record(&*self.store, &place.2).map_err(|error| error.to_string())?;
                let named = record.map(|record| Located::of(record).blobs());
                let left = self.store.leftovers(&place.2, named.as_deref()).map_err(|error| error.to_string())?;
                if !left.is_empty() {
                    return Err(format!("left with {text}: {left:?}"));
                }
            }
        }
        Ok(())
    }

    fn carry_out(&self, operation: &Operation) -> Ended {
        let session = self.keystores.session(self.world.disabled, 0);
        carry_out(&self.vault, (session, &self.keystores.names), &self.world, operation)
    }

    /// Has somebody else do something during a call; where none fails, the vault is sound then.
    fn interrupt_at(&self, call: u64, writer: usize, (operation, is_verified): (&Operation, bool), meanwhile: &Arc<Mutex<Meanwhile>>) {
        let (vault, store, world) = (self.vault.clone(), Arc::clone(&self.store), self.world.clone());
        let session = Arc::clone(self.keystores.session(world.disabled, writer));
        let (operation, meanwhile, is_locked) = (operation.clone(), Arc::clone(meanwhile), self.writers == Writers::Locked);
        let names = Arc::clone(&self.keystores.names);
        self.store.interrupt_at(call, move || {
            // Where there is a lock, another writer waits for it; readers do not.
            let is_waiting = is_locked && store.is_locked();
            let operation = if is_waiting { Operation::Read(writer % NAMES.len(), 0) } else { operation };
            let ended = carry_out(&vault, (&session, &names), &world, &operation);
            let fault = if is_verified && vault.exists() { unsound(&vault) } else { None };
            let mut meanwhile = lock(&meanwhile);
            meanwhile.ended.push(ended);
            meanwhile.faults.extend(fault);
        });
    }

    /// After a power cut the vault is sound, and the world one of these.
    fn check(&mut self, worlds: &[World], seed: u64) -> Checked<()> {
        let mut random = SeededRandom::new(seed);
        self.store.cut_power(|| random.coin());
        let found = self.observer.observe(&self.vault, self.keystores, &self.world)?;
        if !worlds.contains(&found) {
            return Err(format!("from     {:?}\nthere is {found:?}\nand not  {worlds:?}", self.world));
        }
        self.world = found;
        if self.vault.exists() { unsound(&self.vault).map_or(Ok(()), Err) } else { Ok(()) }
    }
}

/// Without a key.
fn unsound(vault: &Vault) -> Option<String> {
    match vault.verify(VerifyOptions::default()) {
        Ok(report) if report.is_sound() => None,
        Ok(report) => Some(format!("{report:?}")),
        Err(error) => Some(error.to_string()),
    }
}
