//! The AWS CLI's shorthand syntax: `Key=a,Value=b`, lists `L=a,b` and `L=[a,b]`, structures `S={k=v}`, quotes, `\,`, and `k@=file://…`.

use serde_json::{Map, Value};

use super::usage::UsageError;

/// Loads the value of `k@=…`: `None` when it names no file and stands for itself.
pub(crate) type Resolve<'a> = dyn FnMut(&str) -> Result<Option<String>, UsageError> + 'a;

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
    resolve: Option<&'a mut Resolve<'a>>,
}

impl<'a> Shorthand<'a> {
    pub(crate) const fn new(parameter: &'a str, echo: Echo) -> Self {
        Self { parameter, echo, resolve: None }
    }

    /// With files for `k@=file://…`; without them, `@=` is the same as `=`.
    pub(crate) fn with_files(mut self, resolve: &'a mut Resolve<'a>) -> Self {
        self.resolve = Some(resolve);
        self
    }

    /// One word, to its end. Scalars are strings.
    pub(crate) fn parse(&mut self, word: &str) -> Result<Map<String, Value>, UsageError> {
        let mut parser = Parser { word: word.chars().collect(), at: 0, depth: 0, load: false, resolve: self.resolve.as_deref_mut() };
        match parser.parameter() {
            Ok(members) => Ok(members),
            Err(Fault::Syntax { what, at }) => {
                let word = parser.word;
                Err(self.describe(&word, &what, at))
            }
            Err(Fault::File(error)) => Err(error),
        }
    }

    fn describe(&self, word: &[char], what: &str, at: usize) -> UsageError {
        if self.echo == Echo::Hidden {
            return UsageError::parameter(self.parameter, format!("{what} at character {}", at + 1));
        }
        let (before, after) = word.split_at_checked(at).unwrap_or((word, &[]));
        let column = before.iter().rev().take_while(|c| **c != '\n').count();
        let rest: String = after.iter().collect();
        let (line, rest) = rest.split_once('\n').map_or((rest.as_str(), String::new()), |(line, rest)| (line, format!("\n{rest}")));
        let before: String = before.iter().collect();
        let caret = " ".repeat(column) + "^";
        UsageError::parameter(self.parameter, format!("{what} for input:\n{before}{line}\n{caret}{rest}"))
    }
}

/// What a key can be written with.
pub(super) fn is_key_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_.#/:".contains(character)
}

enum Fault {
    Syntax { what: String, at: usize },
    File(UsageError),
}

/// Nested lists and structures deeper than this are refused before the stack is at risk.
const DEPTH_LIMIT: usize = 64;

struct Parser<'p, 'a> {
    word: Vec<char>,
    at: usize,
    depth: usize,
    /// The value that is being read follows `@=`.
    load: bool,
    resolve: Option<&'p mut Resolve<'a>>,
}

impl Parser<'_, '_> {
    fn parameter(&mut self) -> Result<Map<String, Value>, Fault> {
        let mut members = Map::new();
        loop {
            let start = self.at;
            let key = self.key_and_sign()?;
            let value = self.values()?;
            insert(&mut members, key, value, start)?;
            if self.current().is_none() {
                return Ok(members);
            }
            self.expect_spaced(',')?;
        }
    }

    fn key_and_sign(&mut self) -> Result<String, Fault> {
        let key = self.take_while(is_key_character);
        self.skip_spaces();
        self.load = self.current() == Some('@');
        if self.load {
            self.at += 1;
        }
        self.expect_spaced('=')?;
        Ok(key)
    }

    fn values(&mut self) -> Result<Value, Fault> {
        match self.current() {
            None => Ok(Value::String(String::new())),
            Some('[' | '{') => self.nested(),
            Some(_) => self.comma_list(),
        }
    }

    /// `foo=a` is a string, `foo=a,b` a list; in `foo=a,b=c` the last comma starts the next member.
    fn comma_list(&mut self) -> Result<Value, Fault> {
        let mut values = vec![self.scalar()?];
        self.skip_spaces();
        while self.current() == Some(',') {
            let comma = self.at;
            self.expect_spaced(',')?;
            let next = if self.current().is_some() { self.later_scalar() } else { Err(self.expected("a value")) };
            self.skip_spaces();
            match next {
                Ok(value) if matches!(self.current(), None | Some(',')) => values.push(value),
                Err(fault) if self.current().is_none() || matches!(fault, Fault::File(_)) => return Err(fault),
                Ok(_) | Err(_) => {
                    self.at = comma;
                    break;
                }
            }
        }
        match <[Value; 1]>::try_from(values) {
            Ok([value]) => Ok(value),
            Err(values) => Ok(Value::Array(values)),
        }
    }

    /// A value within brackets.
    fn nested(&mut self) -> Result<Value, Fault> {
        if self.depth == DEPTH_LIMIT {
            return Err(Fault::Syntax { what: format!("Nested deeper than {DEPTH_LIMIT} levels"), at: self.at });
        }
        self.depth += 1;
        let value = match self.current() {
            Some('[') => self.explicit_list(),
            Some('{') => self.structure(),
            _ => self.scalar(),
        };
        self.depth -= 1;
        value
    }

    fn explicit_list(&mut self) -> Result<Value, Fault> {
        self.expect_spaced('[')?;
        let load = self.load;
        let mut values = Vec::new();
        while self.current() != Some(']') {
            self.load = load;
            values.push(self.nested()?);
            self.separator(']')?;
        }
        self.expect(']')?;
        Ok(Value::Array(values))
    }

    fn structure(&mut self) -> Result<Value, Fault> {
        self.expect_spaced('{')?;
        let mut members = Map::new();
        while self.current() != Some('}') {
            let start = self.at;
            let key = self.key_and_sign()?;
            let value = self.nested()?;
            insert(&mut members, key, value, start)?;
            self.separator('}')?;
        }
        self.expect('}')?;
        Ok(Value::Object(members))
    }

    fn separator(&mut self, end: char) -> Result<(), Fault> {
        self.skip_spaces();
        if self.current() == Some(end) { Ok(()) } else { self.expect_spaced(',') }
    }

    /// The first value after a sign, or one within brackets: `=` may stand in it; a closing bracket only begins it.
    fn scalar(&mut self) -> Result<Value, Fault> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            Some(c) if starts_word(c) => self.word(|c| !matches!(c, ']' | '}')),
            _ => self.loaded(String::new()),
        }
    }

    /// A further value of `foo=a,b`: without `=`, so that the next member is recognised.
    fn later_scalar(&mut self) -> Result<Value, Fault> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            Some(c) if starts_word(c) => self.word(|c| c != '='),
            _ => Err(self.expected("a value")),
        }
    }

    fn word(&mut self, may_stand: fn(char) -> bool) -> Result<Value, Fault> {
        let mut value = String::new();
        let start = self.at;
        while let Some(c) = self.current() {
            if c == '\\' && self.word.get(self.at + 1) == Some(&',') {
                value.push(',');
                self.at += 2;
            } else if matches!(c, '"' | '\'' | ',') || (c.is_control() && !c.is_whitespace()) || (self.at > start && !may_stand(c)) {
                break;
            } else {
                value.push(c);
                self.at += 1;
            }
        }
        value.truncate(value.trim_end().len());
        self.loaded(value)
    }

    /// Within quotes, `\` before the quote or before another `\` is taken away.
    fn quoted(&mut self, quote: char) -> Result<Value, Fault> {
        let start = self.at;
        let mut value = String::new();
        loop {
            self.at += 1;
            match self.current() {
                None => return Err(Fault::Syntax { what: "No closing quote".to_owned(), at: start }),
                Some(c) if c == quote => break,
                Some('\\') if self.word.get(self.at + 1).is_some_and(|next| *next == quote || *next == '\\') => {
                    self.at += 1;
                    value.extend(self.current());
                }
                Some(c) => value.push(c),
            }
        }
        self.at += 1;
        self.loaded(value)
    }

    fn loaded(&mut self, value: String) -> Result<Value, Fault> {
        let content = match &mut self.resolve {
            Some(resolve) if self.load => resolve(&value).map_err(Fault::File)?,
            _ => None,
        };
        Ok(Value::String(content.unwrap_or(value)))
    }

    fn current(&self) -> Option<char> {
        self.word.get(self.at).copied()
    }

    fn take_while(&mut self, holds: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.current().is_some_and(&holds) {
            self.at += 1;
        }
        self.word.get(start..self.at).into_iter().flatten().collect()
    }

    fn skip_spaces(&mut self) {
        self.take_while(|c| c.is_whitespace());
    }

    fn expect(&mut self, c: char) -> Result<(), Fault> {
        if self.current() != Some(c) {
            return Err(self.expected(&format!("'{c}'")));
        }
        self.at += 1;
        Ok(())
    }

    fn expect_spaced(&mut self, c: char) -> Result<(), Fault> {
        self.skip_spaces();
        self.expect(c)?;
        self.skip_spaces();
        Ok(())
    }

    fn expected(&self, what: &str) -> Fault {
        let found = if self.current().is_none() { ", received the end" } else { "" };
        Fault::Syntax { what: format!("Expected {what}{found}"), at: self.at }
    }
}

fn insert(members: &mut Map<String, Value>, key: String, value: Value, at: usize) -> Result<(), Fault> {
    if members.contains_key(&key) {
        let what = format!("Second instance of key \"{key}\" (is there a \",\" in place of a space?)");
        return Err(Fault::Syntax { what, at });
    }
    members.insert(key, value);
    Ok(())
}

fn starts_word(c: char) -> bool {
    !matches!(c, '"' | '\'' | ',' | '=' | '[' | '{') && !c.is_whitespace() && !c.is_control()
}

#[cfg(test)]
mod tests;
