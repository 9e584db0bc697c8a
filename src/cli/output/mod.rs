//! What a command prints on standard output: the same bytes that the AWS CLI prints for the same document.

mod grid;
mod json;
mod listing;
mod python;
pub(crate) mod query;
mod query_functions;
mod query_literals;
mod table;
mod text;
pub(crate) mod times;
mod variables;
pub(crate) mod wide_table;
mod written_times;
mod yaml;

use std::{borrow::Cow, str::FromStr};

use serde::Serialize;
use serde_json::Value;

pub(crate) use grid::{Look, Strange, columns};
pub(crate) use listing::{Listing, write_listing};
pub(crate) use python::str as python_str;

use super::{shown, usage::UsageError, zone::Zone};

/// The values of `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Json,
    Table,
    Text,
    Yaml,
    /// Nothing is printed.
    Off,
}

impl FromStr for OutputFormat {
    type Err = UsageError;

    fn from_str(name: &str) -> Result<Self, UsageError> {
        match name {
            "json" => Ok(Self::Json),
            "table" => Ok(Self::Table),
            "text" => Ok(Self::Text),
            "yaml" => Ok(Self::Yaml),
            "off" => Ok(Self::Off),
            "yaml-stream" => Err(UsageError::new("coldseal has no output type yaml-stream")
                .with_hint("--output yaml prints the whole answer as one document")),
            _ => Err(UsageError::new(format!("Unknown output type: {}", name.escape_debug()))
                .with_hint("--output, AWS_DEFAULT_OUTPUT and the profile's output are json, text, table, yaml or off")),
        }
    }
}

/// A document as JSON, like [`render`], without a tree of it in memory; its times in a zone.
pub(crate) fn render_json(document: &impl Serialize, strange: Strange, zone: Option<&Zone>) -> serde_json::Result<String> {
    let text = json::indented(document, strange, zone)?;
    Ok(if text == "{}" { String::new() } else { text + "\n" })
}

/// The document as printed, with its last newline. An empty object prints nothing, as in the AWS CLI.
///
/// `title` stands over a table: the operation's name.
pub(crate) fn render(title: &str, value: &Value, format: OutputFormat, look: Look) -> String {
    match format {
        OutputFormat::Json => render_json(value, look.strange, None).expect("a JSON value serializes into memory"),
        OutputFormat::Table => table::format(title, &shown(value, look.strange), look),
        OutputFormat::Text => text::format(&shown(value, look.strange)),
        OutputFormat::Yaml => yaml::format(value),
        OutputFormat::Off => String::new(),
    }
}

/// The document as a terminal may have it. In a cell a line end would begin a row.
fn shown(value: &Value, strange: Strange) -> Cow<'_, Value> {
    match (strange, value) {
        (Strange::AsTheyAre, _) => Cow::Borrowed(value),
        (Strange::EscapedInLines, Value::String(text)) => Cow::Owned(Value::String(shown::lines(text).into_owned())),
        (Strange::EscapedInLines | Strange::Escaped, value) => Cow::Owned(in_cells(value)),
    }
}

fn in_cells(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(shown::cell(text).into_owned()),
        Value::Array(items) => Value::Array(items.iter().map(in_cells).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (shown::cell(name).into_owned(), in_cells(value))).collect())
        }
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests;
