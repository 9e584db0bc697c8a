//! Text that is not ours, as people see it: what a message, a vault or a command line holds must not move the cursor, colour the screen, turn letters around
//! or stand there unseen.

use std::{borrow::Cow, fmt::Write as _};

/// Whether a character orders, hides or changes what stands beside it and has no shape of its own: bidirectional controls, fillers, tags. The joiners that
/// scripts and emoji need are none of them.
pub(crate) const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character is shown by its number.
pub(crate) fn is_escaped(c: char) -> bool {
    c.is_control() || is_hidden(c)
}

/// One line or cell: control characters, line ends and tabs among them, and hidden characters as escapes.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    escaped(text, is_escaped)
}

/// Several lines: the same, but for line ends and tabs.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| is_escaped(c) && !matches!(c, '\n' | '\t'))
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !is_escaped(c) => shown.push(c),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c => write!(shown, "\\u{{{:x}}}", u32::from(c)).expect("writing to a String cannot fail"),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_by_its_number() {
        for (text, expected) in [
            ("plain é 語 👩\u{200d}🔬", "plain é 語 👩\u{200d}🔬"),
            ("\u{1b}[31mred\u{1b}]0;title\u{7}", "\\u{1b}[31mred\\u{1b}]0;title\\u{7}"),
            ("\u{9b}31m\u{7f}\0", "\\u{9b}31m\\u{7f}\\u{0}"),
            ("user\u{202e}txt.exe\u{2066}", "user\\u{202e}txt.exe\\u{2066}"),
            ("a\u{200b}b\u{feff}\u{e0041}", "a\\u{200b}b\\u{feff}\\u{e0041}"),
            ("a\tb\nc\rd\u{2028}", "a\\tb\\nc\\rd\\u{2028}"),
        ] {
            assert_eq!(cell(text), expected);
        }
        assert_eq!(lines("a\tb\nc\rd\u{1b}"), "a\tb\nc\\rd\\u{1b}");
    }
}
