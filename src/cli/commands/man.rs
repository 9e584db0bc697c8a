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
#[command(after_long_help = "Example:
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
    pages.iter().try_for_each(|page| invocation.inputs.in_use().write(&directory.join(&page.file_name)))?;
    for page in &pages {
        let path = directory.join(&page.file_name);
        std::fs::write(&path, &page.text).map_err(|error| Error::io_at("write", &path, error))?;
    }
    note(&format!("{} man pages in {}", pages.len(), directory.display()));
    Ok(())
}

/// The pages of the commands below a command, and its own.
fn pages(command: &clap::Command) -> Vec<ManPage> {
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    let mut pages: Vec<_> = below.flat_map(pages).collect();
    pages.push(ManPage::of(command));
    pages
}

struct ManPage {
    file_name: String,
    text: String,
}

impl ManPage {
    /// Its synopsis is the usage: all flags of a command in one paragraph would be read by nobody.
    fn of(command: &clap::Command) -> Self {
        let page = Man::new(command.clone()).source(concat!("coldseal ", env!("CARGO_PKG_VERSION"))).manual("coldseal");
        let mut bytes = Vec::new();
        page.render(&mut bytes).expect("nothing fails in memory");
        let text = String::from_utf8(bytes).expect("a page is text");
        let usage = command.clone().render_usage().to_string();
        let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage).replace('\\', "\\e").replace('-', "\\-");
        let (before, rest) = text.split_once(".SH SYNOPSIS\n").expect("every page has a synopsis");
        let after = rest.find(".SH ").map_or("", |at| rest.get(at..).expect("found there"));
        Self { file_name: page.get_filename(), text: format!("{before}.SH SYNOPSIS\n{usage}\n{after}") }
    }
}
