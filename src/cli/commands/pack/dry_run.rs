//! `pack --dry-run`: all of it is checked and compared, and nothing is made, not even a lock.

use std::num::NonZeroUsize;

use crate::{
    cli::{
        commands::pack::{
            calls::limited,
            check::{Checked, check},
            pruning::{Gone, Pruning},
            report::{Ending, EntryRefusal, Report},
        },
        failure::{Failure, Outcome},
        invocation::Invocation,
        paramfile::ParamFiles,
        plan::{Defaults, PlanEntry, PlanSource},
        recovery_key::{Wrapping, key_options},
    },
    vault::{BatchPreview, BatchRules},
};

pub(super) fn run(
    invocation: &Invocation,
    most_calls: NonZeroUsize,
    (source, defaults, files): (&PlanSource, &Defaults, &ParamFiles<'_>),
    wrapping: &Wrapping,
    (rules, pruning): (BatchRules, Pruning),
) -> Outcome {
    let mut kms = invocation.keystore.preview_for_secrets()?;
    let keys = limited(key_options(invocation.key_names(), Some(&mut kms), wrapping, Vec::new())?, most_calls);
    let mut preview = invocation.vault.preview_secrets(kms, &keys)?.with_rules(rules);
    let checked = check(source, defaults, files, |request| preview.check(request))?;
    let gone = Gone::find(&checked, source, |is_there| preview.gone(defaults.region, is_there))?;
    let mut report = Report::new(&invocation.printer, checked.count);
    checked.refused.values().try_for_each(|refusal| report.refused(refusal))?;
    let told = tell_each((source, defaults, files), &mut preview, &checked, &mut report);
    let told = told.and_then(|()| gone.preview(pruning, &mut report));
    let has_failed = report.finish(Ending::DryRun);
    told?;
    if has_failed? { Err(Failure::Partial) } else { Ok(()) }
}

fn tell_each(
    (source, defaults, files): (&PlanSource, &Defaults, &ParamFiles<'_>),
    preview: &mut BatchPreview<'_>,
    checked: &Checked,
    report: &mut Report<'_>,
) -> Outcome {
    let mut number = 0;
    source.visit(defaults, files, |PlanEntry { place, name, request }| {
        number += 1;
        if checked.refused.contains_key(&number) {
            return Ok(());
        }
        match request {
            Ok(request) => report.done(vec![preview.preview(request)]),
            Err(fault) => report.refused(&EntryRefusal::changed(name, &place, &fault)),
        }
    })
}
