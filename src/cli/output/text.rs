//! `--output text`: tab-separated lines, each of a structure's lines headed by its name in capitals.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::python;

/// The whole document as text.
pub(super) fn format(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value, None, None);
    text
}

/// `columns`: the scalar members of all structures of the list that `value` is in.
fn write_value(text: &mut String, value: &Value, name: Option<&str>, columns: Option<&BTreeSet<&str>>) {
    match value {
        Value::Object(members) => write_structure(text, members, name, columns),
        Value::Array(items) => write_list(text, items, name),
        scalar => write_line(text, None, &[python::str(scalar)]),
    }
}

fn write_list(text: &mut String, items: &[Value], name: Option<&str>) {
    if items.iter().any(Value::is_object) {
        let columns = scalar_members(items);
        for item in items {
            write_value(text, item, name, Some(&columns));
        }
    } else {
        let (lists, scalars): (Vec<_>, Vec<_>) = items.iter().partition(|item| item.is_array());
        write_scalars(text, &scalars, name);
        for list in lists {
            write_value(text, list, name, None);
        }
    }
}

fn write_scalars(text: &mut String, scalars: &[&Value], name: Option<&str>) {
    let cells: Vec<_> = scalars.iter().map(|scalar| python::str(scalar)).collect();
    match name {
        Some(_) => cells.iter().for_each(|cell| write_line(text, name, std::slice::from_ref(cell))),
        None if cells.is_empty() => {}
        None => write_line(text, None, &cells),
    }
}

/// Structures of one list share their columns, so that each line has as many; a missing member is an empty cell.
fn scalar_members(items: &[Value]) -> BTreeSet<&str> {
    let members = items.iter().filter_map(Value::as_object).flatten();
    members.filter(|(_, value)| is_scalar(value)).map(|(key, _)| key.as_str()).collect()
}

fn write_structure(text: &mut String, members: &Map<String, Value>, name: Option<&str>, columns: Option<&BTreeSet<&str>>) {
    let own: BTreeSet<&str>;
    let columns = match columns {
        Some(columns) => columns,
        None => {
            own = members.iter().filter(|(_, value)| is_scalar(value)).map(|(key, _)| key.as_str()).collect();
            &own
        }
    };
    let cells: Vec<_> = columns.iter().map(|key| members.get(*key).map(python::str).unwrap_or_default()).collect();
    if !cells.is_empty() {
        write_line(text, name, &cells);
    }
    let rest: BTreeSet<&str> = members.keys().map(String::as_str).filter(|key| !columns.contains(key)).collect();
    for key in rest {
        if let Some(value) = members.get(key) {
            write_value(text, value, Some(key), None);
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn write_line(text: &mut String, name: Option<&str>, cells: &[String]) {
    if let Some(name) = name {
        text.push_str(&name.to_uppercase());
        text.push('\t');
    }
    text.push_str(&cells.join("\t"));
    text.push('\n');
}
