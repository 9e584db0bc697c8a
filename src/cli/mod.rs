//! The command line, for the binary: arguments -> validated plan -> calls -> output. The only place for prompts, messages and exit codes.

mod args;
#[cfg(feature = "kms-client")]
mod ca_bundle;
mod cli_input;
mod color;
mod command_group;
mod command_operation;
mod commands;
mod completion;
mod descriptor;
mod doubted_clock;
mod encryption_context;
mod ending_signals;
mod environment;
mod failure;
mod faults;
mod file_content;
mod files_in_use;
mod flag_name;
mod html_report;
mod inputs;
mod invocation;
mod key_access;
mod key_names;
mod keystore;
mod line_printer;
mod lone_command;
mod members;
mod online;
mod output;
mod output_file;
mod output_folder;
mod overview;
mod paging;
mod paramfile;
mod parse_error;
mod passphrase;
mod passphrase_strength;
mod plan;
mod printer;
mod private_folder;
mod process;
mod profile;
mod program;
mod progress;
mod prompt;
mod raw_aes_key;
mod raw_ecdh_key;
mod raw_key;
mod raw_rsa_key;
mod recovery_key;
mod regions;
mod replica_regions;
mod secret_file;
mod secret_input;
mod shorthand;
mod shown;
mod signed_reading;
mod signing;
mod structures;
mod terminal;
mod usage;
mod violations;
mod words;
mod zone;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
    time::Instant,
};

use clap::CommandFactory as _;
use tracing::Level;

use self::{
    args::Color,
    cli_input::{CommandLine, ParseFailure, ParsedCommand},
    commands::Cli,
    environment::Environment,
    failure::{EXIT_GENERAL, EXIT_USAGE, Failure, Outcome},
    invocation::Invocation,
    online::Online,
    output::{Look, OutputFormat, render},
    prompt::Prompter,
    terminal::{counted, flush_stdout, note, print_text},
};

use crate::durable;

/// Runs the program: reads arguments and environment, does the command, gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    process::harden();
    if let Some(answered) = completion::answer() {
        let is_told = answered.is_ok() && flush_stdout().is_ok();
        return if is_told { ExitCode::SUCCESS } else { ExitCode::from(EXIT_GENERAL) };
    }
    let prompter = Prompter::install();
    let environment = Environment::process();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let color = Color::asked_for(&arguments);
    let colors_errors = color.applies_to(&io::stderr(), &environment);
    let read = lone_command::parse(&arguments, &environment).unwrap_or_else(|| parse(arguments, &environment));
    let (operation, outcome) = match read {
        Ok(CommandLine::Run(request)) => (request.operation, run(*request, environment, prompter)),
        Ok(CommandLine::Print(operation, skeleton)) => (operation, print_text(&render("", &skeleton, OutputFormat::Json, Look::PLAIN))),
        Err(ParseFailure::Usage(operation, error)) => (operation, Err(error.into())),
        Err(ParseFailure::Words(told)) => {
            let _ = color.show(&told, &mut io::stderr().lock(), &environment);
            return ExitCode::from(EXIT_USAGE);
        }
        Err(ParseFailure::Clap(error)) if error.use_stderr() => {
            let typed: Vec<OsString> = std::env::args_os().collect();
            let told = parse_error::told(&error, &cli_input::with_flags(Cli::command()), &typed);
            let _ = color.show(&told, &mut io::stderr().lock(), &environment);
            return ExitCode::from(EXIT_USAGE);
        }
        Err(ParseFailure::Clap(error)) => {
            let shown = color.show(&error.render(), &mut io::stdout().lock(), &environment);
            return match shown {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    note(&format!("writing to stdout: {error}"));
                    ExitCode::from(EXIT_GENERAL)
                }
                _ => ExitCode::SUCCESS,
            };
        }
    };
    match outcome.and_then(|()| flush_stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => tell(&failure.lines(operation), &failure, colors_errors),
    }
}

/// Reads the command line with all commands.
fn parse(arguments: Vec<OsString>, environment: &Environment) -> Result<CommandLine, ParseFailure> {
    let mut command = cli_input::with_flags(Cli::command());
    match words::for_clap(&command, arguments) {
        Ok(words) => cli_input::parse(overview::with_overview(command, &words), words, environment),
        Err(refused) => Err(ParseFailure::Words(parse_error::refused(&mut command, &refused))),
    }
}

/// Prints the lines of a failure; gives its exit code.
fn tell(lines: &[String], failure: &Failure, is_colored: bool) -> ExitCode {
    let mut stderr = io::stderr().lock();
    for line in lines {
        let line = shown::lines(line);
        let _ = writeln!(stderr, "{}", if is_colored { color::colored(&line) } else { line.into_owned() });
    }
    ExitCode::from(failure.exit_code())
}

fn run(request: ParsedCommand, environment: Environment, prompter: Prompter) -> Outcome {
    let ParsedCommand { operation, cli, values, sample } = request;
    if cli.global.debug {
        process::trace(Level::DEBUG);
    }
    durable::on_event(|event| note(&event.to_string()));
    let begin = Instant::now();
    let invocation = Invocation::new(&cli.global, environment, prompter, operation, values)?;
    tracing::debug!(version = env!("CARGO_PKG_VERSION"), vault = %invocation.vault.root().display(), keystore = %invocation.keystore.location.keystore.display(),
        region = invocation.regions.explicit().map(|region| region.to_string()), "begin");
    let counts = invocation.access.online.as_ref().map(Online::counts);
    let outcome = match sample {
        Some(sample) => invocation.printer.print(&sample),
        None => commands::run(cli, invocation),
    };
    if let Some((calls, retries)) = counts.map(|counts| counts()) {
        tracing::debug!(calls, retries, "kms: aws");
        if calls > 0 && matches!(outcome, Ok(()) | Err(Failure::Partial)) {
            let plural = if retries == 1 { "retry" } else { "retries" };
            note(&format!("kms: aws: {}, {retries} {plural}", counted(calls, "call")));
        }
    }
    let code = outcome.as_ref().map_or_else(Failure::exit_code, |()| 0);
    tracing::debug!(exit_code = code, elapsed = ?begin.elapsed(), "done");
    outcome
}
