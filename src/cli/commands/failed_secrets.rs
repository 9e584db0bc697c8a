//! Those of many secrets that failed: counted, and the first of them told on stderr with what helps. Stdout has a line for each.

use crate::cli::{
    commands::failure_code::FailureCode,
    failure::Hint,
    terminal::{note, warn},
};

/// Failures that stderr repeats.
const TOLD: usize = 10;

#[derive(Default)]
pub(super) struct FailedSecrets {
    count: u64,
    /// The first ones.
    told: Vec<String>,
    /// What helps with them, each once.
    hints: Vec<Hint>,
}

impl FailedSecrets {
    /// The name and the code are `None` where there is none.
    pub(super) fn add(&mut self, name: Option<&str>, code: Option<FailureCode>, message: &str, hints: &[Hint]) {
        self.count += 1;
        if self.told.len() >= TOLD {
            return;
        }
        let name = name.map_or(String::new(), |name| format!("{}: ", name.escape_debug()));
        let code = code.map_or(String::new(), |code| format!("{code}: "));
        self.told.push(format!("{name}{code}{message}"));
        for hint in hints {
            if !self.hints.contains(hint) {
                self.hints.push(hint.clone());
            }
        }
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn tell(&self) {
        self.told.iter().for_each(|failure| warn(failure));
        let more = self.count.saturating_sub(u64::try_from(self.told.len()).unwrap_or_default());
        if more > 0 {
            warn(&format!("{more} more failed; the result on stdout has the reasons"));
        }
        self.hints.iter().for_each(|hint| note(&format!("hint: {hint}")));
    }
}
