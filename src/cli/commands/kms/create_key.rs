//! `create-key`

use std::{
    io::{IsTerminal as _, stderr},
    sync::mpsc,
    thread,
    time::Duration,
};

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{args::kms::KeyDetailsArgs, commands::kms::entry, failure::Outcome, invocation::Invocation, terminal::note},
    kms::KeySpec,
};

/// How long a command may take without saying why.
const PATIENCE: Duration = Duration::from_secs(1);

/// Create a key in a Region: symmetric, RSA, or on an elliptic curve
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "PascalCase")]
#[command(after_long_help = "Examples:
  coldseal kms create-key --region us-east-1 --description 'payroll' \\
      --query KeyMetadata.KeyId --output text
  coldseal kms create-key --region us-east-1 --key-spec RSA_4096 \\
      --key-usage ENCRYPT_DECRYPT
  coldseal kms create-key --region us-east-1 --key-spec ECC_NIST_P384 \\
      --key-usage KEY_AGREEMENT")]
pub(crate) struct CreateKeyArgs {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) details: KeyDetailsArgs,
    /// Make a key that 'replicate-key' can copy to other Regions; cannot be changed later
    #[arg(long, overrides_with = "no_multi_region")]
    pub(crate) multi_region: bool,
    #[arg(long, hide = true)]
    #[serde(skip)]
    no_multi_region: bool,
    /// RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521 or SYMMETRIC_DEFAULT (AES-256-GCM) [default: SYMMETRIC_DEFAULT]
    #[arg(long, value_name = "SPEC")]
    pub(crate) key_spec: Option<String>,
    /// --key-spec, as AWS called it once
    #[arg(long, value_name = "SPEC", hide = true)]
    pub(crate) customer_master_key_spec: Option<String>,
    /// ENCRYPT_DECRYPT for a symmetric or RSA key, KEY_AGREEMENT for one on a curve; only a symmetric key goes without
    #[arg(long, value_name = "USAGE")]
    pub(crate) key_usage: Option<String>,
    /// AWS_KMS
    #[arg(long, value_name = "ORIGIN", default_value = "AWS_KMS", hide = true)]
    origin: String,
}

pub(super) fn run(invocation: &Invocation, args: &CreateKeyArgs) -> Outcome {
    // An RSA key can take some seconds.
    let is_watched = stderr().is_terminal();
    let key_spec = args.key_spec.as_deref().or(args.customer_master_key_spec.as_deref()).unwrap_or(KeySpec::default().name());
    let late = || {
        if is_watched {
            note(&format!("making a key pair for {key_spec}"));
        }
    };
    let made =
        entry::answer_with(invocation, args, |prepare, region, request| Ok(when_late(PATIENCE, late, || prepare(region, request))?))?;
    entry::print(&invocation.printer, made)
}

/// Works, and calls `late` once that has taken longer than `patience`.
fn when_late<T>(patience: Duration, late: impl FnOnce() + Send, work: impl FnOnce() -> T) -> T {
    let (done, waiting) = mpsc::channel::<()>();
    thread::scope(|scope| {
        // Where there is no thread for it, nothing is announced.
        let _ = thread::Builder::new().spawn_scoped(scope, move || {
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
