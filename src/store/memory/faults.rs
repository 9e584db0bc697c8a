//! When a store fails, and what happens meanwhile.

use std::{fmt, io};

use crate::error::{Error, Result};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InjectedFault {
    /// Nothing is done.
    Refused,
    /// It is done, and says that it is not.
    Unknown,
    /// The machine stops: no later call does anything either.
    Down,
}

#[derive(Default)]
pub(super) struct Faults {
    calls: u64,
    fault: Option<(u64, InjectedFault)>,
    interruptions: Vec<(u64, Interruption)>,
    is_down: bool,
}

pub(super) type Interruption = Box<dyn FnOnce() + Send>;

/// What a call does.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallAnswer(Option<InjectedFault>);

impl CallAnswer {
    /// Fails where nothing is to be done.
    pub(super) fn before(self) -> Result<()> {
        if matches!(self.0, Some(InjectedFault::Refused | InjectedFault::Down)) { Err(failure()) } else { Ok(()) }
    }

    /// Fails where it was done.
    pub(super) fn after(self) -> Result<()> {
        if self.0.is_some() { Err(failure()) } else { Ok(()) }
    }
}

fn failure() -> Error {
    Error::io("asking the store", io::Error::other("it failed"))
}

impl Faults {
    pub(super) fn fail_at(&mut self, call: u64, fault: InjectedFault) {
        self.fault = Some((self.calls + call, fault));
    }

    pub(super) fn interrupt_at(&mut self, call: u64, work: Interruption) {
        self.interruptions.push((self.calls + call, work));
    }

    pub(super) fn calm(&mut self) -> u64 {
        std::mem::take(self).calls
    }

    pub(super) fn interruption(&mut self) -> Option<Interruption> {
        let due = self.interruptions.iter().position(|(call, _)| *call == self.calls + 1)?;
        Some(self.interruptions.swap_remove(due).1)
    }

    pub(super) fn answer(&mut self) -> Result<CallAnswer> {
        self.calls += 1;
        let fault = self.fault.take_if(|(call, _)| *call <= self.calls).map(|(_, fault)| fault);
        self.is_down |= fault == Some(InjectedFault::Down);
        if self.is_down { Err(failure()) } else { Ok(CallAnswer(fault)) }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("calls", &self.calls).field("fault", &self.fault).field("is_down", &self.is_down).finish()
    }
}
