//! What clap refuses, told without anything that was typed and could be a value: a secret in the wrong place is not shown again.
//!
//! A flag is named where some command has it, as its name is no secret then; of any other word only the place is told.

use std::{
    ffi::{OsStr, OsString},
    fmt::Write as _,
};

use clap::{
    Command,
    builder::StyledStr,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};

use super::{
    color::{ERROR, HINT, RESET},
    words::{RefusedWords, WordProblem, is_flag_of_aws},
};

/// The same lines that clap prints, for what clap has not read.
pub(crate) fn refused(root: &mut Command, refused: &RefusedWords) -> StyledStr {
    root.build();
    let usage = innermost(root, &refused.commands).render_usage();
    match &refused.problem {
        WordProblem::Ambiguous { typed, flags } => {
            lines(&format!("ambiguous option: {typed} could match {}", flags.join(", ")), &[], Some(&usage))
        }
        WordProblem::NotHere(command) => lines(&command.what, std::slice::from_ref(&command.instead), Some(&usage)),
        WordProblem::NoFlag(place) => lines(&unexpected(*place), &[DASHED.to_owned()], Some(&usage)),
    }
}

fn innermost<'a>(command: &'a mut Command, names: &[String]) -> &'a mut Command {
    match names.split_first() {
        Some((name, rest)) if command.find_subcommand(name).is_some() => {
            innermost(command.find_subcommand_mut(name).expect("just found"), rest)
        }
        _ => command,
    }
}

const DASHED: &str = "a value that begins with '-' and has no space in it is joined to its option: --name=-value";

/// An error of clap. `words` are those of the command line as it was typed.
pub(crate) fn told(error: &Error, root: &Command, words: &[OsString]) -> StyledStr {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let typed = text(ContextKind::InvalidValue);
    let head = match error.kind() {
        ErrorKind::UnknownArgument => unknown(text(ContextKind::InvalidArg), root, words),
        ErrorKind::InvalidSubcommand => {
            let place = place(text(ContextKind::InvalidSubcommand), words);
            format!("unrecognized command: {}", word(place))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if !typed.is_empty() => {
            format!("invalid value for '{}'{}{}", text(ContextKind::InvalidArg), reason(error, typed), possible(error))
        }
        ErrorKind::TooManyValues => format!("more values for '{}' than it takes", text(ContextKind::InvalidArg)),
        // Help, versions, and what names flags and counts alone.
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion
        | ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::NoEquals
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues
        | ErrorKind::ArgumentConflict
        | ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand => return error.render(),
        kind => kind.as_str().unwrap_or("the command line cannot be read").to_owned(),
    };
    let mut tips: Vec<String> =
        [(ContextKind::SuggestedSubcommand, "command"), (ContextKind::SuggestedArg, "argument"), (ContextKind::SuggestedValue, "value")]
            .into_iter()
            .filter_map(|(kind, what)| similar(error.get(kind)?, what))
            .collect();
    if error.kind() == ErrorKind::UnknownArgument && tips.is_empty() && text(ContextKind::InvalidArg).starts_with('-') {
        tips.push(DASHED.to_owned());
    }
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => Some(usage),
        _ => None,
    };
    lines(&head, &tips, usage)
}

fn lines(head: &str, tips: &[String], usage: Option<&StyledStr>) -> StyledStr {
    let mut text = format!("{ERROR}error:{RESET} {head}");
    for (at, tip) in tips.iter().enumerate() {
        let gap = if at == 0 { "\n\n" } else { "\n" };
        let _ = write!(text, "{gap}  {HINT}tip:{RESET} {tip}");
    }
    if let Some(usage) = usage {
        let _ = write!(text, "\n\n{}", usage.ansi());
    }
    text.push_str("\n\nFor more information, try '--help'.\n");
    StyledStr::from(text)
}

fn unknown(typed: &str, root: &Command, words: &[OsString]) -> String {
    match typed.strip_prefix("--") {
        Some(name) if is_flag(root, name) => format!("unexpected argument '{typed}' found"),
        Some(name) if is_flag_of_aws(name) => format!("'{typed}' is an option of AWS that coldseal does not have"),
        _ => match place(typed, words) {
            Some(place) => unexpected(place),
            None => "unexpected argument".to_owned(),
        },
    }
}

fn unexpected(place: usize) -> String {
    format!("unexpected argument: {}", word(Some(place)))
}

fn word(place: Option<usize>) -> String {
    let place = place.map(|place| format!("word {place} of the command line")).unwrap_or_else(|| "a word".to_owned());
    format!("{place}, not repeated here as it may be a value")
}

/// Where a word stands, the program's name not counted.
fn place(typed: &str, words: &[OsString]) -> Option<usize> {
    let is_it =
        |word: &OsStr| word.to_str().and_then(|word| word.strip_prefix(typed)).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
    words.iter().skip(1).position(|word| is_it(word)).map(|at| at + 1)
}

fn is_flag(command: &Command, name: &str) -> bool {
    let has = |arg: &clap::Arg| arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name));
    command.get_arguments().any(has) || command.get_subcommands().any(|below| is_flag(below, name))
}

/// Why a value is none, without the value, with which a range's reason begins.
fn reason(error: &Error, typed: &str) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let rest = source.strip_prefix(typed).map(|rest| format!("it{rest}"));
    let reason = rest.unwrap_or(source);
    if reason.is_empty() || reason.contains(typed) { String::new() } else { format!(": {reason}") }
}

fn possible(error: &Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => format!("\n  [possible values: {}]", values.join(", ")),
        _ => String::new(),
    }
}

/// Names of ours that are like what was typed.
fn similar(known: &ContextValue, what: &str) -> Option<String> {
    match known {
        ContextValue::String(one) => Some(format!("a similar {what} exists: '{one}'")),
        ContextValue::Strings(several) => match several.as_slice() {
            [] => None,
            [one] => Some(format!("a similar {what} exists: '{one}'")),
            several => Some(format!("some similar {what}s exist: '{}'", several.join("', '"))),
        },
        _ => None,
    }
}
