//! The commit of a group: barrier, renames, barrier.

use super::super::{
    change::{CommittedChange, StagedChange},
    family::Located,
};
use crate::{
    error::{Error, Result},
    store::WriteGroup,
};

/// What was done for an entry before the first barrier. `W` is what it is made of, anew where another writer is first.
pub(super) enum Worked<'g, W> {
    Staged(Box<(StagedChange<'g>, W)>),
    Unchanged(Box<Located>),
    Failed(Error),
    /// Its turn comes when this group is there.
    Later(Box<W>),
}

/// The same after the commit.
pub(super) enum EntryEnd<'g, W> {
    Committed(Box<(CommittedChange<'g>, W)>),
    Unchanged(Box<Located>),
    Failed(Error),
    /// To be made anew from what is there then.
    Lost(Box<W>),
}

pub(super) const NOT_WRITTEN: &str = "nothing of this secret was written";

impl<'g, W> Worked<'g, W> {
    pub(super) fn staged(staged: Result<StagedChange<'g>>, wanted: W) -> Self {
        staged.map_or_else(Self::Failed, |staged| Self::Staged(Box::new((staged, wanted))))
    }
}

/// Barrier, renames, barrier. Gives besides the error of a barrier that failed.
pub(super) fn commit_all<'g, W>(group: &dyn WriteGroup, worked: Vec<Worked<'g, W>>) -> (Vec<EntryEnd<'g, W>>, Option<Error>) {
    let has_staged = worked.iter().any(|worked| matches!(worked, Worked::Staged(_)));
    let before = if has_staged { group.barrier().err() } else { None };
    let commit = |worked| match (worked, &before) {
        (Worked::Unchanged(located), _) => EntryEnd::Unchanged(located),
        (Worked::Failed(error), _) => EntryEnd::Failed(error),
        (Worked::Later(wanted), _) => EntryEnd::Lost(wanted),
        (Worked::Staged(staged), None) => {
            let (staged, wanted) = *staged;
            match staged.commit() {
                Ok(Some(committed)) => EntryEnd::Committed(Box::new((committed, wanted))),
                Ok(None) => EntryEnd::Lost(Box::new(wanted)),
                Err(error) => EntryEnd::Failed(error),
            }
        }
        (Worked::Staged(staged), Some(error)) => {
            staged.0.abandon();
            EntryEnd::Failed(same_fault(error, NOT_WRITTEN))
        }
    };
    let ended: Vec<EntryEnd<'g, W>> = worked.into_iter().map(commit).collect();
    if before.is_some() || !ended.iter().any(|ended| matches!(ended, EntryEnd::Committed(_))) {
        return (ended, before);
    }
    let Err(after) = group.barrier() else { return (ended, None) };
    let uncertain = |ended| match ended {
        EntryEnd::Committed(_) => EntryEnd::Failed(same_fault(&after, "the change may have happened")),
        other => other,
    };
    (ended.into_iter().map(uncertain).collect(), Some(after))
}

/// A barrier's error, for each secret that it was to make durable.
pub(super) fn same_fault(error: &Error, what: &str) -> Error {
    match error {
        Error::Io { doing, source } => Error::Io { doing: format!("{doing} ({what})"), source: source.kind().into() },
        _ => Error::io(what, std::io::ErrorKind::Other.into()),
    }
}
