//! The writing of what the check let pass, group by group.

use crate::{
    cli::{
        commands::pack::{
            check::Checked,
            report::{EntryRefusal, Report},
        },
        failure::Outcome,
        paramfile::ParamFiles,
        plan::{Defaults, PlanEntry, PlanSource},
    },
    vault::{BatchWriter, CreateSecret},
};

/// Most secrets that are made durable together: with values of at most 64 KiB, a group holds 16 MiB of them, and as much for each Region, until its
/// commits are known.
const GROUP_COUNT: usize = 256;

/// Most bytes of their values.
const GROUP_BYTES: usize = 32 * 1024 * 1024;

/// The group that is filled, and where it goes.
pub(super) struct GroupWriter<'r, 'w, 'p> {
    writer: &'r mut BatchWriter<'w>,
    report: &'r mut Report<'p>,
    group: Vec<CreateSecret>,
    /// Of the values in the group.
    bytes: usize,
}

impl<'r, 'w, 'p> GroupWriter<'r, 'w, 'p> {
    pub(super) const fn new(writer: &'r mut BatchWriter<'w>, report: &'r mut Report<'p>) -> Self {
        Self { writer, report, group: Vec::new(), bytes: 0 }
    }

    pub(super) fn all(mut self, source: &PlanSource, defaults: &Defaults, files: &ParamFiles<'_>, checked: &Checked) -> Outcome {
        let mut number = 0;
        source.visit(defaults, files, |entry| {
            number += 1;
            if checked.refused.contains_key(&number) { Ok(()) } else { self.add(entry) }
        })?;
        self.flush()
    }

    fn add(&mut self, PlanEntry { place, name, request }: PlanEntry) -> Outcome {
        match request {
            Ok(request) => {
                self.bytes += request.value.as_ref().map_or(0, |value| value.expose().len());
                self.group.push(request);
                if self.group.len() >= GROUP_COUNT || self.bytes >= GROUP_BYTES { self.flush() } else { Ok(()) }
            }
            // It was in order when it was checked.
            Err(fault) => {
                self.flush()?;
                self.report.refused(&EntryRefusal::changed(name, &place, &fault))
            }
        }
    }

    /// Makes the group and prints its lines.
    fn flush(&mut self) -> Outcome {
        self.bytes = 0;
        let group = std::mem::take(&mut self.group);
        if group.is_empty() {
            return Ok(());
        }
        let (entries, fault) = match self.writer.write(group) {
            Ok(entries) => (entries, None),
            Err((entries, fault)) => (entries, Some(fault)),
        };
        self.report.done(entries)?;
        fault.map_or(Ok(()), |fault| Err(fault.into()))
    }
}
