//! What the commands that serve an endpoint share: where it listens, how it is told, and how it ends.

mod access;
mod config_file;
mod listen;
mod overriding;
mod passphrase;
mod program;
mod proxies;
mod running;

use std::{path::Path, sync::Arc};

use tracing::Level;

pub(super) use self::passphrase::passphrases;
use self::{
    access::Access,
    config_file::{ConfigFile, is_of_a_server},
    program::spawn,
    running::{until_program_ends, until_signal},
};
use crate::{
    cli::{
        args::EndpointArgs,
        failure::{Failure, Outcome},
        invocation::Invocation,
        process::{give_up_stdout, trace},
        terminal::{note, print_text, warn},
    },
    crypto::SystemRandom,
    endpoint::{Authentication, Credentials, Exposure, JsonService, Server, ServerOptions},
    protocol::operation::Service,
};

/// A command that serves.
pub(super) struct ServeCommand {
    /// As it is typed.
    pub(super) name: &'static str,
    /// What its endpoint answers for.
    pub(super) services: &'static [Service],
    /// The variable of `--export` that has its process's id.
    pub(super) process_variable: &'static str,
    /// The name of the AWS configuration file beside the keystore, where no other is asked for.
    pub(super) config_file: &'static str,
    /// What whoever reaches it can do, where no signature is asked for.
    pub(super) exposes: &'static str,
}

/// Serves what `service` makes, until a signal comes or the program ends.
pub(super) fn run(
    mut invocation: Invocation,
    args: EndpointArgs,
    command: &ServeCommand,
    service: impl FnOnce(&mut Invocation) -> Outcome<Arc<dyn JsonService>>,
) -> Outcome {
    trace(Level::ERROR);
    let exposure = if args.allow_remote { Exposure::Network } else { Exposure::Loopback };
    let listen = listen::address(&args.listen, exposure)?;
    let region = invocation.regions.configured()?;
    let service = service(&mut invocation)?;
    let credentials = Arc::new(Credentials::generate(&SystemRandom)?);
    let authentication = if args.allow_unsigned { Authentication::None } else { Authentication::Signature(Arc::clone(&credentials)) };
    let server = Server::bind(ServerOptions { listen, exposure, authentication }, service)?;
    let address = server.local_addr();
    if args.allow_unsigned {
        warn(&format!("--allow-unsigned: whoever reaches {address} can {}", command.exposes));
    }
    if !address.ip().is_loopback() {
        warn(&format!("{address} is not loopback, and there is no TLS: keys and plaintexts cross the network in clear"));
    }
    let access = Access::new(address, credentials, command.services, region, &invocation.inputs.environment);
    // From here on a signal ends the command in order.
    invocation.inputs.prompter.hold_signals();
    let end = if args.program.is_empty() {
        let file = args.config_file.unwrap_or_else(|| invocation.keystore.location.keystore.with_file_name(command.config_file));
        let file = configuration(&invocation, &file, command, &access)?;
        if !args.export {
            overriding::warnings(&invocation.inputs.environment, &access).iter().for_each(|text| warn(text));
        }
        print_text(&if args.export { access.export_lines(command.process_variable) } else { format!("{}\n", access.url()) })?;
        give_up_stdout();
        until_signal(server, &invocation.inputs.prompter, &file)?
    } else {
        let child = spawn(&args.program, &access, invocation.inputs.in_use())?;
        until_program_ends(server, &invocation.inputs.prompter, child)?
    };
    if end == 0 { Ok(()) } else { Err(Failure::Ended(end)) }
}

/// Writes the AWS configuration file, and says how programs are told of it.
fn configuration(invocation: &Invocation, path: &Path, command: &ServeCommand, access: &Access) -> Outcome<ConfigFile> {
    let in_use = invocation.inputs.in_use();
    if is_of_a_server(path, command.name) {
        // Where AWS tools look for their configuration this command has read it: that makes it no input.
        in_use.release(path);
    }
    in_use.write(path)?;
    let file = ConfigFile::create(path, command.name, access)?;
    note(&format!(
        "AWS configuration in {}, until this ends; AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE both name it",
        file.path().display()
    ));
    Ok(file)
}
