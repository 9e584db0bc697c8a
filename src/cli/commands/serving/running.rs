//! A server that runs, and what ends it: a signal, or the end of a program.

use std::{
    process::Child,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use super::config_file::ConfigFile;
use crate::{
    cli::{
        failure::Outcome,
        program::{exit_code, until_it_ends},
        prompt::Prompter,
    },
    endpoint::{Server, Stopper},
    error::{Error, Result},
};

/// How often signals and the program's end are looked for.
const LOOK: Duration = Duration::from_millis(20);

/// Serves until SIGINT or SIGTERM; a second one does not wait for the requests in work. Gives the exit code.
pub(super) fn until_signal(server: Server, prompter: &Prompter, file: &ConfigFile) -> Result<u8> {
    let stopper = server.stopper();
    let watch = |is_done: &AtomicBool| {
        let mut first = None;
        while !is_done.load(Ordering::SeqCst) {
            match (prompter.take_signal(), first) {
                (Some(signal), None) => {
                    first = Some(signal);
                    stopper.stop();
                }
                (Some(signal), Some(_)) => {
                    file.remove();
                    std::process::exit(128 + i32::from(signal));
                }
                (None, _) => thread::sleep(LOOK),
            }
        }
        first.map_or(0, |signal| 128 + signal)
    };
    beside(server, watch)
}

/// Serves until the program ends, handing signals on to it. Gives its exit code.
pub(super) fn until_program_ends(server: Server, prompter: &Prompter, mut child: Child) -> Outcome<u8> {
    let stopper = server.stopper();
    let watch = |_: &AtomicBool| {
        let stopping = Stopping(&stopper);
        let code = until_it_ends(&mut child, prompter, |_| {}).map(exit_code);
        drop(stopping);
        code
    };
    Ok(beside(server, watch)?.map_err(|error| Error::io("wait for the program", error))?)
}

/// Stops the server however the watch ends.
struct Stopping<'a>(&'a Stopper);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Runs the server, and beside it a watch that is told when the server has stopped.
fn beside<T: Send>(server: Server, watch: impl FnOnce(&AtomicBool) -> T + Send) -> Result<T> {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watching =
            thread::Builder::new().spawn_scoped(scope, || watch(&is_done)).map_err(|error| Error::io("starting a thread", error))?;
        server.run();
        is_done.store(true, Ordering::SeqCst);
        Ok(watching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
