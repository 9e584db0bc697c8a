//! The check of all entries, before anything is written.

use std::collections::BTreeMap;

use crate::{
    cli::{
        command_operation::CommandOperation,
        commands::{pack::report::EntryRefusal, secret_name::NameCharacters},
        failure::{Outcome, hints},
        paramfile::ParamFiles,
        plan::{Defaults, PlanEntry, PlanSource},
        terminal::warn,
        usage::UsageError,
    },
    error::{self, Error, ErrorCode, shorten_to},
    vault::Batch,
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
}

impl Checked {
    pub(super) fn refused_count(&self) -> u64 {
        u64::try_from(self.refused.len()).unwrap_or(u64::MAX)
    }
}

/// Reads and checks every entry.
///
/// # Errors
/// What stands in the way of all of them; more than 10,000 that are refused.
pub(super) fn check(source: &PlanSource, defaults: &Defaults, files: &ParamFiles<'_>, batch: &mut Batch<'_>) -> Outcome<Checked> {
    let mut checked = Checked::default();
    let mut names = NameWarnings::default();
    source.visit(defaults, files, |PlanEntry { place, name, request }| {
        checked.count += 1;
        let (code, message, hints) = match request {
            Err(error) => (None, error.to_string(), Vec::new()),
            Ok(request) => match batch.check(&request) {
                Ok(()) => {
                    names.add(&request.name);
                    return Ok(());
                }
                Err(Error::Service(refusal)) if refusal.code() != ErrorCode::EncryptionFailure => {
                    let (code, message) = (refusal.code(), without_note(&refusal));
                    (Some(code), message, hints(&Error::Service(refusal), CommandOperation::CreateSecret))
                }
                // What is there under this name cannot be read.
                Err(error @ (Error::Damaged { .. } | Error::Io { .. })) => {
                    let hints = hints(&error, CommandOperation::CreateSecret);
                    (None, error.to_string(), hints)
                }
                // No credentials, AWS KMS does not answer.
                Err(error) => return Err(error.into()),
            },
        };
        let refusal = EntryRefusal {
            name: name.map(|name| shorten_to(name, NAME_SHOWN)),
            code,
            message: format!("{place}: {}", shorten_to(message, MESSAGE_SHOWN)),
            hints,
        };
        if checked.refused.len() == MOST_REFUSED {
            return Err(too_many(&checked, &refusal).into());
        }
        checked.refused.insert(checked.count, refusal);
        Ok(())
    })?;
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

/// That nothing of an entry was written goes without saying.
fn without_note(refusal: &error::Refusal) -> String {
    match refusal {
        error::Refusal::Regions(regions) => regions.list(),
        refusal => refusal.to_string(),
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
