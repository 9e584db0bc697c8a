//! Whether a policy keeps everyone from changing it.

use super::statement::{Effect, Statement};

/// Without this action a secret's policy stays as it is.
const PUT: &str = "secretsmanager:PutResourcePolicy";

/// The place of the first statement that denies it to all, whatever they ask and wherever they are.
pub(super) fn first(statements: &[Statement]) -> Option<&str> {
    let locks_out = |statement: &&Statement| {
        statement.effect == Effect::Deny && statement.leaves_no_one_out() && statement.condition.is_empty() && statement.is_about(PUT)
    };
    statements.iter().find(locks_out).map(|statement| statement.place.as_str())
}
