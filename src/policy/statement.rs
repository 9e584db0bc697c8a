//! A statement of a policy, as the grammar has it.

use super::wildcard;

/// Whether access is given or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// Whom a statement is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Principals {
    /// `"*"`.
    Everyone,
    /// By kind, for instance `AWS`.
    Named(Vec<(String, Vec<String>)>),
}

/// A list that is meant, or all but the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant<T> {
    These(T),
    /// `NotPrincipal`, `NotAction`, `NotResource`.
    AllBut(T),
}

impl<T> Meant<T> {
    pub(super) const fn listed(&self) -> &T {
        match self {
            Self::These(list) | Self::AllBut(list) => list,
        }
    }
}

/// One test of a condition: all of a statement's must hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ConditionTest {
    /// For instance `StringEquals` or `ForAnyValue:StringLikeIfExists`.
    pub(super) operator: String,
    /// For instance `aws:SourceArn`; its case does not count.
    pub(super) key: String,
    /// `None` for a value that is no text.
    pub(super) values: Vec<Option<String>>,
}

#[derive(Debug)]
pub(super) struct Statement {
    /// What errors call it: `Statement`, or `Statement 2` of a list.
    pub(super) place: String,
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    pub(super) principals: Meant<Principals>,
    pub(super) actions: Meant<Vec<String>>,
    pub(super) resources: Meant<Vec<String>>,
    pub(super) condition: Vec<ConditionTest>,
}

impl Statement {
    /// Whether it is about principals without end.
    pub(super) fn is_about_everyone(&self) -> bool {
        match &self.principals {
            Meant::These(Principals::Everyone) | Meant::AllBut(Principals::Named(_)) => true,
            Meant::These(Principals::Named(kinds)) => kinds.iter().flat_map(|(_, names)| names).any(|name| name == "*"),
            Meant::AllBut(Principals::Everyone) => false,
        }
    }

    /// Whether it is about all principals, and leaves none out.
    pub(super) fn leaves_no_one_out(&self) -> bool {
        match &self.principals {
            Meant::These(Principals::Everyone) => true,
            Meant::These(Principals::Named(kinds)) => {
                kinds.iter().any(|(kind, names)| kind == "AWS" && names.iter().any(|name| name == "*"))
            }
            Meant::AllBut(_) => false,
        }
    }

    /// Whether an action, without wildcards, is among its own.
    pub(super) fn is_about(&self, action: &str) -> bool {
        let is_listed = |list: &Vec<String>| list.iter().any(|pattern| wildcard::matches(pattern, action));
        match &self.actions {
            Meant::These(list) => is_listed(list),
            Meant::AllBut(list) => !is_listed(list),
        }
    }
}
