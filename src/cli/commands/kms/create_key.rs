//! `create-key`

use std::{
    io::{IsTerminal as _, stderr},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::entry;
use crate::{
    cli::{args::kms::CreateKeyArgs, failure::Outcome, invocation::Invocation, terminal::note},
    kms::KeySpec,
};

/// How long a command may take without saying why.
const PATIENCE: Duration = Duration::from_secs(1);

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
    entry::print(invocation, made)
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
