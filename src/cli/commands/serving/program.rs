//! `serve -- PROGRAM`

use std::{
    ffi::OsString,
    process::{Child, Command, ExitStatus},
};

use super::access::Access;
use crate::error::{Error, Result};

/// What hands a passphrase over is for coldseal alone.
const PASSPHRASES: [&str; 3] = ["COLDSEAL_PASSPHRASE", "COLDSEAL_NEW_PASSPHRASE", "COLDSEAL_INPUT_PASSPHRASE"];

/// Starts the program, with what it needs to reach the server.
pub(super) fn spawn(words: &[OsString], access: &Access) -> Result<Child> {
    let (program, arguments) = words.split_first().ok_or(Error::Misuse("a program has a name"))?;
    let mut command = Command::new(program);
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if PASSPHRASES.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    for name in Access::removed() {
        command.env_remove(name);
    }
    command.envs(access.variables());
    command.spawn().map_err(|error| Error::io(format!("run {}", program.to_string_lossy()), error))
}

/// A program's exit code, or 128 and the number of the signal that ended it.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    let code = status.code().or(signal.map(|signal: i32| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// Hands a signal on. Ctrl-C and Ctrl-\\ on a terminal have reached the program already.
#[cfg(unix)]
pub(super) fn forward(signal: u8, child: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    let signal = Signal::from_named_raw(signal.into()).unwrap_or(Signal::TERM);
    if matches!(signal, Signal::INT | Signal::QUIT) && is_in_foreground() {
        return;
    }
    // It has not been waited for, so the id is still its own.
    let _ = kill_process(Pid::from_child(child), signal);
}

#[cfg(unix)]
fn is_in_foreground() -> bool {
    let terminal = std::fs::File::open("/dev/tty");
    let group = terminal.ok().and_then(|terminal| rustix::termios::tcgetpgrp(terminal).ok());
    group.is_some_and(|group| group == rustix::process::getpgrp())
}

#[cfg(not(unix))]
pub(super) fn forward(_signal: u8, _child: &Child) {}
