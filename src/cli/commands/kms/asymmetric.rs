//! `get-public-key`, `derive-shared-secret`.

use super::cryptography::{blob, stop_dry_run};
use crate::cli::{
    args::kms::{AsymmetricCommand, DeriveSharedSecretArgs, GetPublicKeyArgs},
    failure::Outcome,
    invocation::Invocation,
};

pub(super) fn run(invocation: &Invocation, command: &AsymmetricCommand) -> Outcome {
    match command {
        AsymmetricCommand::GetPublicKey(args) => get_public_key(invocation, args),
        AsymmetricCommand::DeriveSharedSecret(args) => derive_shared_secret(invocation, args),
    }
}

fn get_public_key(invocation: &Invocation, args: &GetPublicKeyArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key_id)?;
    let public_key = invocation.keystore.read()?.get_public_key(region, &args.key_id)?;
    invocation.printer.print(&public_key)
}

fn derive_shared_secret(invocation: &Invocation, args: &DeriveSharedSecretArgs) -> Outcome {
    let region = invocation.regions.of_key(&args.key_id)?;
    let public_key = blob(invocation, "--public-key", &args.public_key)?;
    let derived = invocation.keystore.read()?.derive_shared_secret_in(region, &args.key_id, public_key.expose())?;
    stop_dry_run(&args.dry_run)?;
    invocation.printer.print(&derived)
}
