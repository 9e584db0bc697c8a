//! `coldseal completions` and `coldseal man`: both from the definitions that the command line is parsed with.

use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::{
    cli::{
        args::{Cli, CompletionsArgs, ManArgs},
        completion,
        failure::Outcome,
        terminal::{note, print_text},
    },
    error::{Error, Result},
};

pub(super) fn completions(args: &CompletionsArgs) -> Outcome {
    print_text(&completion::script(args.shell)?)
}

pub(super) fn man(args: &ManArgs) -> Outcome {
    let directory = &args.output_dir;
    std::fs::create_dir_all(directory).map_err(|error| Error::io_at("make", directory, error))?;
    let mut program = Cli::command();
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
