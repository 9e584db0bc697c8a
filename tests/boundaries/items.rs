//! What one file says that reaches outside it: its modules, its imports, the paths it names; without what is for tests only.

use std::collections::BTreeSet;

use super::tokens::{Kind, Token, tokens};

/// A path as it is written, from the module of the file on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// One name that a `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) path: Path,
    /// What it is called here; `*` brings in all there is.
    pub(crate) name: String,
    /// `pub`, or `pub(crate)`: others may mean it.
    pub(crate) is_handed_on: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Items {
    /// The code that is not for tests.
    pub(crate) code: Vec<Token>,
    /// Modules that are for tests.
    pub(crate) test_modules: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    pub(crate) paths: Vec<Path>,
    /// What the file defines.
    pub(crate) defined: BTreeSet<String>,
    /// Every name outside `use`.
    pub(crate) named: BTreeSet<String>,
}

impl Items {
    pub(crate) fn read(source: &str) -> Self {
        let mut items = Self::default();
        let tokens = tokens(source);
        items.without_tests(&tokens);
        let code = std::mem::take(&mut items.code);
        items.read_code(&code);
        items.code = code;
        items
    }

    fn without_tests(&mut self, tokens: &[Token]) {
        let mut rest = tokens;
        while let [token, after @ ..] = rest {
            let Some(item) = after_test_attribute(rest) else {
                self.code.push(token.clone());
                rest = after;
                continue;
            };
            let (item, after) = item.split_at(length_of_item(item));
            let mut names = item.iter().skip_while(|token| token.name() != Some("mod")).skip(1);
            self.test_modules.extend(names.next().and_then(Token::name).map(str::to_owned));
            rest = after;
        }
    }

    fn read_code(&mut self, code: &[Token]) {
        let mut rest = code;
        // `pub`, or `pub(…)`, was the last thing read.
        let mut is_public = false;
        while let [token, after @ ..] = rest {
            match token.name() {
                Some("pub") => {
                    is_public = true;
                    let scope = if after.first().is_some_and(|token| token.is('(')) { length_of_group(after) } else { 0 };
                    rest = after.get(scope..).unwrap_or_default();
                    continue;
                }
                Some("use") if !after.first().is_some_and(|token| token.is('<')) => {
                    let length = after.iter().position(|token| token.is(';')).unwrap_or(after.len());
                    let (tree, after) = after.split_at(length);
                    read_tree(tree, &[], is_public, &mut self.imports);
                    (rest, is_public) = (after, false);
                    continue;
                }
                Some("mod") => {
                    (rest, is_public) = (after.get(1..).unwrap_or_default(), false);
                    continue;
                }
                Some("fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" | "macro_rules") => {
                    let name = after.iter().find(|token| !token.is('!'));
                    self.defined.extend(name.and_then(Token::name).map(str::to_owned));
                }
                _ => {}
            }
            is_public = false;
            if let Some(name) = token.name() {
                self.named.insert(name.to_owned());
                let before = code.get(..code.len() - rest.len()).unwrap_or_default();
                let is_start = !matches!(before, [.., first, second] if first.is(':') && second.is(':'));
                if let Some(segments) = path(rest).filter(|_| is_start) {
                    self.named.extend(segments.iter().cloned());
                    self.paths.push(Path { segments, line: token.line });
                }
            }
            rest = after;
        }
    }
}

/// The path of two segments or more that begins here.
fn path(tokens: &[Token]) -> Option<Vec<String>> {
    let mut segments = vec![tokens.first()?.name()?.to_owned()];
    let mut rest = tokens.get(1..)?;
    while let [first, second, name, after @ ..] = rest
        && first.is(':')
        && second.is(':')
        && let Some(name) = name.name()
    {
        segments.push(name.to_owned());
        rest = after;
    }
    Some(segments).filter(|segments| segments.len() > 1)
}

/// The names of a `use` without its keyword and semicolon, at any depth of braces.
fn read_tree(tree: &[Token], prefix: &[String], is_handed_on: bool, imports: &mut Vec<Import>) {
    let (mut segments, mut rest) = (prefix.to_vec(), tree);
    let line = tree.first().map_or(0, |token| token.line);
    let mut name = None;
    while let [token, after @ ..] = rest {
        rest = after;
        match &token.kind {
            Kind::Name(word) if word == "as" => name = after.first().and_then(Token::name).map(str::to_owned),
            Kind::Name(word) if name.is_none() => segments.push(word.clone()),
            Kind::Punct('*') => name = Some("*".to_owned()),
            Kind::Punct('{') => {
                let inner = after.split_last().map_or(&[][..], |(_, inner)| inner);
                return split_at_commas(inner).into_iter().for_each(|tree| read_tree(tree, &segments, is_handed_on, imports));
            }
            _ => {}
        }
    }
    // `a::{self}` is `a`.
    if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
        segments.pop();
    }
    let Some(name) = name.or_else(|| segments.last().cloned()) else { return };
    imports.push(Import { path: Path { segments, line }, name, is_handed_on });
}

fn split_at_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0;
    let parts = tokens.split(|token| {
        depth += i32::from(token.is('{')) - i32::from(token.is('}'));
        depth == 0 && token.is(',')
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// What stands behind `#[cfg(test)]`, or behind `#[cfg(all(test, …))]`.
fn after_test_attribute(tokens: &[Token]) -> Option<&[Token]> {
    let [hash, after @ ..] = tokens else { return None };
    let attribute = hash.is('#').then(|| after.get(..length_of_group(after))).flatten()?;
    let words: Vec<_> = attribute.iter().filter_map(Token::name).collect();
    let is_test = matches!(words.as_slice(), ["cfg", "test"] | ["cfg", "all", "test", ..]);
    is_test.then(|| after.get(attribute.len()..)).flatten()
}

/// An item, with further attributes before it; a field, a variant or an arm ends with its comma.
fn length_of_item(tokens: &[Token]) -> usize {
    const ITEMS: &str = " pub fn struct enum union trait type const static mod use impl unsafe async extern macro_rules ";
    let mut at = 0;
    while tokens.get(at).is_some_and(|token| token.is('#')) {
        at += 1 + length_of_group(tokens.get(at + 1..).unwrap_or_default());
    }
    let is_item = tokens.get(at).and_then(Token::name).is_some_and(|name| ITEMS.contains(&format!(" {name} ")));
    while let Some(token) = tokens.get(at) {
        let group = length_of_group(tokens.get(at..).unwrap_or_default());
        at += group.max(1);
        if token.is('{') || token.is(';') || (token.is(',') && !is_item) {
            return at;
        }
        if group == 0 && (token.is('}') || token.is(')')) {
            return at - 1;
        }
    }
    at
}

/// From an opening bracket to the one that closes it; 0 where there is none.
fn length_of_group(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Punct('(' | '[' | '{') => depth += 1,
            Kind::Punct(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth <= 0 {
            return if at == 0 { 0 } else { at + 1 };
        }
    }
    tokens.len()
}
