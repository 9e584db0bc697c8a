//! `serve`

mod access;
mod config_file;
mod listen;
mod program;

use std::{
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tracing::Level;

use self::{
    access::Access,
    config_file::ConfigFile,
    program::{exit_code, forward, spawn},
};
use crate::{
    cli::{
        args::kms::ServeArgs,
        failure::{Failure, Outcome},
        invocation::Invocation,
        passphrase::PassphraseSources,
        process::{give_up_stdout, trace},
        prompt::Prompter,
        terminal::{note, print_text, warn},
    },
    crypto::SystemRandom,
    endpoint::{Authentication, Credentials, Exposure, KmsService, Server, ServerOptions, Stopper},
    error::{Error, Result},
    kms::Passphrases,
    secret::SecretBytes,
};
/// How often signals and the program's end are looked for.
const LOOK: Duration = Duration::from_millis(20);

pub(super) fn run(mut invocation: Invocation, args: ServeArgs) -> Outcome {
    trace(Level::ERROR);
    let exposure = if args.allow_remote { Exposure::Network } else { Exposure::Loopback };
    let listen = listen::address(&args.listen, exposure)?;
    let service = service(&mut invocation)?;
    let credentials = Arc::new(Credentials::generate(&SystemRandom)?);
    let authentication = if args.allow_unsigned { Authentication::None } else { Authentication::Signature(Arc::clone(&credentials)) };
    let server = Server::bind(ServerOptions { listen, exposure, authentication }, Arc::new(service))?;
    let address = server.local_addr();
    if args.allow_unsigned {
        warn(&format!("--allow-unsigned: whoever reaches {address} can use every key of the keystore"));
    }
    if !address.ip().is_loopback() {
        warn(&format!("{address} is not loopback, and there is no TLS: keys and plaintexts cross the network in clear"));
    }
    let access = Access::new(address, credentials, &invocation.inputs.environment);
    // From here on a signal ends the command in order.
    invocation.inputs.prompter.hold_signals();
    let end = if args.program.is_empty() {
        let file = args.config_file.unwrap_or_else(|| invocation.keystore.location.keystore.with_file_name("serve.config"));
        invocation.inputs.in_use().write(&file)?;
        let file = ConfigFile::create(&file, &access)?;
        note(&format!("AWS configuration in {}, until this ends", file.path().display()));
        print_text(&if args.export { access.export_lines() } else { format!("{}\n", access.url()) })?;
        give_up_stdout();
        until_signal(server, &invocation.inputs.prompter, &file)?
    } else {
        let child = spawn(&args.program, &access)?;
        until_program_ends(server, &invocation.inputs.prompter, child)?
    };
    if end == 0 { Ok(()) } else { Err(Failure::Ended(end)) }
}

/// The operations. The passphrase, if there is one, is asked for here and not again.
fn service(invocation: &mut Invocation) -> Outcome<KmsService> {
    let prompting = PassphraseSources::new(&invocation.inputs.environment, None, invocation.inputs.prompter.clone());
    let sources = std::mem::replace(&mut invocation.keystore.passphrases, prompting);
    let is_serving = Arc::new(AtomicBool::new(false));
    let passphrases = AtStart { sources, is_serving: Arc::clone(&is_serving) };
    let service = KmsService::new(invocation.keystore.location.clone(), Box::new(passphrases), invocation.access.account.clone())?;
    is_serving.store(true, Ordering::SeqCst);
    invocation.keystore.note_made(&service.committed());
    Ok(service)
}

/// No prompt appears in the middle of serving, when somebody has changed the passphrase.
struct AtStart {
    sources: PassphraseSources,
    is_serving: Arc<AtomicBool>,
}

impl Passphrases for AtStart {
    fn current(&self) -> Result<SecretBytes> {
        if self.is_serving.load(Ordering::SeqCst) { self.sources.current_without_prompt() } else { self.sources.current() }
    }

    fn new_passphrase(&self) -> Result<SecretBytes> {
        self.sources.new_passphrase()
    }
}

/// Serves until SIGINT or SIGTERM; a second one does not wait for the requests in work. Gives the exit code.
fn until_signal(server: Server, prompter: &Prompter, file: &ConfigFile) -> Result<u8> {
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
fn until_program_ends(server: Server, prompter: &Prompter, mut child: Child) -> Outcome<u8> {
    let stopper = server.stopper();
    let watch = |_: &AtomicBool| {
        let stopping = Stopping(&stopper);
        let code = loop {
            if let Some(status) = child.try_wait().transpose() {
                break status.map(exit_code);
            }
            match prompter.take_signal() {
                Some(signal) => forward(signal, &child),
                None => thread::sleep(LOOK),
            }
        };
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
