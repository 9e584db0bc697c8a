//! Policies that are attached to a resource: key policies of AWS KMS, and secrets' policies of AWS Secrets Manager. They are checked, and no more:
//! **nothing in this crate enforces a policy**.

mod broad_access;
mod elements;
mod fault;
mod grammar;
mod lockout;
mod members_once;
mod principals;
mod statement;
mod wildcard;

use serde_json::Value;

pub(crate) use self::fault::{PolicyFault, first};
use self::{fault::not_json, statement::Statement};
use crate::error::{RequestRefusal, Result};

/// A policy that follows the grammar.
#[derive(Debug)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

impl Policy {
    /// Parses a policy that is to be attached: the grammar, and what AWS checks of the elements besides.
    ///
    /// # Errors
    /// All that is wrong, at least one; what is no policy at all is one fault.
    pub(crate) fn new(text: &str) -> std::result::Result<Self, Vec<PolicyFault>> {
        let syntax = |what| vec![PolicyFault::Syntax(what)];
        let value = members_once::parse(text).map_err(syntax)?;
        let policy = Self { statements: grammar::statements(value).map_err(syntax)? };
        let faults: Vec<_> = elements::faults(&policy.statements).chain(principals::faults(&policy.statements)).collect();
        if faults.is_empty() { Ok(policy) } else { Err(faults) }
    }

    /// The statement, if there is one, by which everyone has access, whoever they are and wherever they call from.
    pub(crate) fn broad_access(&self) -> Option<&str> {
        broad_access::first(&self.statements)
    }

    /// The statement, if there is one, that keeps everyone from changing the policy of a secret again.
    pub(crate) fn lockout(&self) -> Option<&str> {
        lockout::first(&self.statements)
    }
}

/// Whether a text that is kept follows the [grammar of policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html)
/// for a policy that is attached to a resource: JSON, members, and the kinds of their values. What a release has stored passes.
///
/// # Errors
/// `MalformedPolicyDocumentException`. It repeats nothing of the text but names of members.
pub(crate) fn check_grammar(policy: &str) -> Result<()> {
    let value: std::result::Result<Value, String> = serde_json::from_str(policy).map_err(|error| not_json(&error));
    let checked = value.and_then(grammar::statements);
    checked.map(drop).map_err(|what| RequestRefusal::MalformedPolicy(what).into())
}

/// Whether a policy can name whom this says.
///
/// # Errors
/// What it may be.
pub(crate) fn check_principal(name: &str) -> std::result::Result<(), String> {
    principals::check_of_aws(name)
}

#[cfg(test)]
mod tests;
