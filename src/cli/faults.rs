//! What could not be read beside what could: named, and told by the exit code.

use super::{
    command_operation::CommandOperation,
    failure::{Failure, Hint, Outcome, hints},
    terminal::{note, warn},
};
use crate::error::Error;

/// Faults that are told one by one; a vault may have as many as it has secrets.
const TOLD: usize = 10;

/// Names the faults, and what to do about them.
///
/// # Errors
/// [`Failure::Partial`] where there is one.
pub(crate) fn tell(faults: &[Error], operation: CommandOperation) -> Outcome {
    let mut helpful: Vec<Hint> = Vec::new();
    for fault in faults.iter().take(TOLD) {
        warn(&fault.to_string());
        for hint in hints(fault, operation) {
            if !helpful.contains(&hint) {
                helpful.push(hint);
            }
        }
    }
    if faults.len() > TOLD {
        warn(&format!("{} more cannot be read; 'coldseal verify' names all", faults.len() - TOLD));
    }
    helpful.iter().for_each(|hint| note(&format!("hint: {hint}")));
    if faults.is_empty() { Ok(()) } else { Err(Failure::Partial) }
}
