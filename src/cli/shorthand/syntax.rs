//! The AWS CLI's shorthand syntax: `Key=a,Value=b`, lists `L=a,b` and `L=[a,b]`, structures `S={k=v}`, quotes, `\,`, and `k@=file://…`.
//!
//! Text in, JSON out; what `k@=` names is loaded by the caller. `fuzz/` takes this file as it is.

use serde_json::{Map, Value};

/// Loads the value of `k@=…`: `None` when it names no file and stands for itself.
pub(crate) type Load<'a, E> = dyn FnMut(&str) -> Result<Option<String>, E> + 'a;

/// What a key can be written with.
#[must_use]
pub(crate) fn is_key_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_.#/:".contains(character)
}

/// Why a word is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault<E> {
    /// It does not follow the syntax.
    Syntax {
        /// What was expected; of the word at most a key that stands in it twice.
        what: String,
        /// The place, counted in characters from 0.
        at: usize,
    },
    /// A value of `k@=…` could not be loaded.
    Load(E),
}

/// Parses one word to its end. Scalars are strings. Without `load`, `@=` is the same as `=`.
///
/// # Errors
/// The first [`Fault`].
pub(crate) fn parse<E>(word: &str, load: Option<&mut Load<'_, E>>) -> Result<Map<String, Value>, Fault<E>> {
    Parser { word: word.chars().collect(), at: 0, depth: 0, is_loaded: false, load }.parameter()
}

/// Nested lists and structures deeper than this are refused before the stack is at risk.
const DEPTH_LIMIT: usize = 64;

struct Parser<'p, 'a, E> {
    word: Vec<char>,
    at: usize,
    depth: usize,
    /// The value that is being read follows `@=`.
    is_loaded: bool,
    load: Option<&'p mut Load<'a, E>>,
}

impl<E> Parser<'_, '_, E> {
    fn parameter(&mut self) -> Result<Map<String, Value>, Fault<E>> {
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

    fn key_and_sign(&mut self) -> Result<String, Fault<E>> {
        let key = self.take_while(is_key_character);
        self.skip_spaces();
        self.is_loaded = self.current() == Some('@');
        if self.is_loaded {
            self.at += 1;
        }
        self.expect_spaced('=')?;
        Ok(key)
    }

    fn values(&mut self) -> Result<Value, Fault<E>> {
        match self.current() {
            None => Ok(Value::String(String::new())),
            Some('[' | '{') => self.nested(),
            Some(_) => self.comma_list(),
        }
    }

    /// `foo=a` is a string, `foo=a,b` a list; in `foo=a,b=c` the last comma starts the next member.
    fn comma_list(&mut self) -> Result<Value, Fault<E>> {
        let mut values = vec![self.scalar()?];
        self.skip_spaces();
        while self.current() == Some(',') {
            let comma = self.at;
            self.expect_spaced(',')?;
            let next = if self.current().is_some() { self.later_scalar() } else { Err(self.expected("a value")) };
            self.skip_spaces();
            match next {
                Ok(value) if matches!(self.current(), None | Some(',')) => values.push(value),
                Err(fault) if self.current().is_none() || matches!(fault, Fault::Load(_)) => return Err(fault),
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
    fn nested(&mut self) -> Result<Value, Fault<E>> {
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

    fn explicit_list(&mut self) -> Result<Value, Fault<E>> {
        self.expect_spaced('[')?;
        let is_loaded = self.is_loaded;
        let mut values = Vec::new();
        while self.current() != Some(']') {
            self.is_loaded = is_loaded;
            values.push(self.nested()?);
            self.separator(']')?;
        }
        self.expect(']')?;
        Ok(Value::Array(values))
    }

    fn structure(&mut self) -> Result<Value, Fault<E>> {
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

    fn separator(&mut self, end: char) -> Result<(), Fault<E>> {
        self.skip_spaces();
        if self.current() == Some(end) { Ok(()) } else { self.expect_spaced(',') }
    }

    /// The first value after a sign, or one within brackets: `=` may stand in it; a closing bracket only begins it.
    fn scalar(&mut self) -> Result<Value, Fault<E>> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            Some(c) if starts_word(c) => self.word(|c| !matches!(c, ']' | '}')),
            _ => self.loaded(String::new()),
        }
    }

    /// A further value of `foo=a,b`: without `=`, so that the next member is recognised.
    fn later_scalar(&mut self) -> Result<Value, Fault<E>> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            Some(c) if starts_word(c) => self.word(|c| c != '='),
            _ => Err(self.expected("a value")),
        }
    }

    fn word(&mut self, may_stand: fn(char) -> bool) -> Result<Value, Fault<E>> {
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
    fn quoted(&mut self, quote: char) -> Result<Value, Fault<E>> {
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

    fn loaded(&mut self, value: String) -> Result<Value, Fault<E>> {
        let content = match &mut self.load {
            Some(load) if self.is_loaded => load(&value).map_err(Fault::Load)?,
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

    fn expect(&mut self, c: char) -> Result<(), Fault<E>> {
        if self.current() != Some(c) {
            return Err(self.expected(&format!("'{c}'")));
        }
        self.at += 1;
        Ok(())
    }

    fn expect_spaced(&mut self, c: char) -> Result<(), Fault<E>> {
        self.skip_spaces();
        self.expect(c)?;
        self.skip_spaces();
        Ok(())
    }

    fn expected(&self, what: &str) -> Fault<E> {
        let found = if self.current().is_none() { ", received the end" } else { "" };
        Fault::Syntax { what: format!("Expected {what}{found}"), at: self.at }
    }
}

fn insert<E>(members: &mut Map<String, Value>, key: String, value: Value, at: usize) -> Result<(), Fault<E>> {
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
