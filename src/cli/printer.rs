//! How results are printed: `--output`, `--query`, and what the terminal is like.

use std::{io, str::FromStr as _};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    args::GlobalArgs,
    command_operation::CommandOperation,
    environment::Environment,
    failure::Outcome,
    output::{Listing, Look, OutputFormat, Strange, query::Query, render, render_json, times::Times, wide_table, write_listing},
    profile::Profile,
    terminal::{note, print_text, printed, stdout_is_terminal, terminal_width},
    usage::UsageError,
};
use crate::error::Error;

const NOT_JSON: Error = Error::Misuse("a result is always JSON");

/// Prints what a command gives.
pub(crate) struct Printer {
    format: OutputFormat,
    /// Whether the command line says how results are printed.
    is_format_typed: bool,
    times: Times,
    query: Option<Query>,
    /// Stands over tables.
    title: &'static str,
    look: Look,
    /// Columns of the terminal that stdout is.
    terminal: Option<u16>,
    /// False with `--no-paginate`.
    pub(crate) paginates: bool,
}

impl Printer {
    /// The operation that the command carries out, as AWS names it.
    pub(crate) const fn operation(&self) -> &'static str {
        self.title
    }

    /// For the results of `operation`.
    pub(crate) fn new(
        global: &GlobalArgs,
        environment: &Environment,
        profile: &Profile,
        operation: CommandOperation,
    ) -> Result<Self, UsageError> {
        let is_colored = global.color.applies_to(&io::stdout(), environment);
        let configured = environment.text("AWS_DEFAULT_OUTPUT").or_else(|| profile.setting("output").map(str::to_owned));
        Ok(Self {
            format: global.output.clone().or(configured).as_deref().map_or(Ok(OutputFormat::Json), OutputFormat::from_str)?,
            is_format_typed: global.output.is_some(),
            times: Times::of(profile, environment)?,
            query: global.query.as_deref().map(Query::parse).transpose()?,
            title: operation.name(),
            terminal: terminal_width(),
            look: Look { width: terminal_width().unwrap_or(Look::PLAIN.width), is_colored, strange: strange(operation) },
            paginates: !global.no_paginate,
        })
    }

    /// Whether the user asked for a document rather than for lines to read. What is configured for AWS's answers asks for none.
    pub(crate) const fn wants_document(&self) -> bool {
        self.is_format_typed || self.query.is_some()
    }

    /// How a command's own table for people is drawn: with `--output table`, and on a terminal unless something else was asked for. `None` where
    /// a document is printed.
    pub(crate) fn own_table(&self) -> Option<Look> {
        let is_asked = self.format == OutputFormat::Table && self.query.is_none();
        let is_for_people = stdout_is_terminal() && !self.wants_document();
        (is_asked || is_for_people).then_some(self.look)
    }

    /// Prints a list with the token for its rest. As text the token is a line of its own, as in the AWS CLI.
    pub(crate) fn print_list(&self, member: &'static str, list: &[impl Serialize + Sync], next_token: Option<String>) -> Outcome {
        if let (Some(token), OutputFormat::Text, None) = (&next_token, self.format, &self.query) {
            self.print(&Listing { member, list, next_token: None })?;
            return self.print(&json!({ "NextToken": { "NextToken": token } }));
        }
        let listing = Listing { member, list, next_token };
        if self.prints_json() {
            return match write_listing(io::stdout(), &listing, self.look.strange, self.times.zone()) {
                Err(Error::Io { source, .. }) => printed(Err(source)),
                written => Ok(written?),
            };
        }
        match self.query.as_ref().and_then(|query| query.search_each(member, list, &self.times)) {
            Some(found) => self.print_value(&found?),
            None => self.print(&listing),
        }
    }

    /// Whether a result is printed as it is.
    fn prints_json(&self) -> bool {
        self.format == OutputFormat::Json && self.query.is_none() && self.times.are_text()
    }

    /// Prints a result as `--query` and `--output` say.
    pub(crate) fn print(&self, result: &impl Serialize) -> Outcome {
        if self.prints_json() {
            return print_text(&self.text(result)?);
        }
        self.print_value(&self.selected(self.times.tree(result).map_err(|_| NOT_JSON)?)?)
    }

    /// The same for a document that is there already and may hold a secret: it is taken over, and not copied.
    pub(crate) fn print_document(&self, document: Value) -> Outcome {
        if self.prints_json() {
            return self.print(&document);
        }
        self.print_value(&self.selected(self.times.printed(document))?)
    }

    /// What [`Printer::print`] prints.
    fn text(&self, result: &impl Serialize) -> Outcome<String> {
        if self.prints_json() {
            return Ok(render_json(result, self.look.strange, self.times.zone()).map_err(|_| NOT_JSON)?);
        }
        Ok(self.value_text(&self.selected(self.times.tree(result).map_err(|_| NOT_JSON)?)?))
    }

    /// What `--query` selects.
    fn selected(&self, document: Value) -> Outcome<Value> {
        match &self.query {
            Some(query) => {
                let found = query.search(document);
                Ok(found.map_err(|error| error.with_hint("the command itself was carried out; this is about its result"))?)
            }
            None => Ok(document),
        }
    }

    /// Results as JSON Lines; with `--output` or `--query` each as these say.
    pub(crate) fn lines_text(&self, results: &[impl Serialize]) -> Outcome<String> {
        let mut text = String::new();
        for result in results {
            if self.wants_document() {
                text.push_str(&self.text(result)?);
            } else {
                text.push_str(&serde_json::to_string(result).map_err(|_| NOT_JSON)?);
                text.push('\n');
            }
        }
        Ok(text)
    }

    fn print_value(&self, value: &Value) -> Outcome {
        let text = self.value_text(value);
        print_text(&text)?;
        if let (OutputFormat::Table, Some(terminal)) = (self.format, self.terminal)
            && let Some(advice) = wide_table::advice(&text, value, terminal)
        {
            note(&advice);
        }
        Ok(())
    }

    fn value_text(&self, value: &Value) -> String {
        render(self.title, value, self.format, self.look)
    }
}

/// A program gets the answers of AWS's operations as the AWS CLI gives them. A terminal gets nothing that it would obey, and what is ours alone is escaped
/// for both: it shows messages and vaults of anybody.
fn strange(operation: CommandOperation) -> Strange {
    if operation.is_own() {
        Strange::Escaped
    } else if stdout_is_terminal() {
        Strange::EscapedInLines
    } else {
        Strange::AsTheyAre
    }
}
