//! The check of all entries, before anything is written.

use std::collections::{BTreeMap, HashSet};

use crate::{
    cli::{
        command_operation::CommandOperation,
        commands::{
            failure_code::{FailureCode, message},
            pack::report::EntryRefusal,
            secret_name::NameCharacters,
        },
        failure::{Outcome, hints},
        paramfile::ParamFiles,
        plan::{Defaults, PlanEntry, PlanSource},
        terminal::warn,
        usage::UsageError,
    },
    error::{self, Error, ErrorCode, Result, shorten_to},
    vault::CreateSecret,
};

/// Entries of a run that can be refused. Whoever has more of them handed over something else than a plan; each takes memory, and a line.
const MOST_REFUSED: usize = 10_000;

/// Bytes of a refused entry's name that are kept: those of the longest name that there can be.
const NAME_SHOWN: usize = 4 * 512;

/// Bytes of why it is refused.
const MESSAGE_SHOWN: usize = 4096;

/// What the check of all entries came to.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) count: u64,
    /// By the entry's number, counted from 1.
    pub(super) refused: BTreeMap<u64, EntryRefusal>,
    /// Those of all entries that have one, refused ones too.
    pub(super) names: HashSet<String>,
    /// Whether an entry has no name that anybody could know.
    pub(super) has_nameless: bool,
}

impl Checked {
    pub(super) fn refused_count(&self) -> u64 {
        u64::try_from(self.refused.len()).unwrap_or(u64::MAX)
    }
}

/// Reads and checks every entry, its request by `check_request`.
///
/// # Errors
/// What stands in the way of all of them; there is none; more than 10,000 that are refused.
pub(super) fn check(
    source: &PlanSource,
    defaults: &Defaults,
    files: &ParamFiles<'_>,
    mut check_request: impl FnMut(&CreateSecret) -> Result<()>,
) -> Outcome<Checked> {
    let mut checked = Checked::default();
    let mut names = NameWarnings::default();
    source.visit(defaults, files, |PlanEntry { place, name, request }| {
        checked.count += 1;
        checked.has_nameless |= name.is_none();
        checked.names.extend(name.clone().filter(|name| name.len() <= NAME_SHOWN));
        let refusal = match request {
            Err(fault) => EntryRefusal::of(name, &place, &fault),
            Ok(request) => match check_request(&request) {
                Ok(()) => {
                    names.add(&request.name);
                    return Ok(());
                }
                Err(error) if is_of_all(&error) => return Err(error.into()),
                Err(error) => {
                    let hints = hints(&error, CommandOperation::CreateSecret);
                    EntryRefusal { name, code: FailureCode::of(&error), message: format!("{place}: {}", without_note(&error)), hints }
                }
            },
        };
        let refusal = EntryRefusal {
            name: refusal.name.map(|name| shorten_to(name, NAME_SHOWN)),
            message: shorten_to(refusal.message, MESSAGE_SHOWN),
            ..refusal
        };
        if checked.refused.len() == MOST_REFUSED {
            return Err(too_many(&checked, &refusal).into());
        }
        checked.refused.insert(checked.count, refusal);
        Ok(())
    })?;
    if checked.count == 0 {
        return Err(UsageError::new("there is nothing to pack: no entry in the plan, or no file in the directory").into());
    }
    names.tell();
    Ok(checked)
}

fn too_many(checked: &Checked, last: &EntryRefusal) -> UsageError {
    let first = checked.refused.values().next().map_or("", |first| &first.message);
    let message = format!("more than {MOST_REFUSED} entries are refused: {first}; …; {}; nothing was written", last.message);
    UsageError::new(message).with_hint(
        "is it the plan that you meant? It is JSON Lines or a JSON list of requests, as 'create-secret --generate-cli-skeleton' prints one",
    )
}

/// Whether no other entry would fare better: no credentials, AWS KMS does not answer.
fn is_of_all(error: &Error) -> bool {
    match error {
        Error::Service(refusal) => refusal.code() == ErrorCode::EncryptionFailure,
        // What is there under this name cannot be read.
        Error::Damaged { .. } | Error::Io { .. } => false,
        _ => true,
    }
}

/// That nothing of an entry was written goes without saying.
fn without_note(error: &Error) -> String {
    match error.refusal() {
        Some(error::Refusal::Regions(regions)) => regions.list(),
        _ => message(error),
    }
}

/// Names that AWS would refuse or find with difficulty; the first of each kind stands for the others.
#[derive(Default)]
struct NameWarnings(BTreeMap<NameCharacters, (String, u64)>);

impl NameWarnings {
    fn add(&mut self, name: &str) {
        if let Some(kind) = NameCharacters::of(name) {
            self.0.entry(kind).or_insert_with(|| (name.to_owned(), 0)).1 += 1;
        }
    }

    fn tell(&self) {
        for (kind, (first, count)) in &self.0 {
            let others = if *count > 1 { format!(" and {} more", count - 1) } else { String::new() };
            warn(&format!("{}{others}: {}", first.escape_debug(), kind.warning()));
        }
    }
}
