//! How far the clock is believed, where a wrong one would cost keys for good.
//!
//! A keystore keeps the latest time at which its clock was believed: that of a write no more than 30 days after the one that it kept before. A
//! write under another clock changes other things, and not this. So nothing but somebody's word makes a clock believed again that has jumped:
//! no number of writes under it does.

use std::fmt;

use super::state::{Clock, EmbeddedKms};
use crate::{error::Result, timestamp::Timestamp};

/// Days after the time that was kept beyond which the clock is doubted.
const TOLERANCE_IN_DAYS: u16 = 30;

/// Why the clock cannot be trusted with a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockDoubt {
    /// It stands before a time at which it was believed.
    Behind {
        /// What it says.
        now: Timestamp,
        /// The latest time at which it was believed.
        believed: Timestamp,
    },
    /// It stands more than 30 days after.
    FarAhead {
        /// What it says.
        now: Timestamp,
        /// The latest time at which it was believed.
        believed: Timestamp,
    },
}

impl fmt::Display for ClockDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, relation, believed) = match self {
            Self::Behind { now, believed } => (now, "before", believed),
            Self::FarAhead { now, believed } => (now, "more than 30 days after", believed),
        };
        write!(f, "the clock says {now}, which is {relation} {believed}, the latest time that the keystore believes")
    }
}

impl EmbeddedKms {
    /// Why the clock cannot be trusted with a deletion, if it cannot.
    #[must_use]
    pub fn clock_doubt(&self) -> Option<ClockDoubt> {
        doubt(self.now(), self.believed?)
    }

    /// Believes the clock as it is: somebody has said so.
    pub fn believe_clock(&mut self) {
        self.believed = Some(self.now());
        self.dirty = true;
    }

    /// When a waiting period that begins now begins: under a clock that stands before the time that it was believed at, it would be over too soon.
    pub(super) fn waiting_from(&self) -> Timestamp {
        self.waiting_since(self.now())
    }

    /// The same where it is known what the clock says.
    pub(crate) fn waiting_since(&self, now: Timestamp) -> Timestamp {
        self.believed.map_or(now, |believed| believed.max(now))
    }

    /// The time of a write that is done now.
    ///
    /// # Errors
    /// The clock stands outside of the years that can be written down.
    pub(in crate::kms) fn time_of_write(&self) -> Result<Timestamp> {
        match self.clock {
            Clock::System => Ok(Timestamp::now()?),
            #[cfg(test)]
            Clock::Fixed(time) => Ok(time),
        }
    }

    /// The time that a write at `now` keeps.
    pub(in crate::kms) fn believed_at(&self, now: Timestamp) -> Timestamp {
        self.believed.filter(|believed| doubt(now, *believed).is_some()).unwrap_or(now)
    }
}

fn doubt(now: Timestamp, believed: Timestamp) -> Option<ClockDoubt> {
    if now < believed {
        Some(ClockDoubt::Behind { now, believed })
    } else if now > believed.plus_days(TOLERANCE_IN_DAYS) {
        Some(ClockDoubt::FarAhead { now, believed })
    } else {
        None
    }
}
