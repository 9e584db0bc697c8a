//! One file for each command: arguments -> validated plan -> calls -> output.

mod bundle_files;
mod files;
mod inspect;
mod keys;
mod kms;
mod list_secrets;
mod pack;
mod read_secret;
mod reference;
mod rewrap_secret;
mod tag_secret;
mod verify;
mod write_secret;

use super::{
    args::{Cli, Command, SecretsCommand},
    failure::Outcome,
    invocation::Invocation,
};

/// Runs the command.
pub(crate) fn run(cli: Cli, invocation: Invocation) -> Outcome {
    match cli.command {
        Command::Secrets(command) | Command::Secretsmanager(command) => run_on_secrets(&invocation, command),
        Command::Pack(args) => pack::pack(&invocation, &args),
        Command::Verify(args) => verify::verify(&invocation, &args),
        Command::Seal(args) => files::seal(&invocation, &args),
        Command::Open(args) => files::open(&invocation, &args),
        Command::Rewrap(args) => match &args.secret_id {
            Some(secret_id) => rewrap_secret::one(&invocation, &args, secret_id),
            None if args.all => rewrap_secret::all(&invocation, &args),
            None => files::rewrap(&invocation, &args),
        },
        Command::Inspect(args) => inspect::inspect(&invocation.printer, &args),
        Command::Kms(command) => kms::run(invocation, command),
        Command::Completions(args) => reference::completions(&args),
        Command::Man(args) => reference::man(&args),
    }
}

fn run_on_secrets(invocation: &Invocation, command: SecretsCommand) -> Outcome {
    match command {
        SecretsCommand::CreateSecret(args) => write_secret::create(invocation, *args),
        SecretsCommand::ReplicateSecretToRegions(args) => write_secret::replicate(invocation, &args),
        SecretsCommand::GetSecretValue(args) => read_secret::get(invocation, &args),
        SecretsCommand::DescribeSecret(args) => read_secret::describe(invocation, &args),
        SecretsCommand::ListSecrets(args) => list_secrets::list(invocation, &args),
        SecretsCommand::TagResource(args) => tag_secret::run(invocation, &args.secret_id, &args),
        SecretsCommand::UntagResource(args) => tag_secret::run(invocation, &args.secret_id, &args),
    }
}
