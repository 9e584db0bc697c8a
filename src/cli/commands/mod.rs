//! One file for each command: arguments -> validated plan -> calls -> output.

mod files;
mod inspect;
mod keys;
mod kms;
mod read_secret;
mod region_bundles;
mod rewrap_secret;
mod verify;
mod write_secret;

use super::{
    args::{Cli, Command},
    context::Context,
    failure::Outcome,
};

/// Runs the command.
pub(crate) fn run(cli: Cli, context: Context) -> Outcome {
    match cli.command {
        Command::CreateSecret(args) => write_secret::create(&context, *args),
        Command::ReplicateSecretToRegions(args) => write_secret::replicate(&context, &args),
        Command::GetSecretValue(args) => read_secret::get(&context, &args),
        Command::DescribeSecret(args) => read_secret::describe(&context, &args),
        Command::ListSecrets => read_secret::list(&context),
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
    }
}
