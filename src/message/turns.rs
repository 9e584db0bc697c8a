//! Something that several threads use one after another, each in the turn that its ticket says.

use std::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::error::Error;

/// How often a thread looks again before it sleeps: about the time that a batch takes. To be woken takes as long.
const LOOKS: u32 = 2000;

/// The ticket behind which there are no turns any more, for all [`Turns`] of one piece of work.
#[derive(Debug)]
pub(super) struct Stop(AtomicU64);

impl Stop {
    pub(super) const fn never() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    /// No ticket behind this one gets a turn; those before it do.
    pub(super) fn behind(&self, ticket: u64) {
        self.0.fetch_min(ticket, Ordering::AcqRel);
    }

    fn is_before(&self, ticket: u64) -> bool {
        self.0.load(Ordering::Acquire) < ticket
    }
}

/// Why there is no next turn: an error, or `None` for the end or for a stop.
pub(super) type Ended = Option<Error>;

/// A value and whose turn it is. Tickets are 0, 1, 2, …, and no more of them are out at once than there are threads.
pub(super) struct Turns<'a, T> {
    value: Mutex<T>,
    stop: &'a Stop,
    next: AtomicU64,
    /// For the holders of tickets with the same remainder: the one who is next is woken, and nobody else. None where one thread is alone.
    sleepers: Vec<Condvar>,
}

impl<'a, T> Turns<'a, T> {
    pub(super) fn new(value: T, threads: usize, stop: &'a Stop) -> Self {
        let sleepers = if threads > 1 { threads } else { 0 };
        Self { value: Mutex::new(value), stop, next: AtomicU64::new(0), sleepers: (0..sleepers).map(|_| Condvar::new()).collect() }
    }

    /// Waits for the ticket's turn and works; the next turn comes if that succeeds.
    ///
    /// # Errors
    /// What `work` gives; `None` when all was stopped before the turn.
    pub(super) fn take<R>(&self, ticket: u64, work: impl FnOnce(&mut T) -> Result<R, Ended>) -> Result<R, Ended> {
        let mut value = self.wait(ticket).ok_or(None)?;
        let done = work(&mut value)?;
        self.next.store(ticket + 1, Ordering::Release);
        drop(value);
        if let Some(sleeper) = self.sleeper(ticket + 1) {
            sleeper.notify_all();
        }
        Ok(done)
    }

    fn wait(&self, ticket: u64) -> Option<MutexGuard<'_, T>> {
        let is_next = || self.next.load(Ordering::Acquire) == ticket;
        (0..LOOKS).take_while(|_| !is_next() && !self.stop.is_before(ticket)).for_each(|_| spin_loop());
        // A thread that panicked has stopped all later turns, and left the value as whole as an error would.
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if self.stop.is_before(ticket) {
                return None;
            }
            let Some(sleeper) = self.sleeper(ticket).filter(|_| !is_next()) else { return Some(value) };
            value = sleeper.wait(value).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn sleeper(&self, ticket: u64) -> Option<&Condvar> {
        let remainder = ticket.checked_rem(u64::try_from(self.sleepers.len()).ok()?)?;
        self.sleepers.get(usize::try_from(remainder).ok()?)
    }

    /// Wakes everyone, to see that all was stopped.
    pub(super) fn wake(&self) {
        // Who looked before the stop sleeps by now.
        drop(self.value.lock());
        self.sleepers.iter().for_each(Condvar::notify_all);
    }

    pub(super) fn into_inner(self) -> T {
        self.value.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
