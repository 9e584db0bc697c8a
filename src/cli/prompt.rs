//! Hidden prompts, and how signals end the process.
//!
//! Handlers only set flags or exit: a thread that waits for signals would need a socket. While a prompt has turned the terminal's echo off, or an
//! unfinished file has a name, exiting at once would leave it so: a thread looks at the flag, puts that right, and exits.

use std::{
    io::IsTerminal as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use signal_hook::flag;

use super::{
    ending_signals::{ending_signals, fail_writes_over_the_size_limit},
    terminal::prompt,
};
use crate::secret::SecretBytes;

/// How long an interrupted prompt or output waits at most.
const LOOK: Duration = Duration::from_millis(20);

/// Asks for what must not be seen.
#[derive(Debug, Clone)]
pub(crate) struct Prompter {
    ends_at_once: Arc<AtomicBool>,
    received: Arc<AtomicUsize>,
}

impl Prompter {
    /// From now on the signals that end a process end this one with 128 and their number: 130 for SIGINT, 143 for SIGTERM.
    pub(crate) fn install() -> Self {
        let prompter = Self { ends_at_once: Arc::new(AtomicBool::new(true)), received: Arc::default() };
        fail_writes_over_the_size_limit();
        for signal in ending_signals() {
            // A system that refuses ends the process in its own way.
            let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&prompter.ends_at_once));
            let _ = flag::register_usize(signal, Arc::clone(&prompter.received), usize::try_from(signal).unwrap_or_default());
        }
        prompter
    }

    /// From now on they end nothing, and [`Prompter::take_signal`] tells them.
    pub(crate) fn hold_signals(&self) {
        self.ends_at_once.store(false, Ordering::SeqCst);
    }

    /// From now on they end the process again; one that was received and not taken does so at once.
    pub(crate) fn release_signals(&self) {
        self.ends_at_once.store(true, Ordering::SeqCst);
        self.end_if_interrupted(|| ());
    }

    /// The number of the last signal since the last call.
    pub(crate) fn take_signal(&self) -> Option<u8> {
        u8::try_from(self.received.swap(0, Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
    }

    /// Asks on the terminal without showing what is typed; `None` where there is no terminal.
    pub(crate) fn hidden(&self, text: &str) -> Option<SecretBytes> {
        if !std::io::stderr().is_terminal() && !std::io::stdin().is_terminal() {
            return None;
        }
        let terminal = terminal::Saved::now();
        let restore = || {
            // The prompt may be turning the echo off at this moment; what it does to the terminal must not come last.
            terminal.iter().for_each(terminal::Saved::restore);
            thread::sleep(LOOK);
            terminal.iter().for_each(terminal::Saved::restore);
        };
        let typed = self.ending_after(&restore, || rpassword::prompt_password(text));
        typed.ok().map(|typed| SecretBytes::new(typed.into_bytes()))
    }

    /// The same for what is new: asked for twice, so that a slip is noticed. `accept` sees what was typed first.
    ///
    /// # Errors
    /// What `accept` says; `differ` where the two are not the same.
    pub(crate) fn hidden_twice<E>(
        &self,
        text: &str,
        accept: impl FnOnce(&SecretBytes) -> Result<(), E>,
        differ: impl FnOnce() -> E,
    ) -> Result<Option<SecretBytes>, E> {
        let Some(first) = self.hidden(text) else { return Ok(None) };
        accept(&first)?;
        let Some(second) = self.hidden("Once more: ") else { return Ok(None) };
        if first.expose() == second.expose() { Ok(Some(first)) } else { Err(differ()) }
    }

    /// Whether there is somebody to ask.
    pub(crate) fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks for one of these answers until it is given; `None` at the end of input. Signals end the process meanwhile, but `tidy` comes first, and are
    /// held again afterwards.
    pub(crate) fn ask<'a>(&self, text: &str, answers: &[&'a str], tidy: &(impl Fn() + Sync)) -> Option<&'a str> {
        self.ending_meanwhile(tidy, || {
            loop {
                let typed = answer_to(text)?;
                if let Some(answer) = answers.iter().find(|answer| answer.eq_ignore_ascii_case(&typed)) {
                    return Some(*answer);
                }
            }
        })
    }

    /// Asks before something is done that nothing takes back: anything but `y` or `yes` is no. `None` where there is nobody to ask.
    pub(crate) fn confirms(&self, question: &str) -> Option<bool> {
        self.can_ask().then(|| {
            let typed = answer_to(&format!("{question} [y/N] ")).unwrap_or_default();
            ["y", "yes"].iter().any(|yes| yes.eq_ignore_ascii_case(&typed))
        })
    }

    /// Does the work; signals end the process meanwhile, but `tidy` comes first. It runs on another thread, and no more than once.
    pub(crate) fn ending_after<T>(&self, tidy: &(impl Fn() + Sync), work: impl FnOnce() -> T) -> T {
        let result = self.ending_meanwhile(tidy, work);
        self.ends_at_once.store(true, Ordering::SeqCst);
        self.end_if_interrupted(tidy);
        result
    }

    /// The same, and afterwards they end nothing, as after [`Prompter::hold_signals`].
    pub(crate) fn ending_meanwhile<T>(&self, tidy: &(impl Fn() + Sync), work: impl FnOnce() -> T) -> T {
        let (is_done, watcher_wakes) = mpsc::channel::<()>();
        self.ends_at_once.store(false, Ordering::SeqCst);
        let result = thread::scope(|scope| {
            let watcher = thread::Builder::new().spawn_scoped(scope, move || {
                while watcher_wakes.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                    self.end_if_interrupted(tidy);
                }
            });
            if watcher.is_err() {
                // There is no thread that would tidy up: a signal ends the process as it is.
                self.ends_at_once.store(true, Ordering::SeqCst);
            }
            // Dropped at the end, and by a panic too.
            let _is_done = is_done;
            work()
        });
        self.end_if_interrupted(tidy);
        result
    }

    fn end_if_interrupted(&self, tidy: impl Fn()) {
        let signal = self.received.load(Ordering::SeqCst);
        if signal != 0 {
            tidy();
            std::process::exit(128 + i32::try_from(signal).unwrap_or_default());
        }
    }
}

/// The line that is typed after a question; `None` at the end of input.
fn answer_to(question: &str) -> Option<String> {
    prompt(question);
    let mut line = String::new();
    let length = std::io::stdin().read_line(&mut line).ok()?;
    (length > 0).then(|| line.trim().to_owned())
}

#[cfg(unix)]
mod terminal {
    use std::fs::File;

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

    /// The terminal and how it was set.
    pub(super) struct Saved {
        terminal: File,
        settings: Termios,
    }

    impl Saved {
        pub(super) fn now() -> Option<Self> {
            let terminal = File::open("/dev/tty").ok()?;
            let settings = tcgetattr(&terminal).ok()?;
            Some(Self { terminal, settings })
        }

        /// In the background the terminal is another process's.
        pub(super) fn restore(&self) {
            if tcgetpgrp(&self.terminal).is_ok_and(|group| group == rustix::process::getpgrp()) {
                let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.settings);
            }
        }
    }
}

#[cfg(not(unix))]
mod terminal {
    /// Nothing to give back: the console keeps its own settings.
    pub(super) struct Saved;

    impl Saved {
        pub(super) const fn now() -> Option<Self> {
            None
        }

        pub(super) const fn restore(&self) {}
    }
}
