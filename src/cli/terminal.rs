//! Lines for people, and text on stdout.

use std::io::{self, IsTerminal as _, Write as _};

use super::{failure::Outcome, shown};
use crate::error::Error;

/// A line on stderr for people; a closed stderr loses it.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "coldseal: {}", shown::lines(text));
}

/// Lines on stderr as they are.
pub(crate) fn say(lines: &[String]) {
    for line in lines {
        let _ = writeln!(io::stderr(), "{}", shown::lines(line));
    }
}

/// A question on stderr, whose answer stands behind it.
pub(crate) fn prompt(text: &str) {
    let mut stderr = io::stderr();
    let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
}

/// A warning on stderr.
pub(crate) fn warn(text: &str) {
    note(&format!("warning: {text}"));
}

/// `1 bundle`, `2 bundles`.
pub(crate) fn counted<N: TryInto<u64>>(count: N, what: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Writes to stdout.
pub(crate) fn print_text(text: &str) -> Outcome {
    let mut stdout = io::stdout().lock();
    printed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// A reader that has seen enough (`| head -1`) is no error: the command did its work.
pub(crate) fn printed(written: io::Result<()>) -> Outcome {
    if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        return Ok(());
    }
    Ok(written.map_err(|error| Error::io("writing to stdout", error))?)
}

/// Writes what is still in the buffer of stdout.
pub(crate) fn flush_stdout() -> Outcome {
    printed(io::stdout().flush())
}

pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Columns of the terminal that stdout is.
#[cfg(unix)]
pub(crate) fn terminal_width() -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(size.ws_col)
}

#[cfg(not(unix))]
pub(crate) fn terminal_width() -> Option<u16> {
    None
}
