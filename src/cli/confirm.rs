//! A question on the terminal, before something is done that nothing takes back.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// Whether the user says yes; `None` where there is no terminal to ask on. Anything but `y` or `yes` is no.
pub(crate) fn confirmed(question: &str) -> Option<bool> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    let mut answer = String::new();
    let asked = write!(io::stderr(), "{question} [y/N] ").and_then(|()| io::stdin().lock().read_line(&mut answer));
    let is_yes = ["y", "yes"].iter().any(|yes| answer.trim().eq_ignore_ascii_case(yes));
    Some(asked.is_ok() && is_yes)
}
