//! What a command prints on standard output: the same bytes that the AWS CLI prints for the same document.

mod grid;
mod json;
mod python;
pub(crate) mod query;
mod query_functions;
mod table;
mod text;
mod variables;

use std::{
    io::{self, Write},
    str::FromStr,
};

use serde::Serialize;
use serde_json::Value;

pub(crate) use grid::Look;

use super::usage::UsageError;

/// The values of `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Json,
    Table,
    Text,
}

impl FromStr for OutputFormat {
    type Err = UsageError;

    fn from_str(name: &str) -> Result<Self, UsageError> {
        match name {
            "json" => Ok(Self::Json),
            "table" => Ok(Self::Table),
            "text" => Ok(Self::Text),
            _ => Err(UsageError::new(format!("Unknown output type: {name}")).with_hint("--output is json, table or text")),
        }
    }
}

/// A document that is not empty as JSON, like [`render`], without the whole of it in memory.
pub(crate) fn write_json(mut writer: impl Write, document: &impl Serialize) -> io::Result<()> {
    json::write_indented(&mut writer, document)?;
    writer.write_all(b"\n")?;
    writer.flush()
}

/// A document as JSON, like [`render`], without a tree of it in memory.
pub(crate) fn render_json(document: &impl Serialize) -> serde_json::Result<String> {
    let text = json::indented(document)?;
    Ok(if text == "{}" { String::new() } else { text + "\n" })
}

/// The document as printed, with its last newline. An empty object prints nothing, as in the AWS CLI.
///
/// `title` stands over a table: the operation's name.
pub(crate) fn render(title: &str, value: &Value, format: OutputFormat, look: Look) -> String {
    match format {
        OutputFormat::Json => render_json(value).expect("a JSON value serializes into memory"),
        OutputFormat::Table => table::format(title, value, look),
        OutputFormat::Text => text::format(value),
    }
}

#[cfg(test)]
mod tests;
