//! AWS's own validation of members, for the wire and the terminal alike: what is wrong is a list of violations, which each of them tells in its own
//! way.

use std::ops::RangeInclusive;

use super::{
    member::{Kind, Member, Need},
    value::Value,
};
use crate::error::{Constraint, MemberPath, ViolatingValue, Violation};

/// Violations after which nothing more is looked for: the request is refused, and nobody reads on.
pub(super) const MOST_TOLD: usize = 100;

/// Longest value that an error repeats, in characters.
const SHOWN_LIMIT: usize = 256;

/// What is wrong with the absence of a member.
pub(super) fn missing(member: &Member, structure: &MemberPath) -> Option<Violation> {
    let broken = match member.need {
        Need::Required => Constraint::Required,
        Need::Demanded => Constraint::NotNull,
        Need::Optional => return None,
    };
    Some(Violation::missing(structure.member(member.name), broken))
}

/// A member that a structure does not have.
pub(super) fn unknown(structure: &MemberPath, name: &str, known: Vec<&'static str>) -> Violation {
    Violation::new(structure.member(name.to_owned()), Constraint::Known(known))
}

impl Kind {
    /// Checks a value; structures were checked as they were converted.
    pub(crate) fn check(&self, value: &Value, path: &MemberPath, violations: &mut Vec<Violation>) {
        match (self, value) {
            (Self::Text { .. } | Self::OneOf(_), Value::Text(text)) => self.check_text(text, path, violations),
            (Self::SecretText(length), Value::Blob(bytes)) => {
                // Each byte but those that go on with a character begins one.
                let characters = bytes.expose().iter().filter(|byte| **byte & 0xc0 != 0x80).count();
                violations.extend(out_of_length(length, characters, path, ViolatingValue::Length(characters)));
            }
            (Self::Integer(range), Value::Integer(number)) => {
                let broken =
                    if number < range.start() { Constraint::LeastValue(*range.start()) } else { Constraint::MostValue(*range.end()) };
                violations.extend((!range.contains(number)).then(|| Violation::by(path.clone(), number.to_string(), broken)));
            }
            (Self::Blob(length), Value::Blob(bytes)) => {
                violations.extend(out_of_length(length, bytes.len(), path, ViolatingValue::Bytes(bytes.len())));
            }
            _ => {}
        }
    }

    fn check_text(&self, text: &str, path: &MemberPath, violations: &mut Vec<Violation>) {
        let characters = text.chars().count();
        let shown = || if characters <= SHOWN_LIMIT { ViolatingValue::Text(text.to_owned()) } else { ViolatingValue::Length(characters) };
        let broken = match self {
            Self::Text { length, pattern } => {
                violations.extend(out_of_length(length, characters, path, shown()));
                pattern.filter(|pattern| !(pattern.matches)(text)).map(|pattern| Constraint::Pattern(pattern.text))
            }
            Self::OneOf(names) => (!names.contains(&text)).then(|| Constraint::OneOf(names.to_vec())),
            _ => None,
        };
        violations.extend(broken.map(|broken| Violation { path: path.clone(), value: shown(), broken }));
    }
}

/// Checks how many entries a list has.
pub(super) fn check_count(range: &RangeInclusive<usize>, count: usize, path: &MemberPath, violations: &mut Vec<Violation>) {
    violations.extend(out_of_length(range, count, path, ViolatingValue::Length(count)));
}

fn out_of_length(range: &RangeInclusive<usize>, length: usize, path: &MemberPath, value: ViolatingValue) -> Option<Violation> {
    let broken = if length < *range.start() { Constraint::LeastLength(*range.start()) } else { Constraint::MostLength(*range.end()) };
    (!range.contains(&length)).then(|| Violation { path: path.clone(), value, broken })
}
