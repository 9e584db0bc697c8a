//! What of a value gets a name of its own: a member of a JSON object, or all of it.

use std::fmt;

use zeroize::Zeroizing;

use super::manifest::KeyFault;
use crate::{
    cli::commands::{
        value_members::{plain, text_of},
        variable_names::OddName,
    },
    vault::{
        SecretValueEntry,
        json_object::{JsonObject, NoObject},
    },
};

/// How values are taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum PartNaming<'a> {
    /// JSON objects by their members, anything else whole; with this before each name.
    Members { prefix: &'a str },
    /// Each as it is.
    Whole,
}

/// Why a part is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartFault {
    Name(OddName),
    Key(KeyFault),
    /// Bytes, where only text can be.
    Binary,
    MemberTwice,
    /// No UTF-8 can be it.
    HalfCharacter,
    /// Readers of the file take it differently, in whatever quotes.
    NoQuotes,
    /// No line is it.
    NoLine,
}

impl fmt::Display for PartFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(odd) => f.write_str(odd.told()),
            Self::Key(fault) => fault.fmt(f),
            Self::Binary => f.write_str("its value is binary"),
            Self::MemberTwice => f.write_str("its value is a JSON object that has a member twice"),
            Self::HalfCharacter => f.write_str("its value has half of a character"),
            Self::NoQuotes => f.write_str("its value is not the same to all that read such a file, in whatever quotes"),
            Self::NoLine => f.write_str("its value is no line of such a file: it has a line break, a blank at its end, or is too long"),
        }
    }
}

/// A part of a value.
pub(super) enum ValuePart<'a> {
    Text(Zeroizing<String>),
    Bytes(&'a [u8]),
}

/// Hands over each part with its name.
pub(super) fn each_part<'a>(
    given: &str,
    entry: &'a SecretValueEntry,
    naming: PartNaming<'_>,
    mut take: impl FnMut(String, Result<ValuePart<'a>, PartFault>),
) {
    let (prefix, text) = match naming {
        PartNaming::Members { prefix } => (prefix, text_of(entry)),
        PartNaming::Whole => ("", None),
    };
    let name = || format!("{prefix}{given}");
    match text.map(|text| JsonObject::parse(text.as_bytes())) {
        Some(Ok(object)) => {
            for (member, json) in object.members() {
                take(format!("{prefix}{member}"), plain(json.get()).map(ValuePart::Text).ok_or(PartFault::HalfCharacter));
            }
        }
        Some(Err(NoObject::MemberTwice)) => take(name(), Err(PartFault::MemberTwice)),
        Some(Err(NoObject::NotAnObject)) | None => take(name(), Ok(whole(entry))),
    }
}

fn whole(entry: &SecretValueEntry) -> ValuePart<'_> {
    text_of(entry).map_or(ValuePart::Bytes(entry.value.expose()), |text| ValuePart::Text(Zeroizing::new(text.to_owned())))
}
