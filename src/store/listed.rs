//! A list of what can be read, and of what cannot.

use crate::error::{Error, Result};

/// What a walk over many things found: one that is damaged, or may not be read, does not hide the others.
#[derive(Debug)]
#[non_exhaustive]
pub struct Listed<T> {
    /// The sound ones.
    pub entries: Vec<T>,
    /// What the others fail with, each of them once. The errors name the place.
    pub faults: Vec<Error>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), faults: Vec::new() }
    }
}

impl<T> Listed<T> {
    /// The entries, for whom nothing will do but all of them.
    ///
    /// # Errors
    /// The first fault, where there is one.
    pub fn whole(self) -> Result<Vec<T>> {
        match self.faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(self.entries),
        }
    }

    /// Adds what was found elsewhere. What has been told of one place is not told again: a thousand secrets may lie behind one link.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.entries.append(&mut other.entries);
        for fault in other.faults {
            self.add_fault(fault);
        }
    }

    pub(crate) fn add_fault(&mut self, fault: Error) {
        let told = fault.to_string();
        if self.faults.iter().rev().take(NEIGHBOURS).all(|other| other.to_string() != told) {
            self.faults.push(fault);
        }
    }
}

/// How far back a fault is looked for: those of one place come in a row, one Region's among those of others.
const NEIGHBOURS: usize = 64;
