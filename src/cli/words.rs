//! The words of a command line before clap reads them: what the AWS CLI takes there and clap would not.
//!
//! Flags may be cut short, a value may begin with a dash, `help` may stand as a word. Words become the ones that clap reads alike; nothing is checked that
//! clap checks itself.

mod aws_commands;
mod flags;
#[cfg(test)]
mod tests;

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use clap::{Arg, Command};

pub(crate) use self::flags::is_flag_of_aws;

use self::{
    aws_commands::{NotHere, not_here},
    flags::{MeantFlag, find},
};

const HELP: &str = "help";

/// Why there is nothing for clap to read. No text holds a word that could be a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefusedWords {
    /// The commands that were typed before it, for instance `kms`, `create-key`.
    pub(crate) commands: Vec<String>,
    pub(crate) problem: WordProblem,
}

/// What is wrong with a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WordProblem {
    /// A flag cut so short that it could be each of these.
    Ambiguous {
        typed: String,
        flags: Vec<String>,
    },
    NotHere(NotHere),
    /// A word with one dash that is no flag; which one, counted from 1.
    NoFlag(usize),
}

/// The words as clap reads them.
pub(crate) fn for_clap(root: &Command, words: Vec<OsString>) -> Result<Vec<OsString>, RefusedWords> {
    let mut reader =
        Reader { root, command: root, commands: Vec::new(), waiting: None, is_argument_given: false, wants_help: false, read: Vec::new() };
    let mut words = words.into_iter().enumerate();
    reader.read.extend(words.next().map(|(_, program)| program));
    for (place, word) in words.by_ref() {
        if word == "--" {
            reader.read.push(word);
            break;
        }
        reader.word(place, word).map_err(|problem| RefusedWords { commands: reader.commands.clone(), problem })?;
    }
    let Reader { mut read, wants_help, .. } = reader;
    read.extend(words.map(|(_, word)| word));
    if wants_help {
        read.push("--help".into());
    }
    Ok(read)
}

/// A flag whose values may follow.
struct Waiting {
    flag: String,
    left: usize,
    /// Once a value has been joined to its flag, those behind it have to be.
    is_joined: bool,
}

struct Reader<'a> {
    root: &'a Command,
    command: &'a Command,
    commands: Vec<String>,
    waiting: Option<Waiting>,
    /// Whether the command has been given anything that is not global.
    is_argument_given: bool,
    wants_help: bool,
    read: Vec<OsString>,
}

impl Reader<'_> {
    fn word(&mut self, place: usize, word: OsString) -> Result<(), WordProblem> {
        let Some(text) = word.to_str() else {
            self.plain(word);
            return Ok(());
        };
        match text.strip_prefix('-') {
            None | Some("") => self.plain_text(text),
            Some(rest) => match rest.strip_prefix('-') {
                Some(long) => self.long(long),
                None => self.short(place, text, rest),
            },
        }
    }

    /// Something without a dash: a value, a command or an argument.
    fn plain_text(&mut self, text: &str) -> Result<(), WordProblem> {
        if self.waiting.is_none() {
            if let Some(command) = self.command.find_subcommand(text) {
                (self.command, self.is_argument_given) = (command, false);
                self.commands.push(command.get_name().to_owned());
                self.read.push(text.into());
                return Ok(());
            }
            if text == HELP && self.takes_help() {
                self.wants_help = true;
                return Ok(());
            }
            if self.command.has_subcommands() {
                not_here(&self.commands, text).map_or(Ok(()), |command| Err(WordProblem::NotHere(command)))?;
            }
        }
        self.plain(text.into());
        Ok(())
    }

    /// A group of commands, or a command that has been given nothing; one that takes files may be given one of this name.
    fn takes_help(&self) -> bool {
        let takes_files = self.command.get_positionals().next().is_some();
        self.command.has_subcommands() || !(self.is_argument_given || takes_files && Path::new(HELP).exists())
    }

    fn plain(&mut self, word: OsString) {
        match self.waiting.take() {
            Some(waiting) if waiting.is_joined => self.join(waiting, &word),
            Some(waiting) => {
                self.read.push(word);
                self.wait(waiting);
            }
            None => {
                self.is_argument_given = true;
                self.read.push(word);
            }
        }
    }

    /// `--flag`, `--fl`, `--flag=value`, or a value that looks like it.
    fn long(&mut self, long: &str) -> Result<(), WordProblem> {
        let (typed, value) = match long.split_once('=') {
            Some((typed, value)) => (typed, Some(value)),
            None => (long, None),
        };
        match find(self.root, self.command, &self.commands, typed) {
            MeantFlag::One(arg, name) => {
                self.is_argument_given |= !arg.is_global_set();
                self.waiting = if value.is_none() { waiting(arg, &name) } else { None };
                let value = value.map(|value| format!("={value}")).unwrap_or_default();
                self.read.push(format!("--{name}{value}").into());
            }
            MeantFlag::Several(flags) => return Err(WordProblem::Ambiguous { typed: format!("--{typed}"), flags }),
            MeantFlag::None => self.dashed(format!("--{long}")),
        }
        Ok(())
    }

    /// `-o`, `-oFILE`, `-h`, a number, or a value that begins with a dash.
    fn short(&mut self, place: usize, text: &str, rest: &str) -> Result<(), WordProblem> {
        if self.waiting.is_some() && is_value(text) {
            self.dashed(text.to_owned());
            return Ok(());
        }
        let mut letters = rest.chars();
        let (first, is_alone) = (letters.next(), letters.next().is_none());
        let flag = self.command.get_arguments().find(|arg| arg.get_short().is_some() && arg.get_short() == first);
        let is_known = match flag {
            Some(arg) => is_alone || arg.get_action().takes_values(),
            // Clap would take what follows for more flags: of `-hunter2` the first is help.
            None => is_alone && matches!(first, Some('h' | 'V')),
        };
        if !is_known {
            return Err(WordProblem::NoFlag(place));
        }
        self.is_argument_given |= flag.is_some();
        self.waiting = flag.filter(|_| is_alone).and_then(|arg| waiting(arg, arg.get_long()?));
        self.read.push(text.into());
        Ok(())
    }

    /// What begins with a dash and is no flag: joined to the flag that waits for it where the AWS CLI would do so, else left to clap.
    fn dashed(&mut self, word: String) {
        match self.waiting.take() {
            Some(waiting) if is_value(&word) => self.join(waiting, OsStr::new(&word)),
            _ => self.read.push(word.into()),
        }
    }

    fn join(&mut self, waiting: Waiting, word: &OsStr) {
        let mut joined = OsString::from(format!("--{}=", waiting.flag));
        joined.push(word);
        // The flag itself has been read: without a value of its own it goes.
        if self.read.last().is_some_and(|last| *last == *format!("--{}", waiting.flag)) {
            self.read.pop();
        }
        self.read.push(joined);
        self.wait(Waiting { is_joined: true, ..waiting });
    }

    /// One value of the flag has been read.
    fn wait(&mut self, waiting: Waiting) {
        let left = waiting.left.saturating_sub(1);
        self.waiting = (left > 0).then_some(Waiting { left, ..waiting });
    }
}

fn waiting(arg: &Arg, name: &str) -> Option<Waiting> {
    let takes_values = arg.get_action().takes_values();
    let left = arg.get_num_args().map_or(1, |count| count.max_values());
    takes_values.then(|| Waiting { flag: name.to_owned(), left, is_joined: false })
}

/// Whether the AWS CLI takes a word for a value though it begins with a dash and stands behind a flag: a space in it, or a number (Python's `argparse`).
fn is_value(word: &str) -> bool {
    let is_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let is_number = word.strip_prefix('-').is_some_and(|number| match number.split_once('.') {
        Some((whole, part)) => is_digits(whole) && is_digits(part) && !part.is_empty(),
        None => is_digits(number) && !number.is_empty(),
    });
    is_number || word.contains(' ')
}
