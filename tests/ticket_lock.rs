//! The ticket lock, with the steps of its threads in every order: `src/message/ticket_lock.rs` over loom's primitives.
//!
//! Up to three of a thread's steps are broken off for another thread's; a turn that never comes is a deadlock, which loom reports.

mod sync {
    pub(super) use std::sync::PoisonError;

    pub(super) use loom::{
        hint::spin_loop,
        sync::{
            Condvar, Mutex, MutexGuard,
            atomic::{AtomicU64, Ordering},
        },
    };

    pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One look is as good as two thousand: each is a step that others may come before.
    pub(super) const LOOKS: u32 = 1;
}

#[path = "../src/message/ticket_lock.rs"]
mod ticket_lock;

use std::sync::Arc;

use loom::thread::{JoinHandle, spawn};
use sync::{AtomicU64, Ordering};
use ticket_lock::{Stop, Stopped, TicketLock};

type Taken = TicketLock<'static, Vec<u64>>;

/// Tries `run` in every order of the steps of its threads.
fn in_every_order(run: fn()) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(run);
}

/// Loom's threads borrow nothing: what they share is given up to them.
fn shared<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn turns(threads: usize) -> (&'static Stop, Arc<Taken>) {
    let stop = shared(Stop::never());
    (stop, Arc::new(TicketLock::new(Vec::new(), threads, stop)))
}

fn add(turns: &Taken, ticket: u64) -> Result<(), Stopped> {
    turns.take(ticket, |taken| {
        taken.push(ticket);
        Ok(())
    })
}

/// Adds the ticket in its turn, on another thread.
fn add_elsewhere(turns: &Arc<Taken>, ticket: u64) -> JoinHandle<Result<(), Stopped>> {
    let turns = Arc::clone(turns);
    spawn(move || add(&turns, ticket))
}

/// Everything that had its turn, once all threads have ended.
fn taken(turns: Arc<Taken>) -> Vec<u64> {
    Arc::into_inner(turns).expect("nobody else has it").into_inner()
}

#[test]
fn each_ticket_of_three_threads_gets_its_turn_in_order() {
    in_every_order(|| {
        let (_, turns) = turns(3);
        let others = [2, 1].map(|ticket| add_elsewhere(&turns, ticket));
        assert!(add(&turns, 0).is_ok());
        for other in others {
            assert!(other.join().expect("no panic").is_ok());
        }
        assert_eq!(taken(turns), [0, 1, 2]);
    });
}

#[test]
fn threads_that_draw_tickets_carry_all_of_them_in_order() {
    const TICKETS: u64 = 4;
    in_every_order(|| {
        let ((_, turns), tickets) = (turns(2), shared(AtomicU64::new(0)));
        let carry = move |turns: &Taken| {
            loop {
                let ticket = tickets.fetch_add(1, Ordering::Relaxed);
                if ticket >= TICKETS {
                    return;
                }
                assert!(add(turns, ticket).is_ok());
            }
        };
        let theirs = Arc::clone(&turns);
        let other = spawn(move || carry(&theirs));
        carry(&turns);
        other.join().expect("no panic");
        assert_eq!(taken(turns), [0, 1, 2, 3]);
    });
}

#[test]
fn nobody_waits_behind_a_stop_and_everyone_before_it_has_a_turn() {
    in_every_order(|| {
        let (stop, turns) = turns(3);
        let behind = add_elsewhere(&turns, 2);
        let first = add_elsewhere(&turns, 0);
        // The ticket 1 fails before its turn.
        stop.behind(1);
        turns.wake();
        assert!(behind.join().expect("no panic").is_err());
        assert!(first.join().expect("no panic").is_ok());
        assert_eq!(taken(turns), [0]);
    });
}

#[test]
fn a_turn_that_fails_is_followed_by_none() {
    in_every_order(|| {
        let (stop, turns) = turns(2);
        let behind = add_elsewhere(&turns, 1);
        let failed: Result<(), Stopped> = turns.take(0, |_| Err(Stopped));
        assert!(failed.is_err());
        stop.behind(0);
        turns.wake();
        assert!(behind.join().expect("no panic").is_err());
    });
}
