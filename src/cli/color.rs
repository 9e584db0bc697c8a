//! Colours, for tables, help and errors alike: `--color`, else on a terminal unless `NO_COLOR` is set (<https://no-color.org>).

use std::{
    ffi::{OsStr, OsString},
    io::{self, IsTerminal, Write},
};

use clap::{ValueEnum as _, builder::StyledStr};

use super::{args::Color, environment::Environment};

/// What clap writes before its errors, and clap's colour for what is right.
pub(crate) const ERROR: &str = "\u{1b}[1m\u{1b}[31m";
pub(crate) const HINT: &str = "\u{1b}[32m";
pub(crate) const RESET: &str = "\u{1b}[0m";

/// How a word stands out in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Bold,
    Green,
    Red,
    Yellow,
}

/// A text in that style.
pub(crate) fn styled(text: &str, style: Style) -> String {
    let begin = match style {
        Style::Bold => "\u{1b}[1m",
        Style::Green => HINT,
        Style::Red => ERROR,
        Style::Yellow => "\u{1b}[33m",
    };
    format!("{begin}{text}{RESET}")
}

impl Color {
    /// The `--color` of a command line that may turn out to be none; of several the last. What it cannot be counts as not given.
    pub(crate) fn asked_for(arguments: &[OsString]) -> Self {
        let typed = arguments.iter().take_while(|argument| *argument != "--");
        let followers = arguments.iter().skip(1).map(Some).chain([None]);
        let values = typed.zip(followers).filter_map(|(argument, next)| match argument.to_str()?.strip_prefix("--color")? {
            "" => next.map(OsString::as_os_str),
            value => value.strip_prefix('=').map(OsStr::new),
        });
        values.last().and_then(|value| Self::from_str(value.to_str()?, false).ok()).unwrap_or(Self::Auto)
    }

    /// Whether what goes to this stream is coloured.
    pub(crate) fn applies_to(self, stream: &impl IsTerminal, environment: &Environment) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Auto => {
                stream.is_terminal() && environment.text("NO_COLOR").is_none() && environment.text("TERM").as_deref() != Some("dumb")
            }
        }
    }

    /// Prints help, a version or what clap refuses.
    ///
    /// # Errors
    /// The stream does not take it.
    pub(crate) fn show(self, text: &StyledStr, stream: &mut (impl Write + IsTerminal), environment: &Environment) -> io::Result<()> {
        let is_colored = self.applies_to(stream, environment);
        if is_colored { write!(stream, "{}", text.ansi()) } else { write!(stream, "{text}") }.and_then(|()| stream.flush())
    }
}

/// A line of an error with what it begins with in colour: `coldseal:`, `An error occurred (NAME)` or `hint:`.
pub(crate) fn colored(line: &str) -> String {
    let (style, length) = if line.starts_with("hint:") {
        (HINT, "hint:".len())
    } else if line.starts_with("An error occurred (") {
        (ERROR, line.find(')').map_or(0, |end| end + 1))
    } else {
        (ERROR, line.find(':').map_or(0, |end| end + 1))
    };
    let (start, rest) = line.split_at_checked(length).unwrap_or((line, ""));
    format!("{style}{start}{RESET}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_is_found_before_the_line_is_parsed() {
        for (line, expected) in [
            ("coldseal list-secrets", Color::Auto),
            ("coldseal --color on list-secrets", Color::On),
            ("coldseal nonsense --color=off", Color::Off),
            ("coldseal --color on --color=off", Color::Off),
            ("coldseal --color", Color::Auto),
            ("coldseal --color blue", Color::Auto),
            ("coldseal --colors=on", Color::Auto),
            ("coldseal seal -- --color on", Color::Auto),
        ] {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(Color::asked_for(&arguments), expected, "{line}");
        }
    }

    #[test]
    fn only_what_a_line_begins_with_is_coloured() {
        for (line, expected) in [
            ("coldseal: no: x", "\u{1b}[1m\u{1b}[31mcoldseal:\u{1b}[0m no: x"),
            ("hint: do: it", "\u{1b}[32mhint:\u{1b}[0m do: it"),
            (
                "An error occurred (DisabledException) when calling the Encrypt operation: K is disabled.",
                "\u{1b}[1m\u{1b}[31mAn error occurred (DisabledException)\u{1b}[0m when calling the Encrypt operation: K is disabled.",
            ),
        ] {
            assert_eq!(colored(line), expected);
        }
    }
}
