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
    },
    error::{self, Error, ErrorCode},
    vault::Batch,
};

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
/// What stands in the way of all of them.
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
        checked.refused.insert(checked.count, EntryRefusal { name, code, message: format!("{place}: {message}"), hints });
        Ok(())
    })?;
    names.tell();
    Ok(checked)
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
