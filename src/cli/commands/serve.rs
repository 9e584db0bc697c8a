//! `serve`

use std::sync::Arc;

use crate::{
    cli::{
        args::{SERVED_KMS, ServeSecretsArgs},
        commands::{
            new_vault::NewVault,
            serving::{self, ServeCommand},
        },
        failure::Outcome,
        invocation::Invocation,
        regions::parse_region,
        signed_reading::{trusted_signers, vault_to_read},
        terminal::{note, warn},
        usage::UsageError,
    },
    endpoint::{Changes, JsonService, SecretsService, SecretsServiceOptions},
    error::ErrorCode,
    protocol::operation::Service,
    vault::{KeyOptions, SecretSelection, Vault},
};

const SECRETS: ServeCommand = ServeCommand {
    name: "coldseal serve",
    services: &[Service::SecretsManager],
    process_variable: "COLDSEAL_SERVE_PID",
    config_file: "secrets.config",
    exposes: "read every secret that is served",
};

const SECRETS_AND_KEYS: ServeCommand = ServeCommand {
    services: &[Service::SecretsManager, Service::Kms],
    exposes: "read every secret that is served, and use every key of the keystore",
    ..SECRETS
};

pub(super) fn run(invocation: Invocation, args: ServeSecretsArgs) -> Outcome {
    let command = if args.kms.as_deref() == Some(SERVED_KMS) { &SECRETS_AND_KEYS } else { &SECRETS };
    let ServeSecretsArgs { writable, secret_id, region, signed, endpoint, .. } = args;
    if writable && trusted_signers(&invocation.inputs.environment, &signed)?.is_some() {
        let error = UsageError::new("what was signed is read, and not changed");
        return Err(error.with_hint("serve it without --writable, or without --signers and COLDSEAL_SIGNERS").into());
    }
    let selection = (!secret_id.is_empty()).then(|| SecretSelection::of(&secret_id)).transpose()?;
    let regions = region.iter().map(|name| parse_region("--region", name)).collect::<Result<_, _>>()?;
    let options = SecretsServiceOptions {
        services: command.services,
        changes: if writable { Changes::Allowed } else { Changes::Refused },
        selection,
        regions: (!region.is_empty()).then_some(regions),
        account: invocation.access.account.clone(),
        keys: invocation.access.key_options(),
    };
    serving::run(invocation, endpoint, command, |invocation| {
        let vault = vault_to_read(invocation, &signed, None)?.unwrap_or_else(|| invocation.vault.clone());
        let service = service(invocation, vault, options)?;
        warn_of_absent(&invocation.vault, &secret_id);
        Ok(service)
    })
}

/// A name with a slip in it would serve nothing. It may also be that of a secret which is still to be made.
fn warn_of_absent(vault: &Vault, secret_ids: &[String]) {
    let is_absent = |secret_id: &&String| {
        let found = vault.describe_secret_with(None, &KeyOptions::default(), secret_id, None);
        found.is_err_and(|error| error.code() == Some(ErrorCode::ResourceNotFoundException))
    };
    for secret_id in secret_ids.iter().filter(is_absent) {
        warn(&format!("--secret-id {}: there is no such secret in the vault by now", secret_id.escape_debug()));
    }
}

/// The operations. The passphrase, if there is one, is asked for here and not again.
fn service(invocation: &mut Invocation, vault: Vault, options: SecretsServiceOptions) -> Outcome<Arc<dyn JsonService>> {
    let is_for_reading = options.changes == Changes::Refused;
    let (passphrases, start) = serving::passphrases(invocation);
    let new_vault = NewVault::of(&invocation.vault);
    let service = SecretsService::new(vault, invocation.keystore.location.clone(), passphrases, options);
    new_vault.note_made();
    let service = service?;
    start.end();
    invocation.keystore.note_made(&service.committed());
    if is_for_reading {
        note("for reading only; --writable allows changes");
    }
    Ok(Arc::new(service))
}
