//! `kms serve`

use std::sync::Arc;

use crate::{
    cli::{
        args::kms::ServeArgs,
        commands::serving::{self, ServeCommand},
        failure::Outcome,
        invocation::Invocation,
    },
    endpoint::{JsonService, KmsService},
    protocol::operation::Service,
};

const COMMAND: ServeCommand = ServeCommand {
    name: "coldseal kms serve",
    services: &[Service::Kms],
    process_variable: "COLDSEAL_KMS_SERVE_PID",
    config_file: "serve.config",
    exposes: "use every key of the keystore",
};

pub(super) fn run(invocation: Invocation, args: ServeArgs) -> Outcome {
    serving::run(invocation, args.endpoint, &COMMAND, service)
}

/// The operations. The passphrase, if there is one, is asked for here and not again.
fn service(invocation: &mut Invocation) -> Outcome<Arc<dyn JsonService>> {
    let (passphrases, start) = serving::passphrases(invocation);
    let service = KmsService::new(invocation.keystore.location.clone(), passphrases, invocation.access.account.clone())?;
    start.end();
    invocation.keystore.note_made(&service.committed());
    Ok(Arc::new(service))
}
