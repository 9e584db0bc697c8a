//! `diff`

mod document;
mod lines;
mod named_side;

use std::path::PathBuf;

use clap::Args;

use self::{document::DiffDocument, lines::lines, named_side::NamedSide};
use crate::{
    cli::{
        failure::{Failure, Outcome},
        invocation::Invocation,
        terminal::print_text,
    },
    package::{ComparedContent, DiffSide, PackageDiff},
};

/// [coldseal] Compare two vaults, exports or roots without any key, and never a value
///
/// Each side is the folder of a vault or an export, or the .tar of an export, as it stands, or a root, 'manifests/COUNTER.json' in such a folder, as it
/// was signed. With one side, or none, the newest root of that vault that anybody has signed is compared with what the vault holds now: what the next root would sign.
///
/// Told are secrets that were added or removed, and of those that changed: members of the metadata by name, Regions, staging labels, versions, and the
/// keys that bundles are under. A VersionId that is new is a new value; the same one with other bundles was sealed anew.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  coldseal diff  # what changed since the newest root
  coldseal diff last-week/coldseal-vault coldseal-vault
  coldseal diff coldseal-vault/manifests/1.json \\
      coldseal-vault/manifests/2.json
  coldseal diff --signed carried coldseal-vault  # newest root against newest root
  coldseal diff old new --region eu-west-1 --output json
  coldseal diff first.tar second.tar  # two deliveries

Exit code 0 where nothing differs, 1 where something does. What cannot be read is an error, and no difference. Whose signatures a root has is not looked
at: 'coldseal verify --signers' tells that. Where a side is a part of a package, as an export for some Regions is, the Regions that both have are compared.")]
pub(crate) struct DiffArgs {
    /// Two sides: folders of vaults or exports, .tar files, or roots; with one, a folder [default: the vault]
    #[arg(num_args = 0..=2)]
    pub(crate) paths: Vec<PathBuf>,
    /// Take of a folder what its newest root says, and not what it holds by now
    #[arg(long)]
    pub(crate) signed: bool,
}

pub(super) fn run(invocation: &Invocation, args: &DiffArgs) -> Outcome {
    args.paths.iter().try_for_each(|path| invocation.inputs.in_use().read(path))?;
    let content = if args.signed { ComparedContent::NewestRoot } else { ComparedContent::Records };
    let side = |path: &PathBuf, content| -> Outcome<NamedSide> { Ok(NamedSide { path: path.clone(), side: DiffSide::at(path, content)? }) };
    let [before, after] = match args.paths.as_slice() {
        [before, after] => [side(before, content)?, side(after, content)?],
        paths => {
            let path = paths.first().cloned().unwrap_or_else(|| invocation.vault.root().to_owned());
            [side(&path, ComparedContent::NewestRoot)?, side(&path, ComparedContent::Records)?]
        }
    };
    let diff = PackageDiff::between(&before.side, &after.side, invocation.regions.explicit());
    if invocation.printer.wants_document() {
        invocation.printer.print(&DiffDocument::of(&before, &after, &diff))?;
    } else {
        print_text(&lines(&before, &after, &diff))?;
    }
    if diff.secrets.is_empty() { Ok(()) } else { Err(Failure::Partial) }
}
