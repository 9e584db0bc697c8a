//! Values of secrets as variables of a program.

use std::{collections::BTreeMap, ffi::OsString, fmt};

use zeroize::Zeroizing;

use crate::{
    cli::{
        commands::{
            named_values::NamedValues,
            value_members::{plain, text_of},
            variable_names::{OddName, odd},
        },
        failure::Outcome,
        usage::UsageError,
    },
    vault::{
        SecretValueEntry,
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
    /// The value cannot stand in a variable.
    Value,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name(odd) => odd.told(),
            Self::Value => "its value cannot stand in a variable",
        })
    }
}

impl Variables {
    /// # Errors
    /// Everything that cannot be given, or is not allowed to; a value that is no object where its members are asked for.
    pub(super) fn of(entries: &[SecretValueEntry], naming: Naming<'_>, allowed: &[String]) -> Outcome<Self> {
        let mut making = Making { naming, variables: NamedValues::new(), allowed };
        for entry in entries {
            let text = text_of(entry).ok_or_else(|| not_for_variables(entry, "is binary", "--files gives it as a file"))?;
            match naming {
                Naming::Whole(name) => making.put(name.to_owned(), Some(Zeroizing::new(text.to_owned()))),
                Naming::Members { prefix } => {
                    for (name, json) in object(entry, text)?.members() {
                        making.put(format!("{prefix}{name}"), plain(json.get()));
                    }
                }
            }
        }
        Ok(making.finish()?)
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.0.iter().map(|(name, value)| (name.into(), value.as_str().into()))
    }
}

struct Making<'a> {
    naming: Naming<'a>,
    variables: NamedValues<Zeroizing<String>, Refused>,
    allowed: &'a [String],
}

impl Making<'_> {
    /// `None` for text that no UTF-8 can be.
    fn put(&mut self, name: String, value: Option<Zeroizing<String>>) {
        let is_allowed = |odd: &OddName| *odd != OddName::Impossible && self.allowed.contains(&name);
        let value = match odd(&name).filter(|odd| !is_allowed(odd)) {
            Some(odd) => Err(Refused::Name(odd)),
            None => value.filter(|value| !value.contains('\0')).ok_or(Refused::Value),
        };
        self.variables.put(name, value);
    }

    fn finish(self) -> Result<Variables, UsageError> {
        let ways_out = self.ways_out().join("; ");
        self.variables.finish("not given to a program as variables, so nothing was run:", &ways_out).map(Variables)
    }

    /// What helps with the names that were refused.
    fn ways_out(&self) -> Vec<&'static str> {
        let has = |is_such: fn(&OddName) -> bool| self.variables.reasons().any(|why| matches!(why, Refused::Name(odd) if is_such(odd)));
        let mut ways = Vec::new();
        if has(|odd| *odd != OddName::Impossible) {
            ways.push("--allow-name NAME gives one all the same");
        }
        if has(|_| true) {
            ways.push(match self.naming {
                Naming::Members { .. } => "--prefix gives all of them other names",
                Naming::Whole(_) => "--as takes another name",
            });
        }
        ways.push("--files gives whole values as files");
        ways
    }
}

fn object<'a>(entry: &SecretValueEntry, text: &'a str) -> Result<JsonObject<'a>, UsageError> {
    JsonObject::parse(text.as_bytes()).map_err(|error| {
        let what = match error {
            NoObject::NotAnObject => "is not a JSON object",
            NoObject::MemberTwice => "is a JSON object that has a member twice",
        };
        not_for_variables(entry, what, "--as NAME gives the whole value as one variable, --files as a file")
    })
}

fn not_for_variables(entry: &SecretValueEntry, what: &str, hint: &str) -> UsageError {
    UsageError::new(format!("the value of {} {what}", entry.name.escape_debug())).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_refused_is_told_at_once_and_no_value() {
        let allowed = ["a-b".to_owned(), "PATH".to_owned(), "x=y".to_owned()];
        let mut making = Making { naming: Naming::Members { prefix: "" }, variables: NamedValues::new(), allowed: &allowed };
        for name in ["user", "a-b", "PATH", "LD_PRELOAD", "x=y", "user", "c d\n"] {
            making.put(name.to_owned(), plain("\"EXAMPLE\""));
        }
        making.put("nul".to_owned(), plain("\"EXAMPLE\\u0000\""));
        let Err(error) = making.finish() else { panic!("refused") };
        assert_eq!(
            error.message,
            "not given to a program as variables, so nothing was run:\n  LD_PRELOAD: decides which code runs\n  x=y: no name of a variable\n  \
             user: is there twice, in several secrets\n  c d\\n: no name that a shell could use\n  nul: its value cannot stand in a variable"
        );
        let mut making = Making { naming: Naming::Members { prefix: "" }, variables: NamedValues::new(), allowed: &allowed };
        for name in ["PATH", "a-b", "user"] {
            making.put(name.to_owned(), plain("\"EXAMPLE\""));
        }
        assert_eq!(making.finish().unwrap_or_else(|_| unreachable!("allowed")).0.keys().collect::<Vec<_>>(), ["PATH", "a-b", "user"]);
    }
}
