//! Values that AWS's model names one by one.

use crate::error::{Constraint, Result, Violation};

/// The value of this name.
///
/// # Errors
/// `ValidationException`, with the names that there are.
pub(super) fn one_of<T: Copy>(parameter: &str, name: &str, known: &[(&'static str, T)]) -> Result<T> {
    let found = known.iter().find(|(text, _)| *text == name).map(|(_, value)| *value);
    let names = || known.iter().map(|(text, _)| *text).collect();
    found.ok_or_else(|| Violation::by(parameter, name, Constraint::OneOf(names())).into())
}
