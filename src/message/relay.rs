//! Batches that threads carry from the input to the outputs.
//!
//! ```text
//! thread 1   read 0 | work 0 | write 0 | read 2 | work 2 | write 2
//! thread 2          | read 1 | work 1  | write 1 | read 3 | …
//! ```
//!
//! A thread keeps its batch from the read to the write, so that it stays in that processor's cache, and there are as many batches as threads.
//! One thread reads at a time, and one writes to an output at a time, both in the order of the tickets.
//!
//! Why not `crate::parallel`: that has all its items at the start and keeps all results to the end, and a payload is neither to be held whole
//! nor written out of order.

use std::{
    mem::forget,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread::{Builder, Scope, scope},
};

use super::{
    Threads,
    ticket_lock::{Stop, Stopped, TicketLock},
};
use crate::{
    error::{Error, Result},
    parallel::lock,
};

/// How batches are read from `S`, worked on, and written to each `O`.
pub(crate) trait Stages<S, O>: Sync {
    /// What one thread works on, again and again.
    type Batch: Default;

    /// Reads the next batch; `None` at the end.
    fn read(&self, source: &mut S, batch: &mut Self::Batch) -> Result<Option<Weight>>;

    /// Works on it for the output with this index, while other threads do so on other batches.
    fn work(&self, batch: &mut Self::Batch, index: usize) -> Result<()>;

    /// Writes it.
    fn write(&self, output: &mut O, batch: &mut Self::Batch, index: usize) -> Result<()>;
}

/// Whether a batch is worth another thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Light,
    Heavy,
}

/// Why there is no next batch.
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

impl From<Stopped> for Ended {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

/// Carries batch after batch to each output, in order; gives back where they came from and where they went. Each heavy batch starts one more
/// thread until there are that many, so that small messages start none.
///
/// # Errors
/// That of the earliest batch that has one. Those before it were written then, and none behind it to an output that had failed.
pub(crate) fn relay<S: Send, O: Send>(stages: &impl Stages<S, O>, threads: Threads, source: S, outputs: Vec<O>) -> Result<(S, Vec<O>)> {
    let stop = Stop::never();
    let relay = Relay {
        stages,
        stop: &stop,
        source: TicketLock::new(source, threads.get(), &stop),
        outputs: outputs.into_iter().map(|output| TicketLock::new(output, threads.get(), &stop)).collect(),
        tickets: AtomicU64::new(0),
        threads_left: AtomicUsize::new(threads.get() - 1),
        end: Mutex::new((u64::MAX, Ended::Stopped)),
    };
    scope(|scope| relay.run(scope));
    match relay.end.into_inner().unwrap_or_else(PoisonError::into_inner).1 {
        Ended::Done => Ok((relay.source.into_inner(), relay.outputs.into_iter().map(TicketLock::into_inner).collect())),
        Ended::Failed(error) => Err(error),
        Ended::Stopped => Err(Error::Misuse("a thread ended in the middle of its work")),
    }
}

struct Relay<'a, S, O, C> {
    stages: &'a C,
    stop: &'a Stop,
    source: TicketLock<'a, S>,
    outputs: Vec<TicketLock<'a, O>>,
    /// The next ticket.
    tickets: AtomicU64,
    /// Threads that may still be started.
    threads_left: AtomicUsize,
    /// The first ticket that ended everything, and how.
    end: Mutex<(u64, Ended)>,
}

impl<S: Send, O: Send, C: Stages<S, O>> Relay<'_, S, O, C> {
    /// Carries batches until there are no more, or all is stopped.
    fn run<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let mut batch = C::Batch::default();
        loop {
            let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
            let ending = EndsOnPanic { relay: self, ticket };
            let carried = self.carry(ticket, &mut batch, scope);
            forget(ending);
            if let Err(ended) = carried {
                return self.end(ticket, ended);
            }
        }
    }

    fn carry<'scope>(&'scope self, ticket: u64, batch: &mut C::Batch, scope: &'scope Scope<'scope, '_>) -> Result<(), Ended> {
        let weight = self.source.take(ticket, |source| self.stages.read(source, batch)?.ok_or(Ended::Done))?;
        if weight == Weight::Heavy {
            self.start_thread(scope);
        }
        for (index, output) in self.outputs.iter().enumerate() {
            self.stages.work(batch, index)?;
            output.take(ticket, |output| self.stages.write(output, batch, index).map_err(Ended::from))?;
        }
        Ok(())
    }

    /// Starts one more thread, as long as there may be more. What one would have done that the system refuses is done by the others.
    fn start_thread<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let left = self.threads_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_ok() {
            let _ = Builder::new().name("coldseal-batches".to_owned()).spawn_scoped(scope, || self.run(scope));
        }
    }

    /// The earliest end counts, whichever comes first.
    fn end(&self, ticket: u64, ended: Ended) {
        let mut end = lock(&self.end);
        if ticket < end.0 {
            *end = (ticket, ended);
            self.stop.behind(ticket);
            self.source.wake();
            self.outputs.iter().for_each(TicketLock::wake);
        }
    }
}

/// Nobody waits for a thread that panics: this is dropped only then.
struct EndsOnPanic<'a, S: Send, O: Send, C: Stages<S, O>> {
    relay: &'a Relay<'a, S, O, C>,
    ticket: u64,
}

impl<S: Send, O: Send, C: Stages<S, O>> Drop for EndsOnPanic<'_, S, O, C> {
    fn drop(&mut self) {
        self.relay.end(self.ticket, Ended::Stopped);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        hint::spin_loop,
        ops::Range,
        panic::{AssertUnwindSafe, catch_unwind},
        sync::Barrier,
        thread::{current, sleep},
        time::Duration,
    };

    use super::*;

    const COUNTS: [usize; 4] = [1, 2, 3, 8];

    /// Told the number of a batch, and the index of the output.
    type Step<'a> = &'a (dyn Fn(u64, usize) -> Result<()> + Sync);

    /// What happens to batches that are numbers.
    struct Steps<'a> {
        weight: Weight,
        read: Step<'a>,
        work: Step<'a>,
        write: Step<'a>,
    }

    const NOTHING: Steps<'_> = Steps { weight: Weight::Heavy, read: &|_, _| Ok(()), work: &|_, _| Ok(()), write: &|_, _| Ok(()) };

    impl Stages<Range<u64>, Vec<u64>> for Steps<'_> {
        type Batch = (u64, usize);

        fn read(&self, source: &mut Range<u64>, batch: &mut (u64, usize)) -> Result<Option<Weight>> {
            let Some(number) = source.next() else { return Ok(None) };
            *batch = (number, 0);
            (self.read)(number, 0).map(|()| Some(self.weight))
        }

        fn work(&self, batch: &mut (u64, usize), index: usize) -> Result<()> {
            assert_eq!(batch.1, index, "each output once, in order");
            batch.1 += 1;
            (self.work)(batch.0, index)
        }

        fn write(&self, output: &mut Vec<u64>, batch: &mut (u64, usize), index: usize) -> Result<()> {
            (self.write)(batch.0, index)?;
            output.push(batch.0);
            Ok(())
        }
    }

    fn carry(steps: &Steps<'_>, threads: usize, batches: u64, outputs: usize) -> Result<Vec<Vec<u64>>> {
        let threads = Threads::new(threads).expect("not 0");
        relay(steps, threads, 0..batches, vec![Vec::new(); outputs]).map(|(_, outputs)| outputs)
    }

    #[test]
    fn batches_come_out_in_the_order_in_which_they_were_read() {
        let later_is_sooner = |number: u64, _| {
            (0..(100 - number % 100) * 50).for_each(|_| spin_loop());
            Ok(())
        };
        let longer_than_anyone_looks = |number: u64, _| {
            sleep(Duration::from_millis(number % 3));
            Ok(())
        };
        for count in COUNTS {
            for (work, batches) in
                [(&later_is_sooner as Step<'_>, 500), (&longer_than_anyone_looks, 30), (NOTHING.work, 1), (NOTHING.work, 0)]
            {
                for outputs in 0..4 {
                    let written = carry(&Steps { work, ..NOTHING }, count, batches, outputs).expect("nothing fails");
                    assert_eq!(written, vec![(0..batches).collect::<Vec<_>>(); outputs], "{count} threads");
                }
            }
        }
    }

    #[test]
    fn as_many_threads_work_at_once_as_were_allowed_and_no_more() {
        let (barrier, seen) = (Barrier::new(3), Mutex::new(HashSet::new()));
        // Each batch waits for two others: with fewer threads this would never end.
        let work: Step<'_> = &|_, _| {
            barrier.wait();
            lock(&seen).insert(current().id());
            Ok(())
        };
        assert_eq!(carry(&Steps { work, ..NOTHING }, 3, 9, 1).expect("nothing fails").concat().len(), 9);
        assert_eq!(seen.into_inner().expect("nobody panics").len(), 3);
    }

    #[test]
    fn one_thread_and_light_batches_start_no_other() {
        let here = current().id();
        let stay: Step<'_> = &|_, _| {
            assert_eq!(current().id(), here);
            Ok(())
        };
        for (count, weight) in [(1, Weight::Heavy), (9, Weight::Light)] {
            carry(&Steps { weight, read: stay, work: stay, write: stay }, count, 9, 1).expect("nothing fails");
        }
    }

    #[test]
    fn the_earliest_error_counts_and_all_before_it_is_written() {
        let fails = |step: &'static str, at: u64, number: u64| if number == at { Err(Error::Misuse(step)) } else { Ok(()) };
        for count in COUNTS {
            // Where reading, working and writing fail, and what is told: that a batch fails first though others behind it have failed sooner.
            for (read_at, work_at, write_at, first, told) in [
                (20, 21, 22, 20, "read"),
                (22, 20, 21, 20, "work"),
                (22, 21, 20, 20, "write"),
                (21, 99, 20, 20, "write"),
                (0, 1, 2, 0, "read"),
                (1, 2, 0, 0, "write"),
            ] {
                let what = format!("{count} threads, {told} at {first}");
                let written = Mutex::new(Vec::new());
                let read: Step<'_> = &|number, _| fails("read", read_at, number);
                let work: Step<'_> = &|number, _| {
                    sleep(Duration::from_millis(if number == first { 5 } else { 0 }));
                    fails("work", work_at, number)
                };
                let write: Step<'_> = &|number, _| {
                    fails("write", write_at, number)?;
                    lock(&written).push(number);
                    Ok(())
                };
                let result = carry(&Steps { weight: Weight::Heavy, read, work, write }, count, u64::MAX, 1).map(drop);
                assert!(matches!(result, Err(Error::Misuse(step)) if step == told), "{what}: {result:?}");
                assert!(written.into_inner().expect("nobody panics").into_iter().eq(0..first), "{what}");
            }
        }
    }

    #[test]
    fn no_output_is_written_to_behind_its_error() {
        for count in COUNTS {
            let written = Mutex::new(Vec::new());
            // The first output fails at the 21st batch, while the second has still to fail at the 20th.
            let write: Step<'_> = &|number, index| {
                sleep(Duration::from_millis(if (number, index) == (20, 1) { 5 } else { 0 }));
                if number + index as u64 == 21 {
                    return Err(Error::Misuse(if index == 1 { "second" } else { "first" }));
                }
                lock(&written).push((index, number));
                Ok(())
            };
            let result = carry(&Steps { write, ..NOTHING }, count, u64::MAX, 2).map(drop);
            assert!(matches!(result, Err(Error::Misuse("second"))), "{count} threads: {result:?}");
            let written_to = |index| lock(&written).iter().filter(|write| write.0 == index).map(|write| write.1).collect::<Vec<_>>();
            assert!(written_to(0).into_iter().eq(0..21) && written_to(1).into_iter().eq(0..20), "{count} threads");
        }
    }

    #[test]
    fn a_panic_is_not_waited_for() {
        for count in COUNTS {
            for panics_in in ["read", "work", "write"] {
                let step = |name, number| {
                    assert!((number, name) != (40, panics_in), "a step panics");
                    Ok(())
                };
                let read: Step<'_> = &|number, _| step("read", number);
                let work: Step<'_> = &|number, _| step("work", number);
                let write: Step<'_> = &|number, _| step("write", number);
                let steps = Steps { weight: Weight::Heavy, read, work, write };
                let carried = catch_unwind(AssertUnwindSafe(|| carry(&steps, count, u64::MAX, 2)));
                assert!(carried.is_err(), "{count} threads, {panics_in}");
            }
        }
    }

    #[test]
    fn a_thread_that_panics_already_carries_everything() {
        struct CarriesWhenDropped<'a>(usize, &'a Mutex<Option<Vec<Vec<u64>>>>);
        impl Drop for CarriesWhenDropped<'_> {
            fn drop(&mut self) {
                *lock(self.1) = carry(&NOTHING, self.0, 50, 2).ok();
            }
        }
        for count in COUNTS {
            let written = Mutex::new(None);
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let _carries = CarriesWhenDropped(count, &written);
                panic!("unwinds");
            }));
            assert!(unwound.is_err());
            assert_eq!(lock(&written).take(), Some(vec![(0..50).collect::<Vec<_>>(); 2]), "{count} threads");
        }
    }
}
