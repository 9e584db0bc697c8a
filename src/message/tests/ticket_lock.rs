//! The ticket lock with real threads; `tests/ticket_lock.rs` tries every order of their steps.

use std::{
    thread::{scope, sleep},
    time::Duration,
};

use crate::{
    error::Error,
    message::{
        relay::Ended,
        ticket_lock::{Stop, TicketLock},
    },
};

/// Works in the ticket's turn, if it comes.
fn add(turns: &TicketLock<'_, Vec<u64>>, ticket: u64) -> Result<(), Ended> {
    turns.take(ticket, |taken| {
        taken.push(ticket);
        Ok(())
    })
}

#[test]
fn nobody_behind_a_stop_gets_a_turn_and_everyone_before_it_does() {
    let stop = Stop::never();
    let turns = TicketLock::new(Vec::new(), 2, &stop);
    stop.behind(1);
    assert!(add(&turns, 0).is_ok() && add(&turns, 1).is_ok());
    // Its turn it would be.
    assert!(matches!(add(&turns, 2), Err(Ended::Stopped)));
    assert_eq!(turns.into_inner(), [0, 1]);
}

#[test]
fn who_sleeps_is_woken_for_the_turn_and_by_a_stop() {
    let stop = Stop::never();
    let turns = TicketLock::new(Vec::new(), 4, &stop);
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
    let turns = TicketLock::new(Vec::new(), 2, &stop);
    let failed: Result<(), Ended> = turns.take(0, |_| Err(Error::Misuse("fails").into()));
    assert!(matches!(failed, Err(Ended::Failed(Error::Misuse("fails")))));
    stop.behind(0);
    assert!(matches!(add(&turns, 1), Err(Ended::Stopped)) && turns.into_inner().is_empty());
}
