//! A request in the making.

use std::collections::BTreeSet;

use super::{
    json::Json,
    member::Member,
    validation::{MOST_TOLD, missing, unknown},
    value::{Structure, Value},
};
use crate::error::{Constraint, MemberPath, Violation};

/// The members of a request: each is checked as it comes in, and all that is wrong is told at once.
#[derive(Default)]
pub(crate) struct Draft {
    values: Structure,
    given: BTreeSet<&'static str>,
    violations: Vec<Violation>,
}

impl Draft {
    /// A value that has the member's type.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "a client sends JSON"))]
    pub(crate) fn value(&mut self, member: &Member, value: Value) {
        member.kind.check(&value, &MemberPath::from(member.name), &mut self.violations);
        self.given.insert(member.name);
        self.values.insert(member.name, value);
    }

    /// A value in JSON, of any type. `null` is as good as nothing.
    pub(crate) fn json(&mut self, member: &Member, json: Json<'_>) {
        if matches!(json, Json::Null) {
            return;
        }
        self.given.insert(member.name);
        let converted = member.kind.convert(json, &MemberPath::from(member.name), &mut self.violations);
        self.values.extend(converted.map(|value| (member.name, value)));
    }

    /// A member whose value comes in another way, and is checked there.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "a client's request is whole"))]
    pub(crate) fn given_elsewhere(&mut self, member: &Member) {
        self.given.insert(member.name);
    }

    /// A member that the request does not have.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "a client's are passed over"))]
    pub(crate) fn unknown(&mut self, name: &str, known: impl FnOnce() -> Vec<&'static str>) {
        if self.violations.len() < MOST_TOLD {
            self.violations.push(unknown(&MemberPath::default(), name, known()));
        }
    }

    /// Without what is told elsewhere.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "a client is told all"))]
    pub(crate) fn passing_over(mut self, is_told_elsewhere: impl Fn(&Constraint) -> bool) -> Self {
        self.violations.retain(|violation| !is_told_elsewhere(&violation.broken));
        self
    }

    /// The values, and what is wrong with them, what is missing first.
    pub(crate) fn finish<'a>(self, members: impl IntoIterator<Item = &'a Member>) -> (Structure, Vec<Violation>) {
        let absent = members.into_iter().filter(|member| !self.given.contains(member.name));
        let mut violations: Vec<_> = absent.filter_map(|member| missing(member, &MemberPath::default())).collect();
        let (of_members, unknown): (Vec<_>, Vec<_>) = self
            .violations
            .into_iter()
            .partition(|violation| !matches!(violation.broken, Constraint::Known(_)) || violation.path.steps().len() > 1);
        violations.extend(unknown);
        violations.extend(of_members);
        (self.values, violations)
    }
}
