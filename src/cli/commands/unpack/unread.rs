//! What of the secrets cannot be read: told for all of them, and then nothing is written.

use crate::{
    cli::{
        command_operation::CommandOperation,
        commands::failure_code::{FailureCode, message},
        failure::{Failure, Hint, Outcome, hints},
        terminal::{note, say},
    },
    error::Error,
};

/// What could not be read. The name is `None` where the record tells none.
#[derive(Default)]
pub(super) struct Unread(Vec<(Option<String>, Error)>);

impl Unread {
    pub(super) fn add(&mut self, name: Option<&str>, error: Error) {
        self.0.push((name.map(str::to_owned), error));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) const fn count(&self) -> usize {
        self.0.len()
    }

    /// # Errors
    /// There is something; of several each is told here.
    pub(super) fn finish(mut self, count: usize) -> Outcome {
        let code = match (self.0.len(), count) {
            (0, _) => return Ok(()),
            (1, 1) => return self.0.pop().map_or(Ok(()), |(_, error)| Err(error.into())),
            (unread, _) => {
                note(&format!("nothing was written: {unread} of {count} secrets cannot be read:"));
                self.tell()
            }
        };
        Err(Failure::Ended(code))
    }

    /// Gives the exit code of the first.
    fn tell(self) -> u8 {
        let mut helpful: Vec<Hint> = Vec::new();
        for (name, error) in &self.0 {
            let name = name.as_ref().map_or(String::new(), |name| format!("{}: ", name.escape_debug()));
            say(&[format!("  {name}{}: {}", FailureCode::of(error), message(error))]);
            for hint in hints(error, CommandOperation::GetSecretValue) {
                if !helpful.contains(&hint) {
                    helpful.push(hint);
                }
            }
        }
        helpful.iter().for_each(|hint| say(&[format!("hint: {hint}")]));
        self.0.into_iter().next().map_or(0, |(_, error)| Failure::Core(error).exit_code())
    }
}
