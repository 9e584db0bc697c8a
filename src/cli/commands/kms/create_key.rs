//! `create-key`

use std::{
    io::{IsTerminal as _, stderr},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::json;

use super::{change, key_details};
use crate::{
    cli::{
        args::kms::CreateKeyArgs,
        context::{Context, note},
        failure::{During as _, Outcome},
    },
    error::{Error, ErrorCode, Result},
    kms::{CreateKey, KeySpec, KeyUsage, NewKey},
};

const OPERATION: &str = "CreateKey";
/// How long a command may take without saying why.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn run(context: &Context, args: CreateKeyArgs) -> Outcome {
    let region = context.require_region()?;
    let key_spec = key_spec(args.key_spec.as_deref(), args.customer_master_key_spec.as_deref()).during(OPERATION)?;
    let key_usage = args.key_usage.as_deref().map(KeyUsage::parse).transpose().during(OPERATION)?;
    let request = CreateKey { multi_region: args.multi_region, key_spec, key_usage, ..key_details(context, args.details)? };
    // Before the keystore is locked: an RSA key can take some seconds.
    let new = with_note(&format!("making a key pair for {key_spec}"), || NewKey::generate(request)).during(OPERATION)?;
    let metadata = change(context, OPERATION, |kms| kms.add_key(region, new))?;
    context.print(&json!({ "KeyMetadata": metadata }))
}

fn key_spec(name: Option<&str>, old_name: Option<&str>) -> Result<KeySpec> {
    if let (Some(name), Some(old_name)) = (name, old_name)
        && name != old_name
    {
        let message = "KeySpec and CustomerMasterKeySpec are the same parameter, and they differ";
        return Err(Error::service(ErrorCode::ValidationException, message));
    }
    name.or(old_name).map_or(Ok(KeySpec::default()), KeySpec::parse)
}

/// Tells somebody at a terminal what takes so long, when it does.
fn with_note<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !stderr().is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                note(what);
            }
        });
        let result = work();
        drop(done);
        result
    })
}
