//! What a command prints on standard output: the same bytes that the AWS CLI prints for the same document.

mod grid;
mod json;
mod python;
pub(crate) mod query;
mod query_functions;
mod table;
mod text;

use std::str::FromStr;

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

/// The document as printed, with its last newline. An empty object prints nothing, as in the AWS CLI.
///
/// `title` stands over a table: the operation's name.
pub(crate) fn render(title: &str, value: &Value, format: OutputFormat, look: Look) -> String {
    match format {
        OutputFormat::Json if value.as_object().is_some_and(serde_json::Map::is_empty) => String::new(),
        OutputFormat::Json => json::indented(value) + "\n",
        OutputFormat::Table => table::format(title, value, look),
        OutputFormat::Text => text::format(value),
    }
}

#[cfg(test)]
mod tests;
