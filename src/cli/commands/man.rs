//! `man`: pages from the definitions that the command line is parsed with.

use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man;

use crate::{
    cli::{failure::Outcome, invocation::Invocation, terminal::note},
    error::Error,
};

/// [coldseal] Write the man pages, one for each command
#[derive(Debug, Args)]
#[command(after_help = "Example:
  coldseal man --output-dir ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// The directory, made if it is not there; pages in it are replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: PathBuf,
}

/// `program` is the whole command line.
pub(super) fn run(invocation: &Invocation, args: &ManArgs, mut program: clap::Command) -> Outcome {
    let directory = &args.output_dir;
    std::fs::create_dir_all(directory).map_err(|error| Error::io_at("make", directory, error))?;
    program.build();
    let pages = pages(&program);
    // Before the first is written.
    pages.iter().try_for_each(|page| invocation.inputs.in_use().write(&directory.join(page.get_filename())))?;
    for page in &pages {
        let failed = |error| Error::io_at("write", &directory.join(page.get_filename()), error);
        page.generate_to(directory).map_err(failed)?;
    }
    note(&format!("{} man pages in {}", pages.len(), directory.display()));
    Ok(())
}

/// The pages of the commands below a command, and its own.
fn pages(command: &clap::Command) -> Vec<Man> {
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    let mut pages: Vec<_> = below.flat_map(pages).collect();
    pages.push(Man::new(command.clone()).source(concat!("coldseal ", env!("CARGO_PKG_VERSION"))).manual("coldseal"));
    pages
}
