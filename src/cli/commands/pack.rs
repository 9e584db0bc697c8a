//! `pack`

mod calls;
mod check;
mod dry_run;
mod report;
mod writing;

use std::{num::NonZeroUsize, path::PathBuf, thread};

use clap::Args;

use crate::{
    cli::{
        args::WrapArgs,
        commands::{
            key_warnings::{of_change, tell},
            new_vault::NewVault,
            pack::{
                calls::limited,
                check::check,
                report::{Ending, Report},
                writing::GroupWriter,
            },
            secret_flags::{encryption_context, name_clash, replicas, suite_of, tags},
        },
        failure::{Failure, Outcome},
        invocation::Invocation,
        paramfile::ParamFiles,
        plan::{Defaults, HiddenFiles, PlanSource},
        recovery_key::{Wrapping, key_options},
        terminal::note,
    },
    vault::{BatchWriter, DataKeyScope, KeyOptions, PayloadKind},
};

/// [coldseal] Create many secrets in one run: from a plan, or one from each file of a directory
///
/// A plan is JSON Lines, or a JSON list, of requests as 'create-secret --cli-input-json' takes them. Here SecretString and SecretBinary may
/// name files: file://PATH for text, fileb://PATH for bytes, as in flags, from the current directory. Every entry, Region and key is checked
/// before the first byte is written; an entry that is refused, or fails later, does not stop the others.
///
/// stdout gets a line of JSON for each: Name, ARN, VersionId and Status, which is Created, Unchanged or Failed, then with ErrorCode,
/// Message and, where something helps, Hint; what is refused by the check comes first. A secret that is there with the same value, Regions, keys
/// and metadata is Unchanged, and nothing of it is written, so that a run can be repeated. With --dry-run the Status of what would be made is
/// WouldCreate.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal pack plan.jsonl --region us-west-2
  vault-export | coldseal pack - --region us-west-2 \\
      --add-replica-regions us-east-1 eu-west-1 > result.jsonl
  coldseal pack secrets.d --region us-west-2 \\
      --add-replica-regions Region=eu-west-1,KmsKeyId=alias/app
  coldseal pack plan.jsonl --kms aws --region us-west-2 \\
      --kms-key-id alias/app --max-concurrency 8

A plan:
  {\"Name\": \"db\", \"SecretString\": \"file://db.json\"}
  {\"Name\": \"tls/key\", \"SecretBinary\": \"fileb://key.der\",
   \"AddReplicaRegions\": [{\"Region\": \"eu-west-1\"}]}

An entry has a Name, and may have SecretString or SecretBinary, Description, KmsKeyId, Tags, AddReplicaRegions, ForceOverwriteReplicaSecret, \
ClientRequestToken, ResourcePolicy and RotationRules, of the types that AWS's CreateSecret has; null is as good as nothing, and another member \
is refused. docs/plan.schema.json is the JSON Schema of it, for editors and for tools that make plans.

Of a directory every file below it becomes a secret, named by its path from there: text where it is UTF-8, else bytes. Left out, and named on \
stderr, is what begins with a dot (--include-hidden takes it), what this command reads, keeps or writes, every vault and keystore, and special \
files. Symbolic links are followed to what lies in the directory, a directory by one link. What cannot be read is a Failed line of its own.

Secrets are made durable in groups of up to 256, and a line is printed when its secret is. Whatever ends a run early, running it again \
completes it.

Exit code 0: each secret is Created or Unchanged; 1: one or more Failed; 252: the plan is not JSON, or is empty, and nothing was written.")]
pub(crate) struct PackArgs {
    /// The plan, '-' for stdin (at most 64 MiB), or a directory
    #[arg(value_name = "PLAN|DIR")]
    pub(crate) source: PathBuf,
    /// Regions to replicate to, for entries without AddReplicaRegions: Region=us-east-1[,KmsKeyId=KEY] ..., plain names, or JSON
    #[arg(long, value_name = "REPLICA", num_args = 1..)]
    pub(crate) add_replica_regions: Option<Vec<String>>,
    /// Key in the primary Region, for entries without KmsKeyId [default: alias/aws/secretsmanager]
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Option<String>,
    /// Tags for entries without Tags: Key=a,Value=b ..., or JSON; not encrypted
    #[arg(long, value_name = "TAG", num_args = 1..)]
    pub(crate) tags: Option<Vec<String>>,
    /// Replace a secret of the same name in a replica Region, for entries without ForceOverwriteReplicaSecret
    #[arg(long)]
    pub(crate) force_overwrite_replica_secret: bool,
    /// Pairs that are bound to every bundle: k=v ..., or JSON; not encrypted
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
    /// Check everything and say what would be done; nothing is written or made
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Of a directory: take files and directories whose name begins with a dot too
    #[arg(long)]
    pub(crate) include_hidden: bool,
    /// Of a directory: store each file as bytes, text too
    #[arg(long)]
    pub(crate) binary: bool,
    /// A data key of its own for each Region, so that no Region can make another Region's bundle
    #[arg(long)]
    pub(crate) data_key_per_region: bool,
    /// Sign each bundle (suite 0x0578), so that no Region can make another Region's bundle
    #[arg(long)]
    pub(crate) sign_message: bool,
    /// Secrets that are sealed and written at once [default: the processor's cores]
    #[arg(long, value_name = "COUNT")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// With --kms aws: calls in flight at once, over all secrets
    #[arg(long, value_name = "COUNT", default_value = "16")]
    pub(crate) max_concurrency: NonZeroUsize,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
}

pub(super) fn run(invocation: &Invocation, args: &PackArgs) -> Outcome {
    let files = invocation.inputs.files();
    let defaults = defaults(invocation, &files, args)?;
    // What is read for all of them is known before a directory is looked through.
    let wrapping = Wrapping::read(invocation.inputs.in_use(), &args.wrap)?;
    let hidden = if args.include_hidden { HiddenFiles::Taken } else { HiddenFiles::LeftOut };
    let source = PlanSource::open(&files, &args.source, hidden)?;
    source.left_out().iter().for_each(|line| note(line));
    if args.dry_run {
        return dry_run::run(invocation, args.max_concurrency, (&source, &defaults, &files), wrapping);
    }
    let mut report = None;
    let written = written(invocation, args, (&source, &defaults, &files), wrapping, &mut report);
    // The locks are free: whom a slow reader of stdout keeps waiting now is this command alone.
    let has_failed = match (&written, report) {
        (Ok(_), Some(report)) => report.finish(Ending::Written(invocation.vault.root())),
        _ => Ok(false),
    };
    written??;
    if has_failed? { Err(Failure::Partial) } else { Ok(()) }
}

/// Checks all and makes what can be made, while the keystore and the vault are locked. Gives what came of the making, if it came to that.
fn written<'a>(
    invocation: &'a Invocation,
    args: &PackArgs,
    (source, defaults, files): (&PlanSource, &Defaults, &ParamFiles<'_>),
    wrapping: Wrapping,
    report: &mut Option<Report<'a>>,
) -> Outcome<Outcome> {
    let mut session = invocation.keystore.session_for_secrets()?;
    let keys = limited(key_options(invocation.key_names(), Some(session.kms_mut()), &wrapping, Vec::new())?, args.max_concurrency);
    let mut batch = invocation.vault.create_secrets(&mut session, &keys)?;
    let checked = check(source, defaults, files, |request| batch.check(request))?;
    let report = report.insert(Report::new(&invocation.printer, checked.count));
    for refusal in checked.refused.values() {
        report.refused(refusal)?;
    }
    if checked.count <= checked.refused_count() {
        return Ok(Ok(()));
    }
    let new_vault = NewVault::of(&invocation.vault);
    let mut writer = batch.begin(threads(args, &keys))?;
    note_made(invocation, &mut writer);
    new_vault.note_made();
    let made = GroupWriter::new(&mut writer, report).all(source, defaults, files, &checked);
    note_made(invocation, &mut writer);
    if let Some(change) = report.merged() {
        tell(&of_change(writer.kms(), change, &keys));
    }
    Ok(made)
}

/// The keystore is there whatever came of the secrets.
fn note_made(invocation: &Invocation, writer: &mut BatchWriter<'_>) {
    if let Some(committed) = writer.take_made() {
        invocation.keystore.note_made(&committed);
    }
}

fn defaults(invocation: &Invocation, files: &ParamFiles<'_>, args: &PackArgs) -> Outcome<Defaults> {
    Ok(Defaults {
        region: invocation.regions.require()?,
        kms_key_id: args.kms_key_id.clone(),
        replicas: replicas(files, args.add_replica_regions.as_deref().unwrap_or_default())?,
        tags: tags(files, args.tags.as_deref().unwrap_or_default())?,
        name_clash: name_clash(args.force_overwrite_replica_secret),
        encryption_context: encryption_context(files, args.encryption_context.as_deref().unwrap_or_default())?,
        data_key_scope: if args.data_key_per_region { DataKeyScope::PerRegion } else { DataKeyScope::Shared },
        suite: suite_of(args.sign_message),
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
