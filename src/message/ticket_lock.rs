//! Something that several threads use one after another, each in the turn that its ticket says.
//!
//! What threads share comes from `super::sync`: `tests/ticket_lock.rs` takes this file with loom's in its place, and tries every order of the steps
//! of its threads.

use super::sync::{AtomicU64, Condvar, LOOKS, Mutex, MutexGuard, Ordering, PoisonError, lock, spin_loop};

/// The ticket behind which there are no turns any more, for all [`TicketLock`]s of one piece of work.
#[derive(Debug)]
pub(super) struct Stop(AtomicU64);

impl Stop {
    pub(super) fn never() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    /// No ticket behind this one gets a turn; those before it do. The [`TicketLock`]s have to be woken then.
    pub(super) fn behind(&self, ticket: u64) {
        self.0.fetch_min(ticket, Ordering::AcqRel);
    }

    fn is_before(&self, ticket: u64) -> bool {
        self.0.load(Ordering::Acquire) < ticket
    }
}

/// Another ticket has ended everything before the turn came.
#[derive(Debug)]
pub(super) struct Stopped;

/// A value and whose turn it is. Tickets are 0, 1, 2, …, and no more of them wait at once than there are threads.
pub(super) struct TicketLock<'a, T> {
    value: Mutex<T>,
    stop: &'a Stop,
    next: AtomicU64,
    /// How many sleep. While it is locked, nothing changes that they wait for.
    asleep: Mutex<usize>,
    /// For the holders of tickets with the same remainder.
    alarms: Vec<Condvar>,
}

impl<'a, T> TicketLock<'a, T> {
    pub(super) fn new(value: T, threads: usize, stop: &'a Stop) -> Self {
        let alarms = (0..threads).map(|_| Condvar::new()).collect();
        Self { value: Mutex::new(value), stop, next: AtomicU64::new(0), asleep: Mutex::new(0), alarms }
    }

    /// Waits for the ticket's turn and works; the next turn comes if that succeeds.
    ///
    /// # Errors
    /// What `work` gives, or that all was stopped before the turn.
    pub(super) fn take<R, E: From<Stopped>>(&self, ticket: u64, work: impl FnOnce(&mut T) -> Result<R, E>) -> Result<R, E> {
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

    fn wait(&self, ticket: u64) -> Result<(), Stopped> {
        let (mut looks, mut asleep) = (0, None);
        loop {
            let next = self.next.load(Ordering::Acquire);
            if self.stop.is_before(ticket) {
                return Err(Stopped);
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
