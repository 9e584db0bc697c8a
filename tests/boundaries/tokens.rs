//! Rust source as tokens: comments and doc comments are gone, a literal is one token, and so is a name.

use std::{iter::Peekable, str::Chars};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Name(String),
    /// A string literal, as it is written between its quotes.
    Text(String),
    Punct(char),
    /// A number, a character or a lifetime.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is(&self, punct: char) -> bool {
        self.kind == Kind::Punct(punct)
    }

    pub(crate) fn name(&self) -> Option<&str> {
        if let Kind::Name(name) = &self.kind { Some(name) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }
}

pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { rest: source.chars().peekable(), line: 1 };
    let mut tokens = Vec::new();
    loop {
        let line = reader.line;
        let Some(char) = reader.next() else { return tokens };
        let kind = match char {
            '/' if reader.peek() == Some('/') => {
                reader.take_while(|char| char != '\n');
                continue;
            }
            '/' if reader.peek() == Some('*') => {
                reader.block_comment();
                continue;
            }
            char if char.is_whitespace() => continue,
            '"' => Kind::Text(reader.text()),
            '\'' => reader.char_or_lifetime(),
            char if char.is_ascii_digit() => {
                reader.take_while(is_of_name);
                Kind::Other
            }
            char if is_of_name(char) => {
                let name = format!("{char}{}", reader.take_while(is_of_name));
                reader.prefixed(name)
            }
            char => Kind::Punct(char),
        };
        tokens.push(Token { kind, line });
    }
}

fn is_of_name(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let char = self.rest.next();
        self.line += usize::from(char == Some('\n'));
        char
    }

    fn peek(&mut self) -> Option<char> {
        self.rest.peek().copied()
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while self.peek().is_some_and(&belongs) {
            taken.extend(self.next());
        }
        taken
    }

    /// After its slash; comments nest.
    fn block_comment(&mut self) {
        let (mut depth, mut before) = (0, '/');
        while let Some(char) = self.next() {
            match (before, char) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    before = char;
                    continue;
                }
            }
            if depth == 0 {
                return;
            }
            before = ' ';
        }
    }

    /// After its first quote.
    fn text(&mut self) -> String {
        let mut text = String::new();
        while let Some(char) = self.next() {
            match char {
                '"' => break,
                '\\' => {
                    text.push(char);
                    text.extend(self.next());
                }
                char => text.push(char),
            }
        }
        text
    }

    /// What a name is in front of: a literal of bytes, a raw one, a raw name, or nothing of that.
    fn prefixed(&mut self, name: String) -> Kind {
        match (name.as_str(), self.peek()) {
            ("b" | "c", Some('"')) => {
                self.next();
                Kind::Text(self.text())
            }
            ("b", Some('\'')) => {
                self.next();
                self.char_or_lifetime()
            }
            ("r" | "br" | "cr", Some('"' | '#')) => self.raw(),
            _ => Kind::Name(name),
        }
    }

    fn raw(&mut self) -> Kind {
        let hashes = self.take_while(|char| char == '#');
        if self.peek() != Some('"') {
            return Kind::Name(self.take_while(is_of_name));
        }
        self.next();
        let (end, mut text) = (format!("\"{hashes}"), String::new());
        while let Some(char) = self.next() {
            text.push(char);
            if let Some(whole) = text.strip_suffix(&end) {
                return Kind::Text(whole.to_owned());
            }
        }
        Kind::Text(text)
    }

    /// After its first quote.
    fn char_or_lifetime(&mut self) -> Kind {
        let first = self.next();
        if first == Some('\\') {
            self.next();
            self.take_while(|char| char != '\'');
            self.next();
        } else if self.peek() == Some('\'') {
            self.next();
        }
        Kind::Other
    }
}
