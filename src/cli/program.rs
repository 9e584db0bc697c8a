//! Programs that commands run: what they inherit, the signals that reach them, and how they end.

#[cfg(unix)]
mod secret_descriptors;

use std::{
    ffi::{OsStr, OsString},
    io,
    process::{Child, Command, ExitStatus},
    thread,
    time::Duration,
};

#[cfg(unix)]
use self::secret_descriptors::without_secrets;
use super::{files_in_use::FilesInUse, prompt::Prompter};
use crate::error::{Error, Result};

/// What hands a passphrase over is for coldseal alone.
const PASSPHRASES: [&str; 4] =
    ["COLDSEAL_PASSPHRASE", "COLDSEAL_NEW_PASSPHRASE", "COLDSEAL_INPUT_PASSPHRASE", "COLDSEAL_SIGNING_KEY_PASSPHRASE"];
/// What a program hardly runs without, and holds nothing that is secret: where programs are, whose process it is, and which language and time zone
/// it speaks.
const MINIMUM: [&str; 10] = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "TZ", "LANG", "LANGUAGE"];
/// How long the program's end and signals go unnoticed at most.
const LOOK: Duration = Duration::from_millis(20);

/// Which of this process's variables a program gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inherited {
    /// All but those of passphrases.
    All,
    /// [`MINIMUM`] and `LC_*`.
    Minimum,
}

impl Inherited {
    fn has(self, name: &OsStr) -> bool {
        let name = name.to_string_lossy();
        match self {
            Self::All => !PASSPHRASES.iter().any(|prefix| name.starts_with(prefix)),
            Self::Minimum => MINIMUM.contains(&name.as_ref()) || name.starts_with("LC_"),
        }
    }
}

/// A program with its arguments, to be started. Keys and passphrases that this process was given by descriptors are read by now, and not its own.
pub(crate) fn program(words: &[OsString], inherited: Inherited, files: &FilesInUse) -> Result<Command> {
    let (program, arguments) = words.split_first().ok_or(Error::Misuse("a program has a name"))?;
    let mut command = Command::new(program);
    command.args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| !inherited.has(name)) {
        command.env_remove(name);
    }
    without_secrets(&mut command, &files.kept_from_programs()).map_err(|error| Error::io("opening /dev/null", error))?;
    Ok(command)
}

#[cfg(not(unix))]
fn without_secrets(_: &mut Command, _: &std::collections::BTreeSet<i32>) -> io::Result<()> {
    Ok(())
}

/// Starts it.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().map_err(|error| Error::io(format!("run {}", command.get_program().to_string_lossy()), error))
}

/// Waits until the program ends, handing signals on to it; they end nothing here meanwhile ([`Prompter::hold_signals`]). `seen` is told of each.
///
/// # Errors
/// The system's.
pub(crate) fn until_it_ends(child: &mut Child, prompter: &Prompter, mut seen: impl FnMut(u8)) -> io::Result<ExitStatus> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        match prompter.take_signal() {
            Some(signal) => {
                seen(signal);
                forward(signal, child);
            }
            None => {
                thread::sleep(pause);
                pause = LOOK.min(pause * 2);
            }
        }
    }
}

/// A program's exit code, or 128 and the number of the signal that ended it.
pub(crate) fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    let code = status.code().or(signal.map(|signal: i32| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// Hands a signal on. Ctrl-C and Ctrl-\\ on a terminal have reached the program already.
#[cfg(unix)]
fn forward(signal: u8, child: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if is_from_terminal(signal) {
        return;
    }
    let signal = Signal::from_named_raw(signal.into()).unwrap_or(Signal::TERM);
    // It has not been waited for, so the id is still its own.
    let _ = kill_process(Pid::from_child(child), signal);
}

#[cfg(not(unix))]
fn forward(_signal: u8, _child: &Child) {}

/// Whether a signal is one that a terminal sends to all of its foreground, which is what this process is of.
#[cfg(unix)]
pub(crate) fn is_from_terminal(signal: u8) -> bool {
    use rustix::process::Signal;
    [Signal::INT, Signal::QUIT].iter().any(|from_keys| from_keys.as_raw() == i32::from(signal)) && is_in_foreground()
}

#[cfg(not(unix))]
pub(crate) const fn is_from_terminal(_signal: u8) -> bool {
    true
}

#[cfg(unix)]
fn is_in_foreground() -> bool {
    let terminal = std::fs::File::open("/dev/tty");
    let group = terminal.ok().and_then(|terminal| rustix::termios::tcgetpgrp(terminal).ok());
    group.is_some_and(|group| group == rustix::process::getpgrp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inherited_holds_no_passphrase() {
        for (name, expected) in [
            ("PATH", [true, true]),
            ("LC_ALL", [true, true]),
            ("LANG", [true, true]),
            ("AWS_REGION", [true, false]),
            ("COLDSEAL_VAULT", [true, false]),
            ("COLDSEAL_PASSPHRASE", [false, false]),
            ("COLDSEAL_PASSPHRASE_FD", [false, false]),
            ("COLDSEAL_NEW_PASSPHRASE", [false, false]),
            ("COLDSEAL_INPUT_PASSPHRASE_FD", [false, false]),
            ("COLDSEAL_SIGNING_KEY_PASSPHRASE", [false, false]),
            ("COLDSEAL_SIGNERS", [true, false]),
            ("LD_PRELOAD", [true, false]),
        ] {
            assert_eq!([Inherited::All, Inherited::Minimum].map(|inherited| inherited.has(OsStr::new(name))), expected, "{name}");
        }
    }
}
