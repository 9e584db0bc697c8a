//! One file for each command: arguments -> validated plan -> calls -> output.

mod files;
mod inspect;
mod keys;
mod kms;
mod list_secrets;
mod pack;
mod read_secret;
mod reference;
mod region_bundles;
mod rewrap_secret;
mod verify;
mod write_secret;

use super::{
    args::{Cli, Command, SecretsCommand},
    context::Context,
    failure::Outcome,
};

/// Runs the command.
pub(crate) fn run(cli: Cli, context: Context) -> Outcome {
    match cli.command {
        Command::Secrets(command) | Command::Secretsmanager(command) => run_on_secrets(&context, command),
        Command::Pack(args) => pack::pack(&context, &args),
        Command::Verify(args) => verify::verify(&context, &args),
        Command::Seal(args) => files::seal(&context, &args),
        Command::Open(args) => files::open(&context, &args),
        Command::Rewrap(args) => match &args.secret_id {
            Some(secret_id) => rewrap_secret::one(&context, &args, secret_id),
            None if args.all => rewrap_secret::all(&context, &args),
            None => files::rewrap(&context, &args),
        },
        Command::Inspect(args) => inspect::inspect(&context, &args),
        Command::Kms(command) => kms::run(context, command),
        Command::Completions(args) => reference::completions(&args),
        Command::Man(args) => reference::man(&args),
    }
}

fn run_on_secrets(context: &Context, command: SecretsCommand) -> Outcome {
    match command {
        SecretsCommand::CreateSecret(args) => write_secret::create(context, *args),
        SecretsCommand::ReplicateSecretToRegions(args) => write_secret::replicate(context, &args),
        SecretsCommand::GetSecretValue(args) => read_secret::get(context, &args),
        SecretsCommand::DescribeSecret(args) => read_secret::describe(context, &args),
        SecretsCommand::ListSecrets(args) => list_secrets::list(context, &args),
    }
}
