//! Something that several threads use one after another, each in the turn that its ticket says.

use std::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{error::Error, parallel::lock};

/// How often the next one looks again before it sleeps: about the time that a batch takes. To be woken takes as long.
const LOOKS: u32 = 2000;

/// The ticket behind which there are no turns any more, for all [`Turns`] of one piece of work.
#[derive(Debug)]
pub(super) struct Stop(AtomicU64);

impl Stop {
    pub(super) const fn never() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    /// No ticket behind this one gets a turn; those before it do. The [`Turns`] have to be woken then.
    pub(super) fn behind(&self, ticket: u64) {
        self.0.fetch_min(ticket, Ordering::AcqRel);
    }

    fn is_before(&self, ticket: u64) -> bool {
        self.0.load(Ordering::Acquire) < ticket
    }
}

/// Why there is no next turn.
#[derive(Debug)]
pub(super) enum Ended {
    /// There is nothing more to do.
    Done,
    Failed(Error),
    /// Another ticket has ended everything.
    Stopped,
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A value and whose turn it is. Tickets are 0, 1, 2, …, and no more of them wait at once than there are threads.
pub(super) struct Turns<'a, T> {
    value: Mutex<T>,
    stop: &'a Stop,
    next: AtomicU64,
    /// How many sleep. While it is locked, nothing changes that they wait for.
    asleep: Mutex<usize>,
    /// For the holders of tickets with the same remainder.
    alarms: Vec<Condvar>,
}

impl<'a, T> Turns<'a, T> {
    pub(super) fn new(value: T, threads: usize, stop: &'a Stop) -> Self {
        let alarms = (0..threads).map(|_| Condvar::new()).collect();
        Self { value: Mutex::new(value), stop, next: AtomicU64::new(0), asleep: Mutex::new(0), alarms }
    }

    /// Waits for the ticket's turn and works; the next turn comes if that succeeds.
    ///
    /// # Errors
    /// What `work` gives, or that all was stopped before the turn.
    pub(super) fn take<R>(&self, ticket: u64, work: impl FnOnce(&mut T) -> Result<R, Ended>) -> Result<R, Ended> {
        self.wait(ticket)?;
        // Nobody else has the turn. It never comes to anyone behind a thread that panicked in its own.
        let done = work(&mut lock(&self.value))?;
        let asleep = lock(&self.asleep);
        self.next.store(ticket + 1, Ordering::Release);
        if *asleep > 0 {
            // The one behind the next gets up to look on.
            [ticket + 1, ticket + 2].into_iter().filter_map(|ticket| self.alarm(ticket)).for_each(Condvar::notify_all);
        }
        Ok(done)
    }

    fn wait(&self, ticket: u64) -> Result<(), Ended> {
        let (mut looks, mut asleep) = (0, None);
        loop {
            let next = self.next.load(Ordering::Acquire);
            if self.stop.is_before(ticket) {
                return Err(Ended::Stopped);
            } else if next == ticket {
                return Ok(());
            } else if next + 1 == ticket && looks < LOOKS {
                asleep = None;
                looks += 1;
                spin_loop();
            } else {
                // Looked at once more with the lock, which whoever changes something has to get.
                asleep = Some(match asleep.take() {
                    None => lock(&self.asleep),
                    Some(asleep) => self.sleep(ticket, asleep),
                });
            }
        }
    }

    fn sleep<'b>(&self, ticket: u64, mut asleep: MutexGuard<'b, usize>) -> MutexGuard<'b, usize> {
        let Some(alarm) = self.alarm(ticket) else { return asleep };
        *asleep += 1;
        let mut asleep = alarm.wait(asleep).unwrap_or_else(PoisonError::into_inner);
        *asleep -= 1;
        asleep
    }

    fn alarm(&self, ticket: u64) -> Option<&Condvar> {
        let remainder = ticket.checked_rem(u64::try_from(self.alarms.len()).ok()?)?;
        self.alarms.get(usize::try_from(remainder).ok()?)
    }

    /// Wakes everyone, to see that all was stopped.
    pub(super) fn wake(&self) {
        if *lock(&self.asleep) > 0 {
            self.alarms.iter().for_each(Condvar::notify_all);
        }
    }

    pub(super) fn into_inner(self) -> T {
        self.value.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        thread::{scope, sleep},
        time::Duration,
    };

    use super::*;

    /// Works in the ticket's turn, if it comes.
    fn add(turns: &Turns<'_, Vec<u64>>, ticket: u64) -> Result<(), Ended> {
        turns.take(ticket, |taken| {
            taken.push(ticket);
            Ok(())
        })
    }

    #[test]
    fn nobody_behind_a_stop_gets_a_turn_and_everyone_before_it_does() {
        let stop = Stop::never();
        let turns = Turns::new(Vec::new(), 2, &stop);
        stop.behind(1);
        assert!(add(&turns, 0).is_ok() && add(&turns, 1).is_ok());
        // Its turn it would be.
        assert!(matches!(add(&turns, 2), Err(Ended::Stopped)));
        assert_eq!(turns.into_inner(), [0, 1]);
    }

    #[test]
    fn who_sleeps_is_woken_for_the_turn_and_by_a_stop() {
        let stop = Stop::never();
        let turns = Turns::new(Vec::new(), 4, &stop);
        scope(|scope| {
            let next = scope.spawn(|| add(&turns, 1));
            let stopped = [3, 4].map(|ticket| {
                scope.spawn({
                    let turns = &turns;
                    move || add(turns, ticket)
                })
            });
            // Longer than the next one looks on; that the others sleep is certain only where this is long enough, and right in any case.
            sleep(Duration::from_millis(20));
            assert!(add(&turns, 0).is_ok());
            assert!(next.join().expect("no panic").is_ok());
            stop.behind(2);
            turns.wake();
            for stopped in stopped {
                assert!(matches!(stopped.join().expect("no panic"), Err(Ended::Stopped)));
            }
        });
        assert_eq!(turns.into_inner(), [0, 1]);
    }

    #[test]
    fn a_turn_that_fails_is_followed_by_none() {
        let stop = Stop::never();
        let turns = Turns::new(Vec::new(), 2, &stop);
        let failed: Result<(), Ended> = turns.take(0, |_| Err(Error::Misuse("fails").into()));
        assert!(matches!(failed, Err(Ended::Failed(Error::Misuse("fails")))));
        stop.behind(0);
        assert!(matches!(add(&turns, 1), Err(Ended::Stopped)) && turns.into_inner().is_empty());
    }
}
