//! What is asked of a vault, as data: where secrets are names and Regions by number, and versions by the number of their token.

use super::{
    NAMES,
    world::{ModelKey, World},
};
use crate::vault::RecoveryWindow;

/// The secret of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) name: usize,
    pub(super) region: Option<usize>,
}

/// A secret that is to be made, or of an update by a batch, what it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Creation {
    /// Stands in its encryption context.
    pub(super) number: u64,
    pub(super) name: usize,
    pub(super) primary: usize,
    pub(super) key: ModelKey,
    pub(super) replicas: Vec<(usize, Option<ModelKey>)>,
    pub(super) overwrites: bool,
    pub(super) is_partial: bool,
    /// None draws one: then the version has the number of its value.
    pub(super) token: Option<u64>,
    pub(super) value: Option<u64>,
    pub(super) has_key_per_region: bool,
    pub(super) description: Option<u64>,
    /// What its tag of that name says.
    pub(super) team: Option<u64>,
    pub(super) policy: Option<usize>,
    pub(super) rotation_days: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Put {
    pub(super) at: At,
    pub(super) token: u64,
    pub(super) value: u64,
    pub(super) stages: Vec<String>,
    /// The version that has to be in use.
    pub(super) replaces: Option<u64>,
    pub(super) is_partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Update {
    pub(super) at: At,
    /// 0 takes it away.
    pub(super) description: Option<u64>,
    pub(super) key: Option<ModelKey>,
    /// Its token, and its number.
    pub(super) value: Option<(u64, u64)>,
    pub(super) is_partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operation {
    Create(Creation),
    Batch(Vec<Creation>),
    /// A batch that updates what is there, and keeps the number of the source that it came from.
    Pack(Vec<Creation>, usize),
    /// What was made from a source in a Region is marked for deletion, but for these names.
    Prune {
        source: usize,
        region: usize,
        kept: Vec<usize>,
    },
    Put(Put),
    Update(Update),
    MoveLabel {
        at: At,
        label: String,
        from: Option<u64>,
        to: Option<u64>,
    },
    Delete(At, RecoveryWindow),
    Restore(At),
    Purge,
    Replicate {
        at: At,
        replicas: Vec<(usize, Option<ModelKey>)>,
        overwrites: bool,
        is_partial: bool,
    },
    RemoveRegions(At, Vec<usize>),
    StopReplication {
        name: usize,
        region: usize,
    },
    Rewrap(At, Option<ModelKey>),
    Tag(At, String, String),
    Untag(At, String),
    PutPolicy {
        at: At,
        policy: usize,
        blocks_public: bool,
    },
    DeletePolicy(At),
    Rotate {
        at: At,
        days: i64,
        token: Option<u64>,
    },
    CancelRotation(At),
    /// Goes on with the rotation that has this token, to its end.
    FinishRotation(At, u64),
    Read(usize, usize),
    /// These names, each once, in one Region.
    ReadMany(Vec<usize>, usize),
}

/// What is done whole, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Whole(Operation),
    /// Of a batch: a secret that is there, the same, is as it should be.
    Ensure(Creation),
    /// Of a batch from a source: a secret that is there becomes that.
    Bring(Creation, usize),
    /// The second of a name and Region in one batch.
    NameTwice,
    PruneOne {
        name: usize,
        primary: usize,
        source: usize,
    },
    PurgeOne {
        name: usize,
        primary: usize,
    },
}

/// What a run has to do at least some times, to be one of all operations.
pub(super) const KINDS: [&str; 23] = [
    "Create",
    "Batch",
    "Pack",
    "Prune",
    "Put",
    "Update",
    "MoveLabel",
    "Delete",
    "Restore",
    "Purge",
    "Replicate",
    "RemoveRegions",
    "StopReplication",
    "Rewrap",
    "Tag",
    "Untag",
    "PutPolicy",
    "DeletePolicy",
    "Rotate",
    "CancelRotation",
    "FinishRotation",
    "Read",
    "ReadMany",
];

impl Operation {
    /// One of [`KINDS`].
    pub(super) fn kind(&self) -> String {
        let whole = format!("{self:?}");
        whole.chars().take_while(char::is_ascii_alphabetic).collect()
    }

    pub(super) fn steps(&self, world: &World) -> Vec<Step> {
        match self {
            Self::Batch(creations) => of_batch(creations, Step::Ensure),
            Self::Pack(creations, source) => of_batch(creations, |creation| Step::Bring(creation, *source)),
            Self::Prune { source, region, kept } => {
                let names = (0..NAMES.len()).filter(|name| !kept.contains(name));
                names.map(|name| Step::PruneOne { name, primary: *region, source: *source }).collect()
            }
            Self::ReadMany(names, region) => names.iter().map(|name| Step::Whole(Self::Read(*name, *region))).collect(),
            Self::Purge => {
                let due = world.secrets.iter().filter(|(_, secret)| world.is_due(secret));
                due.map(|((name, primary), _)| Step::PurgeOne { name: *name, primary: *primary }).collect()
            }
            other => vec![Step::Whole(other.clone())],
        }
    }
}

fn of_batch(creations: &[Creation], step: impl Fn(Creation) -> Step) -> Vec<Step> {
    let is_again = |at: usize, creation: &Creation| {
        let is_same = |earlier: &Creation| (earlier.name, earlier.primary) == (creation.name, creation.primary);
        creations[..at].iter().any(is_same)
    };
    let of = |(at, creation)| if is_again(at, creation) { Step::NameTwice } else { step(Creation::clone(creation)) };
    creations.iter().enumerate().map(of).collect()
}
