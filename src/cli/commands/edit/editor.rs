//! Which editor, and how it runs.

use std::{ffi::OsString, path::Path};

use crate::{
    cli::{
        environment::Environment,
        failure::{Failure, Outcome},
        inputs::Inputs,
        program::{Inherited, exit_code, is_from_terminal, program, spawn, until_it_ends},
        usage::ConfigError,
    },
    error::Error,
};

/// The first that is set, by name.
const VARIABLES: [&str; 3] = ["COLDSEAL_EDITOR", "VISUAL", "EDITOR"];
/// As POSIX has it where none is set.
const DEFAULT: &str = "vi";

/// A program with its arguments.
#[derive(Debug)]
pub(super) struct Editor(Vec<OsString>);

impl Editor {
    /// # Errors
    /// A variable with a quote that is not closed, or nothing but spaces.
    pub(super) fn of(environment: &Environment) -> Result<Self, ConfigError> {
        let set = VARIABLES.iter().find_map(|name| Some((*name, environment.text(name)?)));
        let Some((name, text)) = set else { return Ok(Self(vec![DEFAULT.into()])) };
        let words = words(&text).filter(|words| !words.is_empty());
        words.map(Self).ok_or_else(|| ConfigError::new(format!("{name} is no command: a quote is not closed, or there is no word")))
    }

    /// Runs it on a file and waits. Where a signal came that was not typed, the editor gets it, and its end is this command's.
    ///
    /// # Errors
    /// It does not start, or ends with another exit code than 0: then nothing is to be changed.
    pub(super) fn run(&self, inputs: &Inputs, file: &Path) -> Outcome {
        let prompter = &inputs.prompter;
        let mut command = program(&self.0, Inherited::All, inputs.in_use())?;
        let mut child = spawn(command.arg(file))?;
        let mut signalled = None;
        let ended = until_it_ends(&mut child, prompter, |signal| {
            if !is_from_terminal(signal) {
                signalled = Some(signal);
            }
        });
        let code = exit_code(ended.map_err(|error| Error::io("wait for the editor", error))?);
        // One that came with its end is of this round, too.
        signalled = signalled.or(prompter.take_signal().filter(|signal| !is_from_terminal(*signal)));
        match (signalled, code) {
            (Some(signal), _) => Err(Failure::Ended(128 + signal)),
            (None, 0) => Ok(()),
            (None, code) => Err(Error::setup(format!("the editor ended with exit code {code}")).into()),
        }
    }
}

/// The words of a command: split at white space, but for what is in single or double quotes. No word has any other meaning; `None` where a quote is
/// not closed.
fn words(text: &str) -> Option<Vec<OsString>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take().map(OsString::from)),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word.map(OsString::from));
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_into_words() {
        for (text, expected) in [
            ("vi", Some(&["vi"][..])),
            (" code  --wait\t", Some(&["code", "--wait"])),
            ("vim -c 'set nobackup noundofile' -n", Some(&["vim", "-c", "set nobackup noundofile", "-n"])),
            (r#""/a b/ed" x'y z'"#, Some(&["/a b/ed", "xy z"])),
            ("ed '' \"'\"", Some(&["ed", "", "'"])),
            (r"a\ b", Some(&[r"a\", "b"])),
            ("  ", Some(&[])),
            ("ed 'x", None),
            ("ed \"x", None),
        ] {
            let expected = expected.map(|words| words.iter().map(OsString::from).collect::<Vec<_>>());
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn the_first_variable_that_is_set_names_it() {
        let editor = |variables: &[(&str, &str)]| {
            Editor::of(&Environment::fixed(variables)).map(|Editor(words)| words).map_err(|error| error.message)
        };
        assert_eq!(editor(&[]), Ok(vec!["vi".into()]));
        assert_eq!(editor(&[("EDITOR", "ed"), ("VISUAL", "")]), Ok(vec!["ed".into()]));
        assert_eq!(editor(&[("EDITOR", "ed"), ("VISUAL", "vim")]), Ok(vec!["vim".into()]));
        assert_eq!(editor(&[("VISUAL", "vim"), ("COLDSEAL_EDITOR", "nano -R")]), Ok(vec!["nano".into(), "-R".into()]));
        for text in [" ", "'"] {
            let expected = "EDITOR is no command: a quote is not closed, or there is no word";
            assert_eq!(editor(&[("EDITOR", text)]), Err(expected.to_owned()), "{text}");
        }
    }
}
