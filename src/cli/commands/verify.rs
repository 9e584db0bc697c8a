//! `verify`

mod report_file;
mod signed;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use self::{
    report_file::{ReportFile, Verified},
    signed::{ManifestDocument, SignedPart},
};
use crate::{
    cli::{
        args::SignedReadingArgs,
        failure::{Failure, Outcome},
        files_in_use::{FilesInUse, KeptFile},
        invocation::Invocation,
        progress::VaultProgress,
        shown,
        signed_reading::trusted_signers,
        signing::signers_file,
        terminal::{counted, note, print_text},
        usage::UsageError,
    },
    package::TrustedSigners,
    vault::{Finding, Progress, Vault, VerifyOptions, VerifyReport, verify as verify_paths},
};

const NOT_SIGNED: &str = "not signed: this shows damage, not who made it";

/// [coldseal] Check vaults, secrets and bundles to the last byte, without any key
///
/// Structure, size and SHA-256 of every bundle, its encryption context against Region, name and version, shared message ids, missing files.
/// With --open the keystore opens what it can, and compares each value with the one on record; it also tells whether each record is as a holder
/// of this keystore left it, by the record's tag. Exit code 1 and a list when something is wrong. With --region only that Region's bundles
/// are checked; those for other Regions are counted, and may be absent, as on a machine that got one Region's. A bundle that is named by itself has to
/// be that Region's.
///
/// With --signers the vault is held against the newest root that enough of them signed ('coldseal sign'): what changed since, is missing, is not
/// listed, or was put back to an older state is a fault. The report names root, signers and time, and says whether it is known to be the newest:
/// accepted roots are remembered in the user's state directory, and older ones refused.
///
/// With --report all of it is also written as one page for people, to be read in a browser or printed: the verdict, each fault, what changed since it was
/// signed, secrets by Regions, keys and what they open, and digests. It has no script, asks nobody for anything, and holds no value. The exit code is as
/// without.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal verify  # the vault
  coldseal verify --open  # also open what the keystore can
  coldseal verify --open --region eu-west-1  # of one Region
  coldseal verify photos.bundle  # one bundle
  coldseal verify --signers allowed_signers  # who signed it, and what changed since
  coldseal verify --signers allowed_signers --report vault.html  # a page for people
  coldseal verify --output json  # the report as a document")]
pub(crate) struct VerifyArgs {
    /// Vaults, folders of secrets, or bundles [default: the vault]
    pub(crate) paths: Vec<PathBuf>,
    /// Also open every bundle whose key the keystore has, compare its value with the record, and check the records' tags
    #[arg(long)]
    pub(crate) open: bool,
    /// Also write the report as a page for people; appears only when complete and synced, for its owner alone to read
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Overwrite the page; its mode and owner stay
    #[arg(long, requires = "report")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) trusted: SignedReadingArgs,
}

/// The report as a document.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VerifyDocument<'a> {
    #[serde(flatten)]
    report: &'a VerifyReport,
    signature: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    manifests: Vec<ManifestDocument>,
}

pub(super) fn run(invocation: &Invocation, args: &VerifyArgs) -> Outcome {
    let paths: Vec<PathBuf> = if args.paths.is_empty() {
        invocation.vault.require()?;
        vec![invocation.vault.root().to_owned()]
    } else {
        args.paths.iter().try_for_each(|path| register(invocation.inputs.in_use(), path))?;
        args.paths.clone()
    };
    let report_file = args.report.as_deref().map(|path| ReportFile::new(invocation, path, args.force)).transpose()?;
    let mut keys = invocation.access.key_options_for_message(&invocation.regions)?;
    let kms = match (args.open, keys.online.is_some()) {
        (false, _) => None,
        (true, false) => Some(invocation.keystore.read()?),
        (true, true) => invocation.keystore.read_if_any()?,
    };
    // A bundle's keys are asked where they are: which bundles is another matter.
    keys.online_opening.region = None;
    let keys = (args.open && keys.online.is_some()).then_some(&keys);
    let progress = VaultProgress::new("checked");
    let told = progress.as_deref().map(|progress| progress as &dyn Progress);
    let options = VerifyOptions { kms: kms.as_ref(), keys, region: invocation.regions.explicit(), progress: told };
    let mut report = verify_paths(&paths, options)?;
    let trusted = trusted_signers(&invocation.inputs.environment, &args.trusted)?;
    let signed = held_against_signed(invocation, args, trusted.as_ref(), &paths, &mut report)?;
    if let Some(file) = report_file {
        let signers = signers_file(&invocation.inputs.environment, args.trusted.signers.as_deref());
        let signers = signers.as_deref().zip(trusted.as_ref());
        file.write(invocation, options, &Verified { paths: &paths, report: &report, signers, signed: &signed })?;
    }
    // The bar goes away before the report comes.
    drop(progress);
    if invocation.printer.wants_document() {
        let manifests = signed.iter().filter_map(SignedPart::manifest).collect();
        invocation.printer.print(&VerifyDocument { report: &report, signature: &signature_told(&signed), manifests })?;
    } else {
        print_text(&lines(&report, &signature_told(&signed)))?;
    }
    let brought = report.brought_regions();
    if !brought.is_empty() {
        let names: Vec<_> = brought.iter().map(|region| region.name()).collect();
        note(&format!("hint: all bundles for other Regions are missing: --region {} checks what was brought here", names.join(" or ")));
    }
    if report.is_sound() { Ok(()) } else { Err(Failure::Partial) }
}

/// A bundle is read; into a vault, or the folder of a secret, nothing is printed.
fn register(files: &FilesInUse, path: &Path) -> Result<(), UsageError> {
    if path.is_dir() { files.keep(path, KeptFile::Vault) } else { files.read(path) }
}

/// The vaults among the paths, each held against the newest root that counts; none where nobody is named who may sign.
fn held_against_signed(
    invocation: &Invocation,
    args: &VerifyArgs,
    trusted: Option<&TrustedSigners>,
    paths: &[PathBuf],
    report: &mut VerifyReport,
) -> Outcome<Vec<SignedPart>> {
    let Some(trusted) = trusted else { return Ok(Vec::new()) };
    let region = invocation.regions.explicit();
    let vaults = paths.iter().map(Vault::new).filter(Vault::exists);
    let held: Outcome<Vec<_>> = vaults.map(|vault| signed::check(&vault, trusted, &args.trusted.freshness, region, report)).collect();
    report.faults.sort_by(|a, b| a.path.cmp(&b.path));
    held
}

fn signature_told(signed: &[SignedPart]) -> String {
    let told: Vec<_> = signed.iter().map(|part| part.told.as_str()).collect();
    if told.is_empty() { NOT_SIGNED.to_owned() } else { told.join("\n") }
}

fn lines(report: &VerifyReport, signature: &str) -> String {
    let mut text = String::new();
    let mut list = |kind: &str, findings: &[Finding]| {
        for finding in findings {
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "{kind}: {}: {}",
                shown::cell(&finding.path.display().to_string()),
                shown::lines(&finding.message.to_string())
            );
        }
    };
    list("fault", &report.faults);
    list("note", &report.notes);
    let state = if report.is_sound() { "sound".to_owned() } else { counted(report.faults.len(), "fault") };
    let _ = writeln!(text, "{}, {}: {state}", counted(report.secrets, "secret"), counted(report.bundles, "bundle"));
    if let Some(open) = report.open {
        let _ = writeln!(text, "{} opened, {} not openable here, {} failed", open.opened, open.not_openable_here, open.failed);
    }
    if let Some(others) = report.other_regions {
        let _ = writeln!(text, "{} for other Regions not checked, {} of them absent", counted(others.bundles, "bundle"), others.absent);
    }
    let _ = writeln!(text, "{signature}");
    text
}
