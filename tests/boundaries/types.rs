//! The types that the source defines, and which of them share a name.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    items::Items,
    tokens::Token,
    tree::{File, Tree},
};

/// The names that more than one file gives to a type, with these files.
pub(crate) fn shared(tree: &Tree) -> BTreeMap<&str, BTreeSet<&File>> {
    let mut files: BTreeMap<&str, BTreeSet<&File>> = BTreeMap::new();
    for (file, items) in &tree.files {
        for name in defined(items) {
            files.entry(name).or_default().insert(file);
        }
    }
    files.retain(|_, files| files.len() > 1);
    files
}

/// The types of a file. What stands twice in it is one type, for one system and for another; an associated type has its trait's name for it.
fn defined(items: &Items) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    // Whether each open brace is that of an `impl` or a trait, and whether the next one will be.
    let (mut bodies, mut is_body) = (Vec::new(), false);
    for (at, token) in items.code.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| items.code.get(before));
        match token.name() {
            Some("trait") => is_body = true,
            Some("impl") => is_body |= before.is_none_or(starts_item),
            _ if token.is('{') => bodies.push(std::mem::take(&mut is_body)),
            _ if token.is('}') => drop(bodies.pop()),
            _ => {}
        }
        let defines = match token.name() {
            Some("struct" | "enum" | "union" | "trait") => true,
            Some("type") => bodies.last() != Some(&true),
            _ => false,
        };
        names.extend(items.code.get(at + 1).filter(|_| defines).and_then(Token::name));
    }
    names
}

/// Whether an item can begin behind this.
fn starts_item(before: &Token) -> bool {
    ['{', '}', ';', ']'].into_iter().any(|punct| before.is(punct)) || before.name() == Some("unsafe")
}
