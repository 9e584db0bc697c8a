//! Values of variables as lines of a `.env` file, for all of those that read such files: POSIX shells, python-dotenv, the dotenv of Node and Node
//! itself, Compose. They differ in what a backslash and a `$` mean in quotes, so that not every value is the same to all of them.

use zeroize::Zeroizing;

/// Longest line, in bytes, that Docker reads.
const DOCKER_LINE: usize = 64 * 1024 - 1;

/// A value as it stands behind the `=`, or `None` where no way of writing it is the same to all.
pub(super) fn quoted(value: &str) -> Option<Zeroizing<String>> {
    // What reads files as text makes a line feed of it.
    if value.contains(['\r', '\0']) {
        return None;
    }
    if value.chars().all(is_plain) {
        return Some(Zeroizing::new(value.to_owned()));
    }
    // In single quotes a shell takes all as it is. python-dotenv takes \\ and \' for one character, and fills in ${NAME}.
    let is_literal = !value.contains('\'') && !value.contains("\\\\") && !value.ends_with('\\') && !value.contains("${");
    if is_literal {
        return Some(Zeroizing::new(format!("'{value}'")));
    }
    let is_obeyed = |character| ['"', '$', '`', '\\'].contains(&character);
    (!value.contains(is_obeyed)).then(|| Zeroizing::new(format!("\"{value}\"")))
}

/// True for what stands in a line of its own kind without quotes.
pub(super) fn is_unquoted(value: &str) -> bool {
    value.chars().all(is_plain)
}

/// Not `~`, which a shell expands, nor `#`, which begins a comment for some.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_@%+=:,./-".contains(character)
}

/// True for a value that `docker run --env-file` reads as it stands. Docker's library for Python takes blanks from the end.
pub(super) fn is_docker_line(name: &str, value: &str) -> bool {
    !value.contains(['\n', '\r', '\0']) && value.trim_end() == value && name.len() + 1 + value.len() <= DOCKER_LINE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What real software makes of them is shown in tests/system/test_unpack.py.
    #[test]
    fn quotes_are_those_that_all_readers_take_alike() {
        for (value, expected) in [
            ("", Some("")),
            ("saanvi", Some("saanvi")),
            ("a=b:/c@d%20+e,f.g-h_i", Some("a=b:/c@d%20+e,f.g-h_i")),
            ("a b", Some("'a b'")),
            ("~", Some("'~'")),
            ("a#b", Some("'a#b'")),
            ("$HOME `id` $(id)", Some("'$HOME `id` $(id)'")),
            ("{\"a\": \"b\"}", Some("'{\"a\": \"b\"}'")),
            ("a\nb\n", Some("'a\nb\n'")),
            ("C:\\new\\table", Some("'C:\\new\\table'")),
            ("é", Some("'é'")),
            ("it's", Some("\"it's\"")),
            ("it's\n# not a comment", Some("\"it's\n# not a comment\"")),
            ("it's \"it\"", None),
            ("it's $5", None),
            ("it's \\", None),
            ("${HOME}", None),
            ("a\\", None),
            ("\\\\host", None),
            ("a\rb", None),
            ("a\0", None),
        ] {
            assert_eq!(quoted(value).as_ref().map(|text| text.as_str()), expected, "{value:?}");
        }
    }

    #[test]
    fn docker_reads_lines_as_they_are() {
        for (value, is_line) in
            [("", true), ("it's \"$5\" # \\", true), (" a", true), ("a ", false), ("a\u{a0}", false), ("a\nb", false), ("a\r", false)]
        {
            assert_eq!(is_docker_line("NAME", value), is_line, "{value:?}");
        }
        assert!(is_docker_line("A", &"x".repeat(DOCKER_LINE - 2)) && !is_docker_line("A", &"x".repeat(DOCKER_LINE - 1)));
    }
}
