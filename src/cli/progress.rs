//! A progress bar on stderr, for people, once a command has worked for more than a second.

use std::{
    fmt,
    io::{self, IsTerminal as _, Read},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    parallel::lock,
    vault::{Progress, Vault},
};

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts what is read; the bar goes away with it.
pub(crate) struct ReadProgress<R> {
    input: R,
    bar: ProgressBar,
    started: Instant,
    target: Option<ProgressDrawTarget>,
}

impl<R: Read> ReadProgress<R> {
    /// `length` is the number of bytes to read, where it is known. Without a terminal there is never a bar.
    pub(crate) fn new(input: R, length: Option<u64>) -> Self {
        let target = io::stderr().is_terminal().then(ProgressDrawTarget::stderr);
        Self::drawn_on(input, length, target)
    }

    fn drawn_on(input: R, length: Option<u64>, target: Option<ProgressDrawTarget>) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        let template = if length.is_some() {
            "{bytes} of {total_bytes} [{bar:30}] {binary_bytes_per_sec}, {eta} left"
        } else {
            "{bytes}, {binary_bytes_per_sec}, {elapsed}"
        };
        // indicatif shows nothing in colour unless the template asks for it.
        bar.set_style(ProgressStyle::with_template(template).expect("the template is one of two constants").progress_chars("#>-"));
        Self { input, bar, started: Instant::now(), target }
    }
}

impl<R: Read> Read for ReadProgress<R> {
    fn read(&mut self, dest: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(dest)?;
        self.bar.inc(u64::try_from(count).unwrap_or_default());
        if self.target.is_some() && self.started.elapsed() >= PATIENCE {
            self.bar.set_draw_target(self.target.take().unwrap_or_else(ProgressDrawTarget::hidden));
        }
        Ok(count)
    }
}

impl<R> Drop for ReadProgress<R> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Counts what is done of a known number of things; the bar goes away with it.
pub(crate) struct ItemProgress {
    bar: ProgressBar,
    started: Instant,
    target: Option<ProgressDrawTarget>,
}

impl ItemProgress {
    /// `what` is the plural of the things. Without a terminal there is never a bar.
    pub(crate) fn new(count: u64, what: &str) -> Self {
        Self::drawn_on(count, what, io::stderr().is_terminal().then(ProgressDrawTarget::stderr))
    }

    fn drawn_on(count: u64, what: &str, target: Option<ProgressDrawTarget>) -> Self {
        let bar = ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::hidden()).with_message(what.to_owned());
        let style = ProgressStyle::with_template("{pos} of {len} {msg} [{bar:30}] {eta} left");
        bar.set_style(style.expect("the template is a constant").progress_chars("#>-"));
        Self { bar, started: Instant::now(), target }
    }

    pub(crate) fn add(&mut self, count: u64) {
        self.bar.inc(count);
        if self.target.is_some() && self.started.elapsed() >= PATIENCE {
            self.bar.set_draw_target(self.target.take().unwrap_or_else(ProgressDrawTarget::hidden));
        }
    }
}

impl Drop for ItemProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// What a vault tells of its secrets; the bar goes away with the last holder.
pub(crate) struct VaultProgress(Mutex<ItemProgress>);

impl VaultProgress {
    /// `None` without a terminal.
    pub(crate) fn new(what: &str) -> Option<Arc<Self>> {
        io::stderr().is_terminal().then(|| Arc::new(Self(Mutex::new(ItemProgress::new(0, what)))))
    }
}

/// Shows a bar as long as work on many secrets of a vault takes.
pub(crate) fn with_progress<T>(vault: &Vault, work: impl FnOnce(&Vault) -> T) -> T {
    match VaultProgress::new("secrets") {
        Some(progress) => work(&vault.clone().with_progress(progress)),
        None => work(vault),
    }
}

impl Progress for VaultProgress {
    fn begin(&self, count: u64) {
        lock(&self.0).bar.inc_length(count);
    }

    fn add(&self, count: u64) {
        lock(&self.0).add(count);
    }
}

impl fmt::Debug for VaultProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultProgress")
    }
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    fn shown_after(waited: Duration) -> String {
        let terminal = InMemoryTerm::new(5, 80);
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let mut progress = ReadProgress::drawn_on(io::repeat(7), Some(1000), Some(target));
        progress.started = Instant::now().checked_sub(waited).expect("the clock runs longer than that");
        assert_eq!(progress.read(&mut [0; 400]).expect("reads"), 400);
        progress.bar.force_draw();
        let shown = terminal.contents();
        drop(progress);
        assert_eq!(terminal.contents(), "", "the bar goes away");
        shown
    }

    #[test]
    fn steps_are_shown_after_a_second_and_not_before() {
        for (waited, expected) in [(Duration::ZERO, ""), (PATIENCE, "3 of 10 secrets")] {
            let terminal = InMemoryTerm::new(5, 80);
            let mut steps = ItemProgress::drawn_on(10, "secrets", Some(ProgressDrawTarget::term_like(Box::new(terminal.clone()))));
            steps.started = Instant::now().checked_sub(waited).expect("the clock runs longer than that");
            steps.add(3);
            steps.bar.force_draw();
            let shown = terminal.contents();
            assert!(shown.starts_with(expected) && shown.is_empty() == expected.is_empty(), "{shown}");
            drop(steps);
            assert_eq!(terminal.contents(), "", "the bar goes away");
        }
    }

    #[test]
    fn what_a_vault_tells_is_shown_from_several_threads() {
        let terminal = InMemoryTerm::new(5, 80);
        let mut steps = ItemProgress::drawn_on(0, "secrets", Some(ProgressDrawTarget::term_like(Box::new(terminal.clone()))));
        steps.started = Instant::now().checked_sub(PATIENCE).expect("the clock runs longer than that");
        let progress = VaultProgress(Mutex::new(steps));
        progress.begin(10);
        progress.begin(2);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| progress.add(2));
            }
        });
        lock(&progress.0).bar.force_draw();
        assert!(terminal.contents().starts_with("6 of 12 secrets"), "{}", terminal.contents());
        drop(progress);
        assert_eq!(terminal.contents(), "", "the bar goes away");
    }

    #[test]
    fn a_bar_appears_after_a_second_and_not_before() {
        assert_eq!(shown_after(Duration::ZERO), "");
        let shown = shown_after(PATIENCE);
        assert!(shown.contains("400 B of 1000 B"), "{shown}");
    }
}
