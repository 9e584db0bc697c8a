//! The command line: arguments -> validated plan -> calls -> output. The only place for prompts, messages and exit codes.

mod args;
mod aws_config;
mod commands;
mod context;
mod encryption_context;
mod environment;
mod failure;
mod kms_key;
mod output;
mod output_file;
mod paramfile;
mod passphrase;
mod process;
mod progress;
mod prompt;
mod raw_aes_key;
mod replica_regions;
mod secret_input;
mod shorthand;
mod structures;
mod tags;
mod usage;

use std::{io::Write as _, process::ExitCode, time::Instant};

use clap::Parser as _;

use self::{
    args::Cli,
    context::Context,
    environment::Environment,
    failure::{EXIT_USAGE, Failure, Outcome},
    prompt::Prompter,
};

/// Runs the program: reads arguments and environment, does the command, gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    process::harden();
    let prompter = Prompter::install();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not errors; they go to stdout.
            let code = if error.use_stderr() { EXIT_USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    process::trace(cli.global.debug);
    let begin = Instant::now();
    let outcome = run(cli, prompter);
    let code = outcome.as_ref().map_or_else(Failure::exit_code, |()| 0);
    tracing::debug!(exit_code = code, elapsed = ?begin.elapsed(), "done");
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let mut stderr = std::io::stderr().lock();
            for line in failure.lines() {
                let _ = writeln!(stderr, "{line}");
            }
            ExitCode::from(code)
        }
    }
}

fn run(cli: Cli, prompter: Prompter) -> Outcome {
    let context = Context::new(&cli.global, Environment::process(), prompter)?;
    tracing::debug!(version = env!("CARGO_PKG_VERSION"), vault = %context.vault.root().display(), keystore = %context.location.keystore.display(),
        region = context.explicit_region().map(|region| region.to_string()), "begin");
    commands::run(cli, context)
}
