//! Work on several threads, taken back in the order in which it was given.
//!
//! The caller reads and writes, and works too while it would wait. Helpers start one by one as work comes, so that small messages start none.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{Builder, Scope, scope},
};

/// How many threads one call may use, the caller's included; 1 unless chosen otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threads(NonZeroUsize);

impl Threads {
    /// The caller's thread only.
    pub const ONE: Self = Self(NonZeroUsize::MIN);

    /// `None` for 0.
    #[must_use]
    pub const fn new(threads: usize) -> Option<Self> {
        match NonZeroUsize::new(threads) {
            Some(threads) => Some(Self(threads)),
            None => None,
        }
    }

    /// As many as the machine runs at once.
    #[must_use]
    pub fn available() -> Self {
        std::thread::available_parallelism().map_or(Self::ONE, Self)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0.get()
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::ONE
    }
}

/// Runs `body` with a lane whose jobs `work` does. Helpers have ended when this returns; jobs that nobody began by then are dropped.
pub(super) fn in_order<J: Send, T>(threads: Threads, work: impl Fn(&mut J) + Sync, body: impl FnOnce(&mut Lane<'_, '_, J>) -> T) -> T {
    let queue = Queue { state: Mutex::new(State { tickets: VecDeque::new(), is_closed: false }), changed: Condvar::new() };
    let work: &(dyn Fn(&mut J) + Sync) = &work;
    scope(|scope| {
        let _closing = Closing(&queue);
        let mut lane = Lane { scope, queue: &queue, work, given: VecDeque::new(), helpers: 0, helpers_left: threads.get() - 1 };
        body(&mut lane)
    })
}

/// Jobs on their way.
pub(super) struct Lane<'scope, 'env, J> {
    scope: &'scope Scope<'scope, 'env>,
    queue: &'env Queue<J>,
    work: &'env (dyn Fn(&mut J) + Sync),
    given: VecDeque<Given<J>>,
    /// Helpers that were started, and those that may still be.
    helpers: usize,
    helpers_left: usize,
}

enum Given<J> {
    Done(J),
    /// In the queue, or with a helper.
    Queued(mpsc::Receiver<J>),
}

struct Ticket<J> {
    job: J,
    done: mpsc::SyncSender<J>,
}

struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    tickets: VecDeque<Ticket<J>>,
    is_closed: bool,
}

impl<'scope, J: Send> Lane<'scope, '_, J> {
    /// Does a job here and now. It is taken in its turn.
    pub(super) fn give_done(&mut self, mut job: J) {
        (self.work)(&mut job);
        self.given.push_back(Given::Done(job));
    }

    /// Gives a job. With one thread it is done here and now.
    pub(super) fn give(&mut self, job: J) {
        self.start_helper();
        if self.helpers == 0 {
            return self.give_done(job);
        }
        let (done, receiver) = mpsc::sync_channel(1);
        self.queue.lock().tickets.push_back(Ticket { job, done });
        self.queue.changed.notify_one();
        self.given.push_back(Given::Queued(receiver));
    }

    /// The oldest job, done; works while it waits. `None` when there is none.
    pub(super) fn take(&mut self) -> Option<J> {
        let receiver = match self.given.pop_front()? {
            Given::Done(job) => return Some(job),
            Given::Queued(receiver) => receiver,
        };
        loop {
            if let Ok(job) = receiver.try_recv() {
                return Some(job);
            }
            let next = self.queue.lock().tickets.pop_front();
            match next {
                Some(ticket) => ticket.run(self.work),
                None => return Some(receiver.recv().expect("a helper that panics ends the whole call")),
            }
        }
    }

    /// The oldest job, done: where more than `limit` are on their way, that is waited for.
    pub(super) fn take_beyond(&mut self, limit: usize) -> Option<J> {
        if self.given.len() > limit { self.take() } else { self.take_done() }
    }

    /// The oldest job, if it is done.
    fn take_done(&mut self) -> Option<J> {
        match self.given.pop_front()? {
            Given::Done(job) => Some(job),
            Given::Queued(receiver) => match receiver.try_recv() {
                Ok(job) => Some(job),
                Err(_) => {
                    self.given.push_front(Given::Queued(receiver));
                    None
                }
            },
        }
    }

    /// Starts one more helper, as long as there may be more. A thread that the system refuses is done without.
    fn start_helper(&mut self) {
        if self.helpers_left == 0 {
            return;
        }
        self.helpers_left -= 1;
        let (queue, work) = (self.queue, self.work);
        let help = move || {
            while let Some(ticket) = queue.wait() {
                ticket.run(work);
            }
        };
        if Builder::new().name("coldseal-frames".to_owned()).spawn_scoped(self.scope, help).is_ok() {
            self.helpers += 1;
        }
    }
}

impl<J> Ticket<J> {
    fn run(mut self, work: &(dyn Fn(&mut J) + Sync)) {
        work(&mut self.job);
        // Nobody waits for it any more when the caller has failed.
        let _ = self.done.send(self.job);
    }
}

impl<J> Queue<J> {
    /// A panic elsewhere leaves the state as whole as before.
    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next ticket; `None` when there will be none.
    fn wait(&self) -> Option<Ticket<J>> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(ticket) = state.tickets.pop_front() {
                return Some(ticket);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Ends the helpers, however the caller ends.
struct Closing<'a, J>(&'a Queue<J>);

impl<J> Drop for Closing<'_, J> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.is_closed = true;
        state.tickets.clear();
        drop(state);
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering::Relaxed},
    };

    use super::*;

    fn threads(count: usize) -> Threads {
        Threads::new(count).expect("not 0")
    }

    #[test]
    fn jobs_come_back_in_the_order_in_which_they_were_given() {
        for count in [1, 2, 3, 8] {
            let taken = in_order(
                threads(count),
                |job: &mut (usize, usize)| {
                    // The later, the sooner done.
                    for _ in 0..(100 - job.0 % 100) * 50 {
                        std::hint::spin_loop();
                    }
                    job.1 = job.0 * 2;
                },
                |lane| {
                    let mut taken = Vec::new();
                    for number in 0..500 {
                        if number % 7 == 0 {
                            lane.give_done((number, 0));
                        } else {
                            lane.give((number, 0));
                        }
                        while let Some(job) = lane.take_beyond(5) {
                            taken.push(job);
                        }
                    }
                    while let Some(job) = lane.take() {
                        taken.push(job);
                    }
                    taken
                },
            );
            assert!(taken.into_iter().eq((0..500).map(|number| (number, number * 2))), "{count} threads");
        }
    }

    #[test]
    fn as_many_threads_work_at_once_as_were_allowed() {
        let barrier = Barrier::new(3);
        // Each job waits for two others: with fewer threads this would never end.
        in_order(
            threads(3),
            |_: &mut ()| _ = barrier.wait(),
            |lane| {
                (0..9).for_each(|_| lane.give(()));
                while lane.take().is_some() {}
            },
        );
    }

    #[test]
    fn what_nobody_began_is_dropped_when_the_caller_fails() {
        struct Counted<'a>(&'a AtomicUsize);
        impl Drop for Counted<'_> {
            fn drop(&mut self) {
                self.0.fetch_add(1, Relaxed);
            }
        }
        let (dropped, begun) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let result: Result<(), ()> = in_order(
            threads(2),
            |_: &mut Counted<'_>| {
                begun.fetch_add(1, Relaxed);
                // Works until the queue was emptied, so that the helper is at its first job when the caller fails.
                while dropped.load(Relaxed) == 0 {
                    std::thread::yield_now();
                }
            },
            |lane| {
                (0..1000).for_each(|_| lane.give(Counted(&dropped)));
                Err(())
            },
        );
        assert!(result.is_err());
        assert_eq!(dropped.load(Relaxed), 1000);
        assert!(begun.load(Relaxed) <= 1, "the helper stops early");
    }

    #[test]
    fn one_thread_starts_no_other() {
        let here = std::thread::current().id();
        in_order(threads(1), |_: &mut ()| assert_eq!(std::thread::current().id(), here), |lane| (0..9).for_each(|_| lane.give(())));
        in_order(threads(9), |_: &mut ()| assert_eq!(std::thread::current().id(), here), |lane| (0..9).for_each(|_| lane.give_done(())));
    }

    #[test]
    #[should_panic(expected = "a helper that panics ends the whole call")]
    fn a_panic_of_a_helper_is_not_waited_for() {
        in_order(
            threads(2),
            |()| {
                assert!(std::thread::current().name() != Some("coldseal-frames"), "fails in the helper");
                std::thread::sleep(std::time::Duration::from_millis(50));
            },
            |lane| {
                (0..9).for_each(|_| lane.give(()));
                while lane.take().is_some() {}
            },
        );
    }
}
