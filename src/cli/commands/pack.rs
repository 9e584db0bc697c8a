//! `pack`

mod report;

use std::{collections::BTreeMap, num::NonZeroUsize, sync::Arc, thread};

use self::report::{Refusal, Report};
use super::write_secret::{NameCharacters, name_clash, pairs, replicas, suite, tags, warn_about_keys};
use crate::{
    cli::{
        args::PackArgs,
        failure::{Failure, Outcome},
        invocation::Invocation,
        paramfile::ParamFiles,
        plan::{Defaults, Entry, Source},
        recovery_key::key_options,
        terminal::{note, warn},
        usage::UsageError,
    },
    error::{Error, ErrorCode},
    kms::{LimitedKms, OnlineKms},
    vault::{Batch, BatchWriter, CreateSecret, DataKeyScope, KeyOptions, PayloadKind},
};
/// Most secrets that are made durable together.
const GROUP_COUNT: usize = 256;
/// Most bytes of their values.
const GROUP_BYTES: usize = 32 * 1024 * 1024;

pub(super) fn pack(invocation: &Invocation, args: &PackArgs) -> Outcome {
    let files = invocation.inputs.files();
    let defaults = defaults(invocation, &files, args)?;
    let source = Source::open(&args.source, &mut note)?;
    let mut session = invocation.keystore.session_for_secrets()?;
    let mut keys = key_options(invocation, Some(session.kms()), &args.wrap, Vec::new())?;
    keys.online = keys.online.map(|online| Arc::new(LimitedKms::new(online, args.max_concurrency.get())) as Arc<dyn OnlineKms>);
    let mut batch = invocation.vault.create_secrets(&mut session, &keys)?;
    let checked = check(&source, &defaults, &files, &mut batch)?;
    if checked.count == 0 {
        return Err(UsageError::new("there is nothing to pack: no entry in the plan, or no file in the directory").into());
    }
    let mut report = Report::new(invocation, checked.count);
    for refusal in checked.refused.values() {
        report.refused(refusal)?;
    }
    let made = if checked.count > checked.refused_count() {
        let mut writer = batch.begin(threads(args, &keys))?;
        invocation.keystore.note_made(&writer.keystore());
        let run = Run { writer: &mut writer, report: &mut report, group: Vec::new(), bytes: 0 };
        let made = run.all(&source, &defaults, &files, &checked);
        if let Some(change) = report.merged() {
            warn_about_keys(writer.kms(), change, &keys);
        }
        made
    } else {
        Ok(())
    };
    let has_failed = report.finish();
    made?;
    if has_failed { Err(Failure::Partial) } else { Ok(()) }
}

fn defaults(invocation: &Invocation, files: &ParamFiles<'_>, args: &PackArgs) -> Outcome<Defaults> {
    Ok(Defaults {
        region: invocation.regions.require()?,
        kms_key_id: args.kms_key_id.clone(),
        replicas: replicas(files, args.add_replica_regions.as_deref().unwrap_or_default())?,
        tags: tags(files, args.tags.as_deref().unwrap_or_default())?,
        name_clash: name_clash(args.force_overwrite_replica_secret),
        encryption_context: pairs(files, args.encryption_context.as_deref().unwrap_or_default())?,
        data_key_scope: if args.data_key_per_region { DataKeyScope::PerRegion } else { DataKeyScope::Shared },
        suite: suite(args.sign_message),
        account: invocation.access.account.clone(),
        binary_format: invocation.inputs.binary_format,
        file_kind: args.binary.then_some(PayloadKind::Binary),
    })
}

fn threads(args: &PackArgs, keys: &KeyOptions) -> NonZeroUsize {
    match (&keys.online, args.threads) {
        // Most of them wait for an answer.
        (Some(_), threads) => threads.unwrap_or(args.max_concurrency).max(args.max_concurrency),
        (None, threads) => threads.unwrap_or_else(|| thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
    }
}

/// What the check of all entries came to.
#[derive(Default)]
struct Checked {
    count: u64,
    /// By the entry's number, counted from 1.
    refused: BTreeMap<u64, Refusal>,
}

impl Checked {
    fn refused_count(&self) -> u64 {
        u64::try_from(self.refused.len()).unwrap_or(u64::MAX)
    }
}

/// Reads and checks every entry.
///
/// # Errors
/// What stands in the way of all of them.
fn check(source: &Source, defaults: &Defaults, files: &ParamFiles<'_>, batch: &mut Batch<'_>) -> Outcome<Checked> {
    let mut checked = Checked::default();
    let mut names = NameWarnings::default();
    source.visit(defaults, files, |Entry { place, name, request }| {
        checked.count += 1;
        let (code, message) = match request {
            Err(error) => (None, error.to_string()),
            Ok(request) => match batch.check(&request) {
                Ok(()) => {
                    names.add(&request.name);
                    return Ok(());
                }
                Err(Error::Service(refusal)) if refusal.code() != ErrorCode::EncryptionFailure => {
                    (Some(refusal.code()), refusal.to_string())
                }
                // The vault cannot be read, no credentials, AWS KMS does not answer.
                Err(error) => return Err(error.into()),
            },
        };
        // That nothing of an entry was written goes without saying.
        let message = message.replace(" (nothing was written)", "").replace(", and nothing was written:", ":");
        checked.refused.insert(checked.count, Refusal { name, code, message: format!("{place}: {message}") });
        Ok(())
    })?;
    names.tell();
    Ok(checked)
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

/// The writing, group by group.
struct Run<'r, 'a> {
    writer: &'r mut BatchWriter<'a>,
    report: &'r mut Report<'a>,
    group: Vec<CreateSecret>,
    /// Of the values in the group.
    bytes: usize,
}

impl Run<'_, '_> {
    fn all(mut self, source: &Source, defaults: &Defaults, files: &ParamFiles<'_>, checked: &Checked) -> Outcome {
        let mut number = 0;
        source.visit(defaults, files, |entry| {
            number += 1;
            if checked.refused.contains_key(&number) { Ok(()) } else { self.add(entry) }
        })?;
        self.flush()
    }

    fn add(&mut self, Entry { place, name, request }: Entry) -> Outcome {
        match request {
            Ok(request) => {
                self.bytes += request.value.as_ref().map_or(0, |value| value.expose().len());
                self.group.push(request);
                if self.group.len() >= GROUP_COUNT || self.bytes >= GROUP_BYTES { self.flush() } else { Ok(()) }
            }
            // It was in order when it was checked.
            Err(error) => {
                self.flush()?;
                let message = format!("{place}: it changed since it was checked: {error}");
                self.report.refused(&Refusal { name, code: None, message })
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
