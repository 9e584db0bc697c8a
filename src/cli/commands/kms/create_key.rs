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
    cli::{args::kms::CreateKeyArgs, failure::Outcome, invocation::Invocation, terminal::note},
    kms::{CreateKey, KeySpec, KeyUsage, NewKey},
};
/// How long a command may take without saying why.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) fn run(invocation: &Invocation, args: CreateKeyArgs) -> Outcome {
    let region = invocation.regions.require()?;
    let key_spec = KeySpec::requested(args.key_spec.as_deref(), args.customer_master_key_spec.as_deref())?;
    let key_usage = args.key_usage.as_deref().map(KeyUsage::parse).transpose()?;
    let request = CreateKey { multi_region: args.multi_region, key_spec, key_usage, ..key_details(invocation, args.details)? };
    // Before the keystore is locked: an RSA key can take some seconds.
    let is_watched = stderr().is_terminal();
    let late = || {
        if is_watched {
            note(&format!("making a key pair for {key_spec}"));
        }
    };
    let new = when_late(PATIENCE, late, || NewKey::generate(request))?;
    let metadata = change(invocation, |kms| kms.add_key(region, new))?;
    invocation.printer.print(&json!({ "KeyMetadata": metadata }))
}

/// Works, and calls `late` once that has taken longer than `patience`.
fn when_late<T>(patience: Duration, late: impl FnOnce() + Send, work: impl FnOnce() -> T) -> T {
    let (done, waiting) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(patience) == Err(mpsc::RecvTimeoutError::Timeout) {
                late();
            }
        });
        let result = work();
        drop(done);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_takes_long_is_announced() {
        let announced = std::sync::atomic::AtomicBool::new(false);
        let announce = || announced.store(true, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(when_late(Duration::from_secs(3600), announce, || 1), 1);
        assert!(!announced.load(std::sync::atomic::Ordering::SeqCst));
        let (told, heard) = mpsc::channel();
        let tell = move || told.send(()).expect("somebody waits");
        when_late(Duration::ZERO, tell, || heard.recv().expect("told while the work goes on"));
    }
}
