//! Parameters in the AWS CLI's shorthand syntax, and what an error may show of them.

mod syntax;

use serde_json::{Map, Value};

use self::syntax::{Fault, Load, parse};
use super::usage::UsageError;

pub(super) use syntax::is_key_character;

/// Whether an error may repeat what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    /// The word is shown with a caret under the place, as the AWS CLI does.
    Input,
    /// For values that are secret: the error has the position only.
    Hidden,
}

/// Parses the words of one parameter.
pub(crate) struct Shorthand<'a> {
    parameter: &'a str,
    echo: Echo,
    load: Option<&'a mut Load<'a, UsageError>>,
}

impl<'a> Shorthand<'a> {
    pub(crate) const fn new(parameter: &'a str, echo: Echo) -> Self {
        Self { parameter, echo, load: None }
    }

    /// With files for `k@=file://…`; without them, `@=` is the same as `=`.
    pub(crate) fn with_files(mut self, load: &'a mut Load<'a, UsageError>) -> Self {
        self.load = Some(load);
        self
    }

    /// One word, to its end. Scalars are strings.
    pub(crate) fn parse(&mut self, word: &str) -> Result<Map<String, Value>, UsageError> {
        parse(word, self.load.as_deref_mut()).map_err(|fault| match fault {
            Fault::Syntax { what, at } => self.describe(word, &what, at),
            Fault::Load(error) => error,
        })
    }

    fn describe(&self, word: &str, what: &str, at: usize) -> UsageError {
        if self.echo == Echo::Hidden {
            return UsageError::parameter(self.parameter, format!("{what} at character {}", at + 1));
        }
        let place = word.char_indices().nth(at).map_or(word.len(), |(place, _)| place);
        let (before, after) = word.split_at(place);
        let column = before.chars().rev().take_while(|c| *c != '\n').count();
        let (line, rest) = after.split_once('\n').map_or((after, String::new()), |(line, rest)| (line, format!("\n{rest}")));
        let caret = " ".repeat(column) + "^";
        UsageError::parameter(self.parameter, format!("{what} for input:\n{before}{line}\n{caret}{rest}"))
    }
}

#[cfg(test)]
mod tests;
