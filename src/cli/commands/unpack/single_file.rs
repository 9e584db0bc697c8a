//! All values in one file: lines of variables, a JSON object, or a manifest.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    env_file::{is_docker_line, is_unquoted, quoted},
    json_value::{json_string, json_value},
    manifest::{ManifestNames, key_fault},
    part::{PartFault, PartNaming, ValuePart, each_part},
};
use crate::{
    cli::{
        commands::{
            named_values::NamedValues,
            variable_names::{OddName, odd},
        },
        failure::Outcome,
        terminal::counted,
        usage::UsageError,
    },
    vault::SecretValueEntry,
};

/// The format of the file.
#[derive(Clone, Copy)]
pub(super) enum Layout<'a> {
    Env(PartNaming<'a>),
    DockerEnv(PartNaming<'a>),
    Json(PartNaming<'a>),
    Kubernetes(PartNaming<'a>, ManifestNames<'a>),
}

/// A file that is being made.
pub(super) struct SingleFile<'a> {
    layout: Layout<'a>,
    allowed: &'a [String],
    /// As they stand in the file.
    values: NamedValues<Zeroizing<String>, PartFault>,
    /// Values that stand in quotes, which not every reader knows.
    quoted: usize,
}

/// A file that is made.
pub(super) struct FinishedFile {
    pub(super) text: Zeroizing<String>,
    /// What is in it, counted.
    pub(super) count: String,
    /// What there is to know about it.
    pub(super) notes: Vec<String>,
}

impl<'a> SingleFile<'a> {
    pub(super) const fn new(layout: Layout<'a>, allowed: &'a [String]) -> Self {
        Self { layout, allowed, values: NamedValues::new(), quoted: 0 }
    }

    /// Takes a value with the name that it gets.
    pub(super) fn add(&mut self, given: &str, entry: &SecretValueEntry) {
        match self.layout {
            Layout::Json(naming) => self.values.put(given.to_owned(), json_value(entry, naming)),
            Layout::Env(naming) | Layout::DockerEnv(naming) | Layout::Kubernetes(naming, _) => {
                each_part(given, entry, naming, |name, part| self.put(name, part));
            }
        }
    }

    fn put(&mut self, name: String, part: Result<ValuePart<'_>, PartFault>) {
        let value = self.check_name(&name).and(part).and_then(|part| self.value(&name, part));
        self.values.put(name, value);
    }

    fn check_name(&self, name: &str) -> Result<(), PartFault> {
        if let Layout::Kubernetes(..) = self.layout
            && let Some(fault) = key_fault(name)
        {
            return Err(PartFault::Key(fault));
        }
        let is_dangerous = |odd: &OddName| matches!(odd, OddName::Dangerous(_));
        let is_allowed = |odd: &OddName| match self.layout {
            // A key is the name of a file as often.
            Layout::Kubernetes(..) if !is_dangerous(odd) => true,
            _ => is_dangerous(odd) && self.allowed.iter().any(|allowed| allowed == name),
        };
        odd(name).filter(|odd| !is_allowed(odd)).map_or(Ok(()), |odd| Err(PartFault::Name(odd)))
    }

    fn value(&mut self, name: &str, part: ValuePart<'_>) -> Result<Zeroizing<String>, PartFault> {
        if let Layout::Kubernetes(..) = self.layout {
            return Ok(Zeroizing::new(match part {
                ValuePart::Text(text) => STANDARD.encode(text.as_bytes()),
                ValuePart::Bytes(bytes) => STANDARD.encode(bytes),
            }));
        }
        let ValuePart::Text(text) = part else { return Err(PartFault::Binary) };
        if let Layout::DockerEnv(_) = self.layout {
            return if is_docker_line(name, &text) { Ok(text) } else { Err(PartFault::NoLine) };
        }
        self.quoted += usize::from(!is_unquoted(&text));
        quoted(&text).ok_or(PartFault::NoQuotes)
    }

    /// # Errors
    /// All that cannot be in such a file.
    pub(super) fn finish(self) -> Outcome<FinishedFile> {
        let (hint, what) = self.layout.told();
        let values = self.values.finish("not to be written so, and nothing was written:", hint)?;
        let mut notes = Vec::new();
        if self.quoted > 0 {
            let quoted = if self.quoted == 1 { "1 value is".to_owned() } else { format!("{} values are", self.quoted) };
            notes.push(format!(
                "{quoted} in quotes, which 'docker run --env-file' takes for a part of them; --format docker-env is for that"
            ));
        }
        let count = counted(values.len(), what);
        Ok(FinishedFile { text: self.layout.text(&values)?, count, notes })
    }
}

impl Layout<'_> {
    /// What helps where something cannot be in the file, and what is in it.
    const fn told(&self) -> (&'static str, &'static str) {
        match self {
            Self::Env(_) | Self::DockerEnv(_) => (
                "--secret-id with --as NAME or --prefix gives other names, --allow-name NAME one that is refused for what it does; --format files takes every value",
                "variable",
            ),
            Self::Json(_) => ("--whole gives JSON objects as strings; --format files and kubernetes take bytes", "secret"),
            Self::Kubernetes(..) => (
                "--strip TEXT, or --secret-id with --as NAME, gives other names, --allow-name NAME one that is refused for what it does; --whole takes no JSON object apart",
                "key",
            ),
        }
    }

    fn text(&self, values: &BTreeMap<String, Zeroizing<String>>) -> Result<Zeroizing<String>, UsageError> {
        match self {
            Self::Env(_) | Self::DockerEnv(_) => {
                let lines = values.iter().flat_map(|(name, value)| [name.as_str(), "=", value.as_str(), "\n"]);
                Ok(Zeroizing::new(lines.collect()))
            }
            Self::Json(_) if values.is_empty() => Ok(Zeroizing::new("{}\n".to_owned())),
            Self::Json(_) => {
                let mut text = Zeroizing::new("{".to_owned());
                for (number, (name, value)) in values.iter().enumerate() {
                    for part in [if number == 0 { "\n  " } else { ",\n  " }, &json_string(name), ": ", value] {
                        text.push_str(part);
                    }
                }
                text.push_str("\n}\n");
                Ok(text)
            }
            Self::Kubernetes(_, names) => names.manifest(values),
        }
    }
}
