//! `man`: pages from the definitions that the command line is parsed with.

use std::path::{Path, PathBuf};

use clap::Args;
use clap_mangen::Man;

use crate::{
    cli::{failure::Outcome, terminal::note},
    error::{Error, Result},
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
pub(super) fn run(args: &ManArgs, mut program: clap::Command) -> Outcome {
    let directory = &args.output_dir;
    std::fs::create_dir_all(directory).map_err(|error| Error::io_at("make", directory, error))?;
    program.build();
    let count = write_pages(&program, directory)?;
    note(&format!("{count} man pages in {}", directory.display()));
    Ok(())
}

/// The page of a command and those of the commands below it; gives their number.
fn write_pages(command: &clap::Command, directory: &Path) -> Result<usize> {
    let mut count = 1;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        count += write_pages(below, directory)?;
    }
    let page = Man::new(command.clone()).source(concat!("coldseal ", env!("CARGO_PKG_VERSION"))).manual("coldseal");
    let path = directory.join(page.get_filename());
    page.generate_to(directory).map_err(|error| Error::io_at("write", &path, error))?;
    Ok(count)
}
