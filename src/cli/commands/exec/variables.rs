//! Values of secrets as variables of a program.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    ffi::OsString,
    fmt::Write as _,
};

use zeroize::Zeroizing;

use super::names::{OddName, odd};
use crate::{
    cli::{failure::Outcome, usage::UsageError},
    vault::{
        PayloadKind, SecretValueEntry,
        json_object::{JsonObject, NoObject},
    },
};

/// How variables are called.
#[derive(Debug, Clone, Copy)]
pub(super) enum Naming<'a> {
    /// As the members of an object, with this before each.
    Members { prefix: &'a str },
    /// The whole value has this name.
    Whole(&'a str),
}

/// Values by name.
pub(super) struct Variables(BTreeMap<String, Zeroizing<String>>);

/// Why a variable is not given.
enum Refused {
    Name(OddName),
    /// Another one has the name too.
    Twice,
    /// The value cannot stand in a variable.
    Value,
}

impl Variables {
    /// # Errors
    /// Everything that cannot be given, or is not allowed to; a value that is no object where its members are asked for.
    pub(super) fn of(entries: &[SecretValueEntry], naming: Naming<'_>, allowed: &[String]) -> Outcome<Self> {
        let mut making = Making { variables: BTreeMap::new(), allowed, refused: Vec::new() };
        for entry in entries {
            let text = text_of(entry)?;
            match naming {
                Naming::Whole(name) => making.put(name.to_owned(), Some(Zeroizing::new(text.to_owned()))),
                Naming::Members { prefix } => {
                    for (name, json) in object(entry, text)?.members() {
                        making.put(format!("{prefix}{name}"), plain(json.get()));
                    }
                }
            }
        }
        making.finish()
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.0.iter().map(|(name, value)| (name.into(), value.as_str().into()))
    }
}

struct Making<'a> {
    variables: BTreeMap<String, Zeroizing<String>>,
    allowed: &'a [String],
    refused: Vec<(String, Refused)>,
}

impl Making<'_> {
    /// `None` for text that no UTF-8 can be.
    fn put(&mut self, name: String, value: Option<Zeroizing<String>>) {
        let is_allowed = |odd: &OddName| *odd != OddName::Impossible && self.allowed.contains(&name);
        if let Some(odd) = odd(&name).filter(|odd| !is_allowed(odd)) {
            self.refused.push((name, Refused::Name(odd)));
            return;
        }
        match (self.variables.entry(name), value.filter(|value| !value.contains('\0'))) {
            (Entry::Vacant(vacant), Some(value)) => _ = vacant.insert(value),
            (Entry::Vacant(vacant), None) => self.refused.push((vacant.into_key(), Refused::Value)),
            (Entry::Occupied(occupied), _) => self.refused.push((occupied.key().clone(), Refused::Twice)),
        }
    }

    fn finish(self) -> Outcome<Variables> {
        if self.refused.is_empty() {
            return Ok(Variables(self.variables));
        }
        let mut message = "not given to a program as variables, so nothing was run:".to_owned();
        for (name, refused) in &self.refused {
            let why = match refused {
                Refused::Name(odd) => odd.told(),
                Refused::Twice => "is there twice, in several secrets",
                Refused::Value => "its value cannot stand in a variable",
            };
            let _ = write!(message, "\n  {}: {why}", name.escape_debug());
        }
        Err(UsageError::new(message)
            .with_hint(
                "--allow-name NAME gives one all the same; --prefix gives all of them other names; --files gives whole values as files",
            )
            .into())
    }
}

fn text_of(entry: &SecretValueEntry) -> Outcome<&str> {
    let text = std::str::from_utf8(entry.value.expose()).ok();
    let is_text = entry.value.kind() == PayloadKind::String;
    text.filter(|_| is_text).ok_or_else(|| not_for_variables(entry, "is binary", "--files gives it as a file").into())
}

fn object<'a>(entry: &SecretValueEntry, text: &'a str) -> Outcome<JsonObject<'a>> {
    JsonObject::parse(text.as_bytes()).map_err(|error| {
        let what = match error {
            NoObject::NotAnObject => "is not a JSON object",
            NoObject::MemberTwice => "is a JSON object that has a member twice",
        };
        not_for_variables(entry, what, "--as NAME gives the whole value as one variable, --files as a file").into()
    })
}

fn not_for_variables(entry: &SecretValueEntry, what: &str, hint: &str) -> UsageError {
    UsageError::new(format!("the value of {} {what}", entry.name.escape_debug())).with_hint(hint)
}

/// Text as it is, anything else as its JSON; `None` for text with half of a surrogate pair.
fn plain(json: &str) -> Option<Zeroizing<String>> {
    if json.starts_with('"') { serde_json::from_str(json).ok().map(Zeroizing::new) } else { Some(Zeroizing::new(json.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_or_their_json() {
        for (json, expected) in [
            (r#""a \"b\" \u00e9\n""#, Some("a \"b\" é\n")),
            ("\"\"", Some("")),
            ("3306", Some("3306")),
            ("1.50", Some("1.50")),
            ("true", Some("true")),
            ("null", Some("null")),
            (r#"{ "a" : [1] }"#, Some(r#"{ "a" : [1] }"#)),
            (r#""\ud800""#, None),
        ] {
            assert_eq!(plain(json).as_ref().map(|text| text.as_str()), expected, "{json}");
        }
    }

    #[test]
    fn all_that_is_refused_is_told_at_once_and_no_value() {
        let allowed = ["a-b".to_owned(), "PATH".to_owned(), "x=y".to_owned()];
        let mut making = Making { variables: BTreeMap::new(), allowed: &allowed, refused: Vec::new() };
        for name in ["user", "a-b", "PATH", "LD_PRELOAD", "x=y", "user", "c d\n"] {
            making.put(name.to_owned(), plain("\"EXAMPLE\""));
        }
        making.put("nul".to_owned(), plain("\"EXAMPLE\\u0000\""));
        assert_eq!(making.variables.keys().collect::<Vec<_>>(), ["PATH", "a-b", "user"]);
        let Err(crate::cli::failure::Failure::Usage(error)) = making.finish() else { panic!("refused") };
        assert_eq!(
            error.message,
            "not given to a program as variables, so nothing was run:\n  LD_PRELOAD: decides which code runs\n  x=y: no name of a variable\n  \
             user: is there twice, in several secrets\n  c d\\n: no name that a shell could use\n  nul: its value cannot stand in a variable"
        );
    }
}
