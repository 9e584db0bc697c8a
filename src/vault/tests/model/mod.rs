//! Random histories of all operations on secrets, over a store in memory, against a simple model of AWS's rules: with calls that fail, machines
//! that stop, power cuts, a clock that moves, keys that are disabled, readers and writers in between. After each turn the vault verifies and is
//! what the model says, byte for byte; where something failed, each secret is as before or as after.
//!
//! `COLDSEAL_HISTORIES` says how many, or with which seeds (`5000..6000`), `COLDSEAL_HISTORY` runs the one with this seed. One that fails is told with the fewest turns that fail.

mod answers;
mod attack;
mod carry_out;
mod generate;
mod history;
mod keystores;
mod observe;
mod operation;
mod possible;
mod random;
mod rules;
mod world;

use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};

use self::{
    history::{Asked, History, Tally, Turn, turns_by_chance},
    keystores::Keystores,
    observe::Checked,
    operation::KINDS,
    world::World,
};
use crate::store::memory::Writers;

const NAMES: [&str; 2] = ["a", "b"];
const REGIONS: [&str; 3] = ["us-west-2", "us-east-1", "eu-west-1"];
const POLICIES: [&str; 3] = [
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"secretsmanager:*","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#,
];
/// What batches come from.
const SOURCES: [&str; 2] = ["here", "there"];
/// The one that is open to everyone.
const PUBLIC_POLICY: usize = 2;
/// The names of errors that there have to be.
const REFUSALS: [&str; 8] = [
    "DecryptionFailure",
    "DisabledException",
    "InvalidParameterException",
    "InvalidRequestException",
    "LimitExceededException",
    "PublicPolicyException",
    "ResourceExistsException",
    "ResourceNotFoundException",
];
/// Unless it is said how many.
const HISTORIES: u64 = 600;
/// What all reading operations answer is asked at the end of one history in so many.
const ANSWERED: u64 = 4;

/// A history, and what of it failed.
struct Failed {
    turns: Vec<Turn>,
    what: String,
}

/// Runs the turns that `next` gives.
fn run(seed: u64, writers: Writers, keystores: &Keystores, mut next: impl FnMut(&World) -> Option<Turn>) -> Result<Tally, Failed> {
    let mut history = History::new(seed, writers, keystores);
    let mut turns = Vec::new();
    let mut all = || -> Checked<()> {
        while let Some(turn) = next(&history.world) {
            turns.push(turn.clone());
            history.turn(&turn)?;
        }
        if seed.is_multiple_of(ANSWERED) { history.end() } else { Ok(()) }
    };
    let ended = catch_unwind(AssertUnwindSafe(&mut all)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(text.unwrap_or_else(|| "it panicked".to_owned()))
    });
    match ended {
        Ok(()) => Ok(history.tally),
        Err(what) => Err(Failed { turns, what }),
    }
}

/// The fewest turns that still fail, one taken out after the other.
fn shrunk(seed: u64, writers: Writers, keystores: &Keystores, mut failed: Failed) -> Failed {
    let mut at = 0;
    while at < failed.turns.len() {
        let fewer = simpler(&failed.turns, at).into_iter().find_map(|turns| {
            let mut turns = turns.into_iter();
            run(seed, writers, keystores, |_| turns.next()).err()
        });
        match fewer {
            Some(fewer) => {
                failed = fewer;
                at = 0;
            }
            None => at += 1,
        }
    }
    failed
}

/// Without a turn, or without what disturbs it.
fn simpler(turns: &[Turn], at: usize) -> Vec<Vec<Turn>> {
    let with = |turn: Option<Turn>| turns[..at].iter().cloned().chain(turn).chain(turns[at + 1..].iter().cloned()).collect::<Vec<_>>();
    let mut all = vec![with(None)];
    if let Turn::Ask(asked) = &turns[at] {
        if asked.fault.is_some() {
            all.push(with(Some(Turn::Ask(Asked { fault: None, ..asked.clone() }))));
        }
        for other in 0..asked.between.len() {
            let mut fewer = asked.clone();
            fewer.between.remove(other);
            all.push(with(Some(Turn::Ask(fewer))));
        }
    }
    all
}

/// # Panics
/// What was asked for is neither a number nor a range of them.
fn asked_seeds() -> Range<u64> {
    let number = |text: &str| text.parse::<u64>().expect("a number");
    if let Ok(seed) = std::env::var("COLDSEAL_HISTORY") {
        return number(&seed)..number(&seed) + 1;
    }
    let Ok(asked) = std::env::var("COLDSEAL_HISTORIES") else { return 0..HISTORIES };
    asked.split_once("..").map_or_else(|| 0..number(&asked), |(from, to)| number(from)..number(to))
}

fn run_all(writers: Writers) {
    let (keystores, seeds) = (Keystores::new(), asked_seeds());
    let (mut tally, is_whole) = (Tally::new(), seeds.end - seeds.start >= HISTORIES);
    for seed in seeds {
        match run(seed, writers, &keystores, turns_by_chance(seed)) {
            Ok(done) => done.into_iter().for_each(|(what, count)| *tally.entry(what).or_default() += count),
            Err(failed) => {
                let Failed { turns, what } = shrunk(seed, writers, &keystores, failed);
                panic!("COLDSEAL_HISTORY={seed} {writers:?}\n{turns:#?}\n{what}");
            }
        }
    }
    for expected in KINDS.into_iter().chain(REFUSALS).filter(|_| is_whole) {
        assert!(tally.contains_key(expected), "{expected} did not happen: {tally:?}");
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
