//! What a file may not name, and what it may not decide by.

use super::{
    items::Items,
    tokens::{Kind, Token},
};

/// A rule about single files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// A library of primitives outside `crypto/`.
    Primitive,
    /// Output, or the end of the process, outside `cli/`.
    Printing,
    /// A flag or a command in a literal outside `cli/`.
    CommandLine,
    /// A decision by the text of a message.
    DecidesByText,
    /// A file that a command reads, opened past the place that knows what is read and what is written.
    OpensFile,
}

/// Where files are opened that are no input: by whom all others are, coldseal's own, and the rules of a time zone.
const OPEN_FILES: [&str; 4] = ["cli/files_in_use.rs", "cli/descriptor/linux.rs", "cli/commands/serving/config_file.rs", "cli/zone.rs"];

impl Rule {
    pub(crate) const ALL: [Self; 5] = [Self::Primitive, Self::Printing, Self::CommandLine, Self::DecidesByText, Self::OpensFile];

    /// False where a file is the place for it.
    pub(crate) fn holds_for(self, file: &str) -> bool {
        match self {
            Self::Primitive => !file.starts_with("crypto/"),
            Self::Printing | Self::CommandLine => !file.starts_with("cli/") && file != "main.rs",
            Self::DecidesByText => true,
            Self::OpensFile => file.starts_with("cli/") && !OPEN_FILES.contains(&file),
        }
    }

    /// The lines of a file that break it.
    pub(crate) fn broken(self, items: &Items) -> Vec<usize> {
        let breaks = match self {
            Self::Primitive => names_primitive,
            Self::Printing => prints,
            Self::CommandLine => names_command,
            Self::DecidesByText => decides_by_text,
            Self::OpensFile => opens_file,
        };
        let code = items.code.as_slice();
        code.iter().enumerate().filter(|(at, _)| breaks(code, *at)).map(|(_, token)| token.line).collect()
    }
}

fn name_at(code: &[Token], at: usize) -> Option<&str> {
    code.get(at).and_then(Token::name)
}

fn is_at(code: &[Token], at: usize, punct: char) -> bool {
    code.get(at).is_some_and(|token| token.is(punct))
}

/// A path that stands in the source is no user's.
fn opens_file(code: &[Token], at: usize) -> bool {
    const OPENING: [(&str, &str); 3] = [("File", "open"), ("fs", "read"), ("fs", "read_to_string")];
    let follows = |path: &str| at >= 3 && is_at(code, at - 1, ':') && is_at(code, at - 2, ':') && name_at(code, at - 3) == Some(path);
    let is_opening = OPENING.iter().any(|(path, name)| name_at(code, at) == Some(*name) && follows(path));
    is_opening && !code.get(at + 2).is_some_and(|argument| matches!(argument.kind, Kind::Text(_)))
}

fn names_primitive(code: &[Token], at: usize) -> bool {
    const PRIMITIVES: [&str; 6] = ["ring", "aws_lc_rs", "argon2", "sha2", "hmac", "hkdf"];
    let is_named = name_at(code, at).is_some_and(|name| PRIMITIVES.contains(&name));
    let before = at.checked_sub(1);
    let is_import = before.is_some_and(|before| name_at(code, before) == Some("use"));
    let is_inner = before.is_some_and(|before| is_at(code, before, ':'));
    is_named && !is_inner && (is_import || (is_at(code, at + 1, ':') && is_at(code, at + 2, ':')))
}

fn prints(code: &[Token], at: usize) -> bool {
    const MACROS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];
    let Some(name) = name_at(code, at) else { return false };
    let follows = |path: &str| at >= 3 && is_at(code, at - 1, ':') && is_at(code, at - 2, ':') && name_at(code, at - 3) == Some(path);
    match name {
        "exit" | "abort" => follows("process"),
        "stdout" | "stderr" => follows("io"),
        name => MACROS.contains(&name) && is_at(code, at + 1, '!'),
    }
}

fn names_command(code: &[Token], at: usize) -> bool {
    let Some(text) = code.get(at).and_then(Token::text) else { return false };
    let is_letter = |char: Option<char>| char.is_some_and(|char| char.is_ascii_lowercase());
    let mut dashes = text.match_indices("--");
    let is_flag = |(at, _): (usize, &str)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 2..).unwrap_or_default());
        is_letter(after.chars().next()) && !before.ends_with(|char: char| char == '-' || char.is_alphanumeric())
    };
    dashes.any(is_flag) || text.contains("'coldseal ")
}

fn decides_by_text(code: &[Token], at: usize) -> bool {
    const DECIDES: [&str; 5] = ["starts_with", "ends_with", "contains", "strip_prefix", "strip_suffix"];
    const TEXTS: [&str; 9] = ["message", "text", "outcome", "what", "reason", "status_message", "problem", "error", "operation"];
    let decides = name_at(code, at).is_some_and(|name| DECIDES.contains(&name)) && is_at(code, at + 1, '(') && at > 0;
    // `contains(&format!(…))` and `contains(PREFIX)` compare text as `contains("…")` does.
    let argument = code.get(at + 2..).unwrap_or_default().iter().find(|token| !token.is('&'));
    let is_text = argument.is_some_and(|token| match &token.kind {
        Kind::Text(_) => true,
        Kind::Name(name) => name == "format" || (name.len() > 1 && !name.contains(char::is_lowercase)),
        Kind::Punct(_) | Kind::Other => false,
    });
    decides && is_text && receiver(code, at - 1).any(|name| TEXTS.contains(&name))
}

/// The names of the expression that a method is called on, which ends before the dot.
fn receiver(code: &[Token], dot: usize) -> impl Iterator<Item = &str> {
    let (mut depth, mut names) = (0_usize, Vec::new());
    for token in code.get(..dot).unwrap_or_default().iter().rev() {
        match &token.kind {
            Kind::Punct(')' | ']') => depth += 1,
            Kind::Punct('(' | '[') if depth == 0 => break,
            Kind::Punct('(' | '[') => depth -= 1,
            Kind::Punct('.' | ':' | '?') => {}
            Kind::Name(name) if depth == 0 => names.push(name.as_str()),
            _ if depth > 0 => {}
            _ => break,
        }
    }
    names.into_iter()
}
