//! Which worlds operations may lead to, some of which came while another one was under way, by how each of their steps ended.

use super::{
    carry_out::Outcome,
    operation::{Operation, Step},
    world::World,
};
use crate::error::ErrorCode;

/// An operation that was carried out.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) steps: Vec<Step>,
    pub(super) outcomes: Vec<Outcome>,
}

type Pairs<'e> = Vec<(&'e Step, &'e Outcome)>;

impl Ended {
    /// The same after a power cut that may have taken back what others saw before it was durable.
    pub(super) fn outdated(&self) -> Self {
        let outdated = |outcome: &Outcome| match outcome {
            Outcome::Refused(_) | Outcome::Value(_) | Outcome::Left => Outcome::Outdated,
            other => other.clone(),
        };
        Self { steps: self.steps.clone(), outcomes: self.outcomes.iter().map(outdated).collect() }
    }

    fn pairs(&self) -> Pairs<'_> {
        self.steps.iter().zip(&self.outcomes).collect()
    }
}

/// Every world after the last of these, while which the others were done, each in one piece. None where no order explains how they ended.
pub(super) fn possible(from: &World, ended: &[Ended]) -> Vec<World> {
    let Some((own, others)) = ended.split_last() else { return vec![from.clone()] };
    let mut orders: Vec<Pairs<'_>> = vec![own.pairs()];
    for other in others {
        orders = orders.iter().flat_map(|order| with_inserted(order, &other.pairs())).collect();
    }
    let mut all = Vec::new();
    for order in &orders {
        let mut worlds = vec![from.clone()];
        for (step, outcome) in order {
            let mut after: Vec<World> = Vec::new();
            for world in worlds.iter().flat_map(|world| follow(world, step, outcome, ended.len() > 1)) {
                if !after.contains(&world) {
                    after.push(world);
                }
            }
            worlds = after;
        }
        all.extend(worlds);
    }
    all
}

/// The other steps, in one piece, at each place.
fn with_inserted<'e>(order: &[(&'e Step, &'e Outcome)], other: &[(&'e Step, &'e Outcome)]) -> Vec<Pairs<'e>> {
    (0..=order.len()).map(|at| [&order[..at], other, &order[at..]].concat()).collect()
}

/// What the world may be after a step that ended so.
fn follow(world: &World, step: &Step, outcome: &Outcome, is_disturbed: bool) -> Vec<World> {
    // Between its look at the labels and its change, others may move them, or take the secret's place.
    let may_find_it_changed = is_disturbed && matches!(step, Step::Whole(Operation::FinishRotation(..)));
    if let (Step::Whole(Operation::Read(name, region)), Outcome::Value(number)) = (step, outcome) {
        return if world.value(*name, *region) == Ok(*number) { vec![world.clone()] } else { Vec::new() };
    }
    match (outcome, world.after(step)) {
        (Outcome::Done, Ok(after)) => vec![after],
        (Outcome::Unknown, Ok(after)) => vec![after, world.clone()],
        (Outcome::Unknown, Err(_)) => vec![world.clone()],
        (Outcome::Refused(found), Err(expected)) if *found == expected => vec![world.clone()],
        (Outcome::Refused(ErrorCode::InvalidRequestException | ErrorCode::ResourceNotFoundException), _) if may_find_it_changed => {
            vec![world.clone()]
        }
        (Outcome::Outdated, _) => vec![world.clone()],
        // Somebody else may have changed it since it was found.
        (Outcome::Left, after) if is_disturbed || after.is_err() => vec![world.clone()],
        (Outcome::NoVault, _) if world.secrets.is_empty() => vec![world.clone()],
        // A reader whose Region's key is disabled.
        (Outcome::Refused(ErrorCode::DecryptionFailure), Ok(_)) if is_unreadable(world, step) => vec![world.clone()],
        _ => Vec::new(),
    }
}

fn is_unreadable(world: &World, step: &Step) -> bool {
    let Step::Whole(Operation::Read(name, region)) = step else { return false };
    let versions = world.holder(*name, *region).map(|secret| secret.versions_in(*region)).unwrap_or_default();
    let current = versions.iter().find(|(_, labels)| labels.contains("AWSCURRENT"));
    current.is_some_and(|(version, _)| version.bundles.get(region).is_some_and(|key| world.is_disabled(*region, *key)))
}
