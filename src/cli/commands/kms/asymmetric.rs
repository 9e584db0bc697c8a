//! `get-public-key`, `derive-shared-secret`.

use super::cryptography::{blob, stop_dry_run};
use crate::cli::{
    args::kms::{AsymmetricCommand, DeriveSharedSecretArgs, GetPublicKeyArgs},
    context::Context,
    failure::Outcome,
    kms_key::region_of,
};

pub(super) fn run(context: &Context, command: &AsymmetricCommand) -> Outcome {
    match command {
        AsymmetricCommand::GetPublicKey(args) => get_public_key(context, args),
        AsymmetricCommand::DeriveSharedSecret(args) => derive_shared_secret(context, args),
    }
}

fn get_public_key(context: &Context, args: &GetPublicKeyArgs) -> Outcome {
    let region = region_of(context, &args.key_id)?;
    let public_key = context.kms()?.get_public_key(region, &args.key_id)?;
    context.print(&public_key)
}

fn derive_shared_secret(context: &Context, args: &DeriveSharedSecretArgs) -> Outcome {
    let region = region_of(context, &args.key_id)?;
    let public_key = blob(context, "--public-key", &args.public_key)?;
    let derived = context.kms()?.derive_shared_secret_in(region, &args.key_id, public_key.expose())?;
    stop_dry_run(&args.dry_run)?;
    context.print(&derived)
}
