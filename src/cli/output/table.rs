//! `--output table`: what becomes a section, a heading and a row, as in the AWS CLI's table formatter.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    grid::{Grid, Look},
    python,
};

/// The whole document as a table under `title`, the operation's name. Nothing for a value that Python holds to be false.
pub(super) fn format(title: &str, value: &Value, look: Look) -> String {
    let mut tables = Tables::default();
    if tables.add(Some(title), value, 0) { tables.0.render(look) } else { String::new() }
}

#[derive(Default)]
struct Tables(Grid);

impl Tables {
    /// Without a title the value goes on in the section that is open. False when there is nothing to show.
    fn add(&mut self, title: Option<&str>, value: &Value, indent: usize) -> bool {
        if is_false(value) {
            return false;
        }
        if title.is_some() {
            self.0.begin(title, indent);
        }
        match value {
            Value::Array(items) if items.first().is_some_and(Value::is_object) => self.add_structures(title, items, indent),
            Value::Array(items) => items.iter().for_each(|item| self.add_item(item)),
            Value::Object(members) => self.add_structure(members, indent),
            _ => {}
        }
        true
    }

    fn add_item(&mut self, item: &Value) {
        let section = self.0.last();
        match item {
            Value::Array(cells) if cells.iter().all(is_scalar) => section.add_row(cells.iter().map(python::str).collect()),
            // The AWS CLI goes through the dictionary as through a list, which gives its keys.
            Value::Object(members) => section.add_row(members.keys().cloned().collect()),
            Value::Array(_) => {
                self.add(None, item, 0);
            }
            scalar => section.add_row(vec![python::str(scalar)]),
        }
    }

    /// One row under the names of the scalar members, then a section for each other member.
    fn add_structure(&mut self, members: &Map<String, Value>, indent: usize) {
        let (scalars, others) = split(members);
        let section = self.0.last();
        let cell = |name: &&str| members.get(*name).map(python::str).unwrap_or_default();
        let cells: Vec<String> = scalars.iter().map(cell).collect();
        let names = scalars.iter().map(|name| (*name).to_owned());
        match cells.as_slice() {
            [] => {}
            [_] => section.add_row(names.chain(cells).collect()),
            _ => {
                section.set_headers(names.collect());
                section.add_row(cells);
            }
        }
        for name in others {
            self.add(Some(name), members.get(name).unwrap_or(&Value::Null), indent + 1);
        }
    }

    /// The structures of one list share their columns; where some have more than scalars, each has its own section.
    fn add_structures(&mut self, title: Option<&str>, items: &[Value], indent: usize) {
        let (mut scalars, mut others) = (BTreeSet::new(), BTreeSet::new());
        for members in items.iter().filter_map(Value::as_object) {
            let (own_scalars, own_others) = split(members);
            scalars.extend(own_scalars);
            others.extend(own_others);
        }
        let headers: Vec<String> = scalars.iter().map(|name| (*name).to_owned()).collect();
        self.0.last().set_headers(headers.clone());
        for (at, item) in items.iter().enumerate() {
            if at > 0 && !others.is_empty() {
                self.0.begin(title, indent);
                self.0.last().set_headers(headers.clone());
            }
            let cell = |name: &&str| item.get(*name).map(python::str).unwrap_or_default();
            self.0.last().add_row(scalars.iter().map(cell).collect());
            for name in &others {
                if let Some(value) = item.get(*name) {
                    self.add(Some(name), value, indent + 1);
                }
            }
        }
    }
}

/// The names of the members with one value, and of those that are lists or structures, in order.
fn split(members: &Map<String, Value>) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let named = |wanted: bool| members.iter().filter(move |(_, value)| is_scalar(value) == wanted).map(|(name, _)| name.as_str());
    (named(true).collect(), named(false).collect())
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn is_false(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}
