//! `import`

use std::{
    fs::File,
    io::{self, Seek as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::part_document::PartDocument;
use crate::{
    cli::{
        args::SignedReadingArgs,
        failure::{Failure, Outcome},
        invocation::Invocation,
        paramfile::STDIN,
        prompt::Prompter,
        signed_reading::{freshness_check, told, trusted_signers},
        terminal::{counted, note},
        usage::UsageError,
    },
    error::Error,
    package::{ImportPlan, PackageImport, part_in_archive},
    region::Region,
    vault::Vault,
};

/// [coldseal] Bring a part of a vault, as 'export' wrote it, to where it is read
///
/// All of it is verified first: the newest root that enough signers signed, every page, record and bundle; anything missing, changed or besides is
/// refused. Then it goes to the vault that --vault names, which is made where none is, and belongs to that vault's id and those Regions from then on.
///
/// A later part takes the place of what an earlier one brought: what is new comes, what is the same stays, and what the root does not list any more is
/// listed and asked about before it goes. An older root, another one with its counter, another vault, and a secret that was changed here are refused.
/// Readers go on meanwhile; stopped at any point, the same import again completes it.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal import eu.tar --signers allowed_signers
  coldseal import part --signers allowed_signers --threshold 2 \\
      --vault /srv/secrets --yes
  coldseal get-secret-value --secret-id MySecret \\
      --signers allowed_signers

What was accepted is remembered in the user's state directory; on a machine that has seen nothing, --expect-counter or --expect-sha256 says \
what whoever signed it told you.")]
pub(crate) struct ImportArgs {
    /// The folder or tar archive that 'export' wrote; '-' for an archive from stdin
    pub(crate) source: PathBuf,
    /// Remove what is not listed any more without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Verify everything, and say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) trusted: SignedReadingArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ImportDocument<'a> {
    #[serde(serialize_with = "crate::text::serialize_path")]
    vault: PathBuf,
    #[serde(flatten)]
    part: PartDocument<'a>,
    created: Vec<&'a str>,
    updated: Vec<&'a str>,
    removed: Vec<&'a str>,
    unchanged: usize,
}

pub(super) fn run(invocation: &Invocation, args: &ImportArgs) -> Outcome {
    let Some(trusted) = trusted_signers(&invocation.inputs.environment, &args.trusted)? else {
        let error = UsageError::new("nothing is imported of which it is not said who may have signed it");
        return Err(error.with_hint("--signers or COLDSEAL_SIGNERS names the file that says who may").into());
    };
    let freshness = freshness_check(&args.trusted.freshness)?;
    let source = source(invocation, &args.source)?;
    let import = PackageImport { source: &source, target: &invocation.vault, trusted: &trusted, freshness: &freshness };
    let plan = import.plan()?;
    note(&told(plan.root(), plan.freshness));
    if !args.dry_run {
        if !args.yes {
            ask(&invocation.inputs.prompter, &plan)?;
        }
        import.write(&plan)?;
    }
    report(invocation, &plan)
}

/// A folder, or an archive. What comes from stdin is kept in a file without a name: it is read twice.
fn source(invocation: &Invocation, path: &Path) -> Outcome<Vault> {
    let files = invocation.inputs.in_use();
    if path == Path::new(STDIN) {
        files.read_stdin()?;
        return Ok(part_in_archive(path, spooled().map_err(|error| Error::io("reading stdin", error))?)?);
    }
    files.read(path)?;
    if path.is_dir() {
        return Ok(Vault::new(path));
    }
    let file = files.open(path).map_err(|error| Error::io(format!("reading {}", path.display()), error))?;
    Ok(part_in_archive(path, file)?)
}

fn spooled() -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// Before something goes. What was imported twice asks nothing.
fn ask(prompter: &Prompter, plan: &ImportPlan) -> Outcome {
    let removed = &plan.secrets.removed;
    for (name, _) in removed {
        note(&format!("{} is not listed any more", name.escape_debug()));
    }
    if removed.is_empty() {
        return Ok(());
    }
    match prompter.confirms(&format!("coldseal: remove {}?", counted(removed.len(), "secret"))) {
        Some(true) => Ok(()),
        Some(false) => {
            note("nothing was imported");
            Err(Failure::Partial)
        }
        None => {
            let refused = UsageError::new("there is no terminal to ask on; nothing was imported");
            Err(refused.with_hint("look at what would be removed, and repeat the command with --yes").into())
        }
    }
}

fn report(invocation: &Invocation, plan: &ImportPlan) -> Outcome {
    fn names(list: &[(String, Region)]) -> Vec<&str> {
        list.iter().map(|(name, _)| name.as_str()).collect()
    }
    let (root, secrets) = (plan.root(), &plan.secrets);
    let vault = invocation.vault.root();
    invocation.printer.print(&ImportDocument {
        vault: std::path::absolute(vault).unwrap_or_else(|_| vault.to_owned()),
        part: PartDocument {
            vault_id: root.vault_id.as_str(),
            counter: root.counter,
            sha256: root.sha256.as_str(),
            time: root.time.to_string(),
            signers: &root.principals,
            regions: plan.regions(),
        },
        created: names(&secrets.created),
        updated: names(&secrets.updated),
        removed: names(&secrets.removed),
        unchanged: secrets.unchanged.len(),
    })
}
