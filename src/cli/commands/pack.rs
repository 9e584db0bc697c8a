//! `pack`

mod calls;
mod check;
mod dry_run;
mod pruning;
mod report;
mod report_line;
mod writing;

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

use clap::Args;

use crate::{
    cli::{
        args::{SignedWritingArgs, WrapArgs},
        commands::{
            key_warnings::{of_change, tell},
            new_vault::NewVault,
            pack::{
                calls::limited,
                check::check,
                pruning::{Gone, Pruning},
                report::{Ending, Report},
                writing::GroupWriter,
            },
            secret_flags::{encryption_context, name_clash, replicas, suite_of, tags},
        },
        failure::{Failure, Outcome},
        invocation::Invocation,
        keystore::Keystore,
        paramfile::ParamFiles,
        plan::{Defaults, HiddenFiles, PlanSource},
        recovery_key::{Wrapping, key_options},
        terminal::note,
    },
    kms::EmbeddedKms,
    vault::{BatchRules, BatchWriter, DataKeyScope, KeyOptions, OnDifference, PackSource, PayloadKind},
};

/// [coldseal] Create or update many secrets in one run: from a plan, or one from each file of a directory
///
/// A plan is JSON Lines, or a JSON list, of requests as 'create-secret --cli-input-json' takes them. Here SecretString and SecretBinary may
/// name files: file://PATH for text, fileb://PATH for bytes, as in flags, from the current directory. Every entry, Region and key is checked
/// before the first byte is written, those of an update before its secret is; an entry that is refused, or fails later, does not stop the others.
///
/// A secret that is there becomes what its entry says: another value is a new version, which AWSCURRENT moves to; Description, ResourcePolicy and
/// RotationRules are replaced, Tags added. What an entry does not say stays as it is. What no update changes (Regions, keys, encryption context,
/// data key scope, signatures, recovery keys) is refused where an entry says otherwise, and Hint has the command for it. --no-update refuses all
/// that differs.
///
/// stdout gets a line of JSON for each: Name, ARN, VersionId and Status, which is Created, Updated (with Differences), Unchanged or Failed, then with
/// ErrorCode, Message and, where something helps, Hint; what is refused by the check comes first. Of a secret that has all that its entry says
/// nothing is written, so that a run can be repeated.
///
/// A secret that an earlier run made from the same DIR in this Region, and that is not there any more, is Gone: it is told, and stays; so is one of
/// the same PLAN, where --pack-name, --prune or --dry-run asks for it. With --prune it is deleted as by 'delete-secret', and can be restored for 30
/// days; its replicas are removed in the same change, and restoring does not bring them back. Nothing is pruned where an entry failed. What
/// 'create-secret' or a run from elsewhere made is never Gone, nor what this keystore did not make.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal pack plan.jsonl --region us-west-2
  vault-export | coldseal pack - --region us-west-2 \\
      --add-replica-regions us-east-1 eu-west-1 > result.jsonl
  coldseal pack secrets.d --region us-west-2 \\
      --add-replica-regions Region=eu-west-1,KmsKeyId=alias/app
  coldseal pack secrets.d --region us-west-2 --prune --dry-run
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

Which run made a secret is kept in its record, by a keyed hash of the path of PLAN or DIR, without links, or of --pack-name: another path is another \
plan. Of a directory, what is left out or cannot be looked into is not Gone. To find what is Gone, the record of every secret in the vault is read. A secret that was pruned and is in the plan again is refused: \
'coldseal restore-secret' gets it back.

Secrets are made durable in groups of up to 256, and a line is printed when its secret is. Whatever ends a run early, running it again \
completes it. With --dry-run the Status is WouldCreate, WouldUpdate, Unchanged, Failed, Gone or WouldPrune.

Exit code 0: no secret Failed; 1: one or more Failed, the answer to --prune was no, or a record of the vault cannot be read that it may be about; 252: the plan is not JSON, or is empty, and nothing was \
written.")]
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
    /// Refuse a secret that is there and differs from its entry in anything
    #[arg(long)]
    pub(crate) no_update: bool,
    /// Delete secrets that are gone from the plan or directory, once all else is made; asks first
    #[arg(long)]
    pub(crate) prune: bool,
    /// With --prune: do not ask
    #[arg(long, requires = "prune")]
    pub(crate) yes: bool,
    /// The name by which later runs know what this one made [default: the path of PLAN or DIR]
    #[arg(long, value_name = "NAME")]
    pub(crate) pack_name: Option<String>,
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
    #[command(flatten)]
    pub(crate) signed: SignedWritingArgs,
}

impl PackArgs {
    /// To find what is gone, every record of the vault is read: a plan of a few entries, which says nothing of others, is not to cost that.
    fn looks_for_gone(&self, source: &PlanSource) -> bool {
        source.is_directory() || self.prune || self.pack_name.is_some()
    }
}

pub(super) fn run(invocation: &Invocation, args: &PackArgs) -> Outcome {
    let files = invocation.inputs.files();
    let defaults = defaults(invocation, &files, args)?;
    // What is read for all of them is known before a directory is looked through.
    let wrapping = Wrapping::read(invocation.inputs.in_use(), &args.wrap)?;
    let hidden = if args.include_hidden { HiddenFiles::Taken } else { HiddenFiles::LeftOut };
    let source = PlanSource::open(&files, &args.source, hidden)?;
    source.left_out().iter().for_each(|line| note(line));
    let (rules, pruning) = (rules(args, &source), pruning(args));
    pruning.require_possible(&invocation.inputs.prompter, rules.source.is_some())?;
    if args.dry_run {
        return dry_run::run(invocation, args.max_concurrency, (&source, &defaults, &files), &wrapping, (rules, pruning));
    }
    let mut report = None;
    let written = written(invocation, args, (&source, &defaults, &files), (wrapping, rules), &mut report);
    let (Written { made, gone, kms }, Some(mut report)) = (written?, report) else { return Ok(()) };
    // The locks are free: whom a slow reader of stdout keeps waiting now is this command alone.
    let made = made.and_then(|()| gone.finish(pruning, (invocation, &kms), &mut report));
    let has_failed = report.finish(Ending::Written(invocation.vault.root()));
    made?;
    if has_failed? { Err(Failure::Partial) } else { Ok(()) }
}

fn rules(args: &PackArgs, source: &PlanSource) -> BatchRules {
    let on_difference = if args.no_update { OnDifference::Refuse } else { OnDifference::Update };
    let path = args.source.canonicalize().ok().filter(|_| source.has_path());
    let named = args.pack_name.as_ref().map(|name| [b"name ", name.as_bytes()].concat());
    // What has a name is the same wherever it lies.
    let named = named.or_else(|| path.as_deref().map(|path: &Path| [b"path ", path.as_os_str().as_encoded_bytes()].concat()));
    BatchRules { on_difference, source: named.map(PackSource::new) }
}

const fn pruning(args: &PackArgs) -> Pruning {
    // A dry run asks nobody.
    match (args.prune, args.yes || args.dry_run) {
        (false, _) => Pruning::Never,
        (true, false) => Pruning::Asked,
        (true, true) => Pruning::Confirmed,
    }
}

/// What came of a run so far.
struct Written {
    /// Of the making, if it came to that.
    made: Outcome,
    gone: Gone,
    kms: EmbeddedKms,
}

/// Checks all, and makes and updates what can be, while the keystore and the vault are locked.
fn written<'a>(
    invocation: &'a Invocation,
    args: &PackArgs,
    (source, defaults, files): (&PlanSource, &Defaults, &ParamFiles<'_>),
    (wrapping, rules): (Wrapping, BatchRules),
    report: &mut Option<Report<'a>>,
) -> Outcome<Written> {
    let mut session = invocation.keystore.session_for_secrets()?;
    let keys = limited(key_options(invocation.key_names(), Some(session.kms_mut()), &wrapping, Vec::new())?, args.max_concurrency);
    let mut batch = invocation.vault.create_secrets(&mut session, &keys)?.with_rules(rules);
    let checked = check(source, defaults, files, |request| batch.check(request))?;
    let gone = match args.looks_for_gone(source) {
        true => Gone::find(&checked, source, |is_there| batch.gone(defaults.region, is_there))?,
        false => Gone::default(),
    };
    let report = report.insert(Report::new(&invocation.printer, checked.count));
    for refusal in checked.refused.values() {
        report.refused(refusal)?;
    }
    if checked.count <= checked.refused_count() {
        drop(batch);
        return Ok(Written { made: Ok(()), gone, kms: session.into_kms() });
    }
    let new_vault = NewVault::of(&invocation.vault);
    let mut writer = batch.begin(threads(args, &keys))?;
    note_made(&invocation.keystore, &mut writer);
    new_vault.note_made();
    let made = GroupWriter::new(&mut writer, report).all(source, defaults, files, &checked);
    note_made(&invocation.keystore, &mut writer);
    if let Some(change) = report.merged() {
        tell(&of_change(writer.kms(), change, &keys));
    }
    drop(writer);
    Ok(Written { made, gone, kms: session.into_kms() })
}

/// The keystore is there whatever came of the secrets.
fn note_made(keystore: &Keystore, writer: &mut BatchWriter<'_>) {
    if let Some(committed) = writer.take_made() {
        keystore.note_made(&committed);
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
