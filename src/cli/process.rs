//! What is set up for the whole process: no core dumps, signals, tracing.

use std::sync::{Arc, atomic::AtomicBool};

use signal_hook::consts::{SIGINT, SIGTERM};

/// Keeps memory out of core dumps, and ends with 128 + n on SIGINT and SIGTERM.
pub(super) fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // A system that refuses keeps its own setting; SECURITY.md promises no more.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        // RLIMIT_CORE does not hold for a core pattern that is a pipe; this does.
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
    #[cfg(unix)]
    if terminal::end_on_signals().is_ok() {
        return;
    }
    for signal in [SIGINT, SIGTERM] {
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::new(AtomicBool::new(true)));
    }
}

/// A hidden prompt turns the terminal's echo off; whoever interrupts it gets the terminal back as it was.
#[cfg(unix)]
mod terminal {
    use std::{fs::File, io, process::exit, thread};

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        iterator::Signals,
    };

    /// Ends the process with 128 + n from a thread of its own, as a handler may not do much.
    pub(super) fn end_on_signals() -> io::Result<()> {
        let saved = settings();
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let wait = move || {
            if let Some(signal) = signals.forever().next() {
                if let Some((terminal, settings)) = &saved {
                    restore(terminal, settings);
                }
                exit(128 + signal);
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
    }

    /// The terminal and how it is set at the start, if there is one.
    fn settings() -> Option<(File, Termios)> {
        let terminal = File::open("/dev/tty").ok()?;
        let settings = tcgetattr(&terminal).ok()?;
        Some((terminal, settings))
    }

    /// In the background the terminal is another process's.
    fn restore(terminal: &File, settings: &Termios) {
        if tcgetpgrp(terminal).is_ok_and(|group| group == rustix::process::getpgrp()) {
            let _ = tcsetattr(terminal, OptionalActions::Now, settings);
        }
    }
}

/// `--debug`: what is done, on stderr; never values.
pub(super) fn trace(is_wanted: bool) {
    if is_wanted {
        let subscriber =
            tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(std::io::stderr).with_ansi(false).finish();
        let _ = tracing::subscriber::set_global_default(subscriber);
    }
}
