//! `export`

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::part_document::PartDocument;
use crate::{
    cli::{
        args::SignedReadingArgs,
        failure::Outcome,
        invocation::Invocation,
        output_file::{Destination, Overwrite},
        output_folder::OutputFolder,
        paramfile::STDIN,
        regions::parse_region,
        replica_regions::plain_names,
        signed_reading::{freshness_check, trusted_signers},
        terminal::note,
        usage::UsageError,
    },
    durable::{NewFolder, Sync, remove_unfinished},
    error::Result,
    package::{ExportPlan, PackageExport, WrittenExport, write_archive},
    region::Region,
};

/// Names of secrets that are told one by one.
const TOLD: usize = 20;

/// [coldseal] Write what some Regions need of what was signed, to be carried there
///
/// Into a folder, or one tar archive: the newest root with its signatures, these Regions' pages, the records as they were signed, these Regions' bundles,
/// and nothing else. With --signers the root is the newest that enough of them signed; without, the newest that anybody did. What has changed since it
/// was signed stays behind, and is told.
///
/// What is written is a part of the vault: each command that reads works on it, by --vault, without --region, and without what was left behind. Of a
/// secret whose primary Region came along that one answers, else the one Region that did; with several, --region says which. Nothing is changed or
/// signed there. A part of a part can be exported, too.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal export --region eu-west-1 --to part
  coldseal export --regions eu-west-1 eu-central-1 --to eu.tar \\
      --signers allowed_signers
  coldseal verify --vault part --signers allowed_signers

The same root and Regions always give the same archive, byte for byte. Before anything is there under its name, all of it is.")]
pub(crate) struct ExportArgs {
    /// The Regions [default: --region]
    #[arg(long, value_name = "REGION", num_args = 1..)]
    pub(crate) regions: Vec<String>,
    /// A folder that is not there yet, or a file whose name ends in .tar; '-' for an archive to stdout
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: PathBuf,
    /// Overwrite an archive that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Check everything, bundles too, and say what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) trusted: SignedReadingArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ExportDocument<'a> {
    #[serde(serialize_with = "crate::text::serialize_path")]
    path: PathBuf,
    #[serde(flatten)]
    part: PartDocument<'a>,
    secrets: u64,
    bundles: u64,
    files: u64,
    bytes: u64,
}

/// Where it goes, checked before any work is done.
enum ExportPlace {
    Folder(OutputFolder),
    Archive(Destination),
}

pub(super) fn run(invocation: &Invocation, args: &ExportArgs) -> Outcome {
    let regions = regions(invocation, args)?;
    invocation.vault.require()?;
    let target = ExportPlace::of(invocation, args)?;
    let trusted = trusted_signers(&invocation.inputs.environment, &args.trusted)?;
    let freshness = freshness_check(&args.trusted.freshness)?;
    let export = PackageExport { vault: &invocation.vault, trusted: trusted.as_ref(), freshness: &freshness, regions: &regions };
    let plan = export.plan()?;
    tell_not_signed(&plan);
    let written = if args.dry_run { plan.write(&mut |_, _| Ok(()))? } else { target.write(invocation, &plan)? };
    report(invocation, args, &plan, written)
}

/// Only what is said counts: a part for the wrong Region would be carried for nothing.
fn regions(invocation: &Invocation, args: &ExportArgs) -> Outcome<Vec<Region>> {
    let named = args.regions.iter().flat_map(|word| plain_names(word)).map(|name| parse_region("--regions", name));
    let named: Vec<Region> = invocation.regions.explicit().map(Ok).into_iter().chain(named).collect::<Result<_, _>>()?;
    if named.is_empty() {
        return Err(UsageError::new("export needs the Regions that the part is for")
            .with_hint("--region eu-west-1, or --regions for several")
            .into());
    }
    Ok(named)
}

impl ExportPlace {
    fn of(invocation: &Invocation, args: &ExportArgs) -> Outcome<Self> {
        let is_stdout = args.to == Path::new(STDIN);
        let is_archive =
            is_stdout || args.to.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar")) && !args.to.is_dir();
        let files = invocation.inputs.in_use();
        if is_archive {
            let overwrite = if args.force { Overwrite::Allow } else { Overwrite::Refuse };
            return Ok(Self::Archive(Destination::new(files, Some(&args.to), overwrite, Sync::FileAndDirectory)?));
        }
        if args.force {
            let error = UsageError::new("--force overwrites an archive, and no folder");
            return Err(error.with_hint("name a folder that is not there yet, or a file that ends in .tar").into());
        }
        OutputFolder::check(files, &args.to).map(Self::Folder)
    }

    /// Whole, or not at all.
    fn write(self, invocation: &Invocation, plan: &ExportPlan<'_>) -> Result<WrittenExport> {
        let prompter = &invocation.inputs.prompter;
        match self {
            Self::Folder(folder) => prompter.ending_after(&remove_unfinished, || {
                let mut new = NewFolder::create(folder.path())?;
                let written = plan.write(&mut |path, content| new.write(path, content))?;
                new.publish().map(|()| written)
            }),
            Self::Archive(destination) => {
                let mut written = WrittenExport::default();
                destination.write(prompter, |output| {
                    written = write_archive(plan, output)?;
                    Ok(())
                })?;
                Ok(written)
            }
        }
    }
}

fn tell_not_signed(plan: &ExportPlan<'_>) {
    let names: Vec<_> = plan.not_signed.iter().map(|difference| difference.name.escape_debug().to_string()).collect();
    if names.is_empty() {
        return;
    }
    let shown = names.get(..names.len().min(TOLD)).unwrap_or_default().join(", ");
    let more = if names.len() > TOLD { ", ..." } else { "" };
    note(&format!("changed since root {} was signed, which is what is exported: {shown}{more}", plan.counter()));
}

/// An archive on stdout leaves no room for it.
fn report(invocation: &Invocation, args: &ExportArgs, plan: &ExportPlan<'_>, written: WrittenExport) -> Outcome {
    if args.to == Path::new(STDIN) && !args.dry_run {
        return Ok(());
    }
    invocation.printer.print(&ExportDocument {
        path: std::path::absolute(&args.to).unwrap_or_else(|_| args.to.clone()),
        part: PartDocument {
            vault_id: plan.vault_id().as_str(),
            counter: plan.counter(),
            sha256: plan.sha256().as_str(),
            time: plan.time().to_string(),
            signers: plan.principals(),
            regions: plan.regions(),
        },
        secrets: written.secrets,
        bundles: written.bundles,
        files: written.files,
        bytes: written.bytes,
    })
}
