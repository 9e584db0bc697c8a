//! What a command prints on standard output: the same bytes that the AWS CLI prints for the same document.

mod json;
mod python;
pub(crate) mod query;
mod query_functions;
mod text;

use std::str::FromStr;

use serde_json::Value;

use super::usage::UsageError;

/// The values of `--output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    Json,
    Text,
}

impl FromStr for OutputFormat {
    type Err = UsageError;

    fn from_str(name: &str) -> Result<Self, UsageError> {
        match name {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err(UsageError::new(format!("Unknown output type: {name}")).with_hint("--output is json or text")),
        }
    }
}

/// The document as printed, with its last newline. An empty object prints nothing, as in the AWS CLI.
pub(crate) fn render(value: &Value, format: OutputFormat) -> String {
    match format {
        OutputFormat::Json if value.as_object().is_some_and(serde_json::Map::is_empty) => String::new(),
        OutputFormat::Json => json::indented(value) + "\n",
        OutputFormat::Text => text::format(value),
    }
}

#[cfg(test)]
mod tests;
