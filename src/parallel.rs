//! The same work on many things that are all known beforehand, several at once, and the results in the order of the things.
//!
//! What comes from one reader and goes to writers, in the order in which it came and in memory that does not grow with it, is carried by
//! `message::relay` instead: here everything is there at the start, results are kept to the end, and nobody waits for a turn.

use std::{
    convert::Infallible,
    num::NonZeroUsize,
    panic::resume_unwind,
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{Builder, scope},
};

/// Works on each item, on so many at once, and gives the results in the order of the items.
pub(crate) fn in_parallel<T: Send, R: Send>(threads: NonZeroUsize, items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let Ok(results) = try_in_parallel(threads, items.into_iter(), |(): &mut (), item| Ok::<_, Infallible>(work(item)));
    results
}

/// Works on each item, on so many at once, until one fails; gives the results in the order of the items. Each thread has an `S` of its own, which
/// it keeps from item to item.
///
/// # Errors
/// The first one in the order of the items.
pub(crate) fn try_in_parallel<S: Default, T, R: Send, E: Send>(
    threads: NonZeroUsize,
    items: impl ExactSizeIterator<Item = T> + Send,
    work: impl Fn(&mut S, T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let helpers = threads.get().min(items.len()).saturating_sub(1);
    let queue = Mutex::new(items.enumerate());
    let run = || {
        let (mut done, mut own) = (Vec::new(), S::default());
        loop {
            // The lock is given back before the work.
            let next = lock(&queue).next();
            let Some((place, item)) = next else { return done };
            let result = work(&mut own, item);
            if result.is_err() {
                // Whoever has an earlier item finishes it.
                lock(&queue).by_ref().for_each(drop);
            }
            done.push((place, result));
        }
    };
    let mut done = scope(|scope| {
        // What a thread would have done that the system refuses is done by the others.
        let helpers: Vec<_> = (0..helpers).map_while(|_| Builder::new().spawn_scoped(scope, run).ok()).collect();
        let mut done = run();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Whether the system gives so many more threads at once: asked before they are had of a library that panics where it gets none.
///
/// # Errors
/// It does not.
#[cfg(any(feature = "kms-client", feature = "kms-endpoint"))]
pub(crate) fn require_threads(count: usize) -> std::io::Result<()> {
    let (all_are_there, wait) = std::sync::mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    // Until the other end is dropped.
    let hold = || _ = lock(&wait).recv();
    scope(|scope| {
        let started = (0..count).try_for_each(|_| Builder::new().spawn_scoped(scope, hold).map(drop));
        drop(all_are_there);
        started
    })
}

/// Locks what a thread that panicked has left as whole as an error would.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread::sleep,
        time::Duration,
    };

    use super::*;

    fn threads(threads: usize) -> NonZeroUsize {
        NonZeroUsize::new(threads).expect("not 0")
    }

    #[test]
    fn the_order_stays_and_no_more_work_at_once_than_asked() {
        for count in [1, 3, 64] {
            let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let squares = in_parallel(threads(count), (0..20_u32).collect(), |number| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(Duration::from_micros(u64::from(20 - number)));
                running.fetch_sub(1, Ordering::SeqCst);
                number * number
            });
            assert_eq!(squares, (0..20).map(|number| number * number).collect::<Vec<_>>());
            assert!((1..=count).contains(&most.into_inner()));
        }
        assert!(in_parallel(NonZeroUsize::MIN, Vec::<u8>::new(), |byte| byte).is_empty());
    }

    #[test]
    fn the_first_error_counts_and_ends_the_work() {
        for count in [1, 3, 64] {
            let worked = AtomicUsize::new(0);
            let fails = try_in_parallel(threads(count), 0..1_000_000_u32, |(): &mut (), number| {
                worked.fetch_add(1, Ordering::Relaxed);
                // Others behind it fail sooner.
                sleep(Duration::from_millis(if number == 3 { 5 } else { 0 }));
                if number < 3 { Ok(number) } else { Err(number) }
            });
            assert_eq!(fails, Err(3), "{count} threads");
            assert!(worked.into_inner() <= 4 + 2 * count);
        }
    }

    #[test]
    fn each_thread_keeps_what_it_has() {
        let counted = try_in_parallel(threads(3), 0..100_u32, |own: &mut u32, _| {
            *own += 1;
            Ok::<_, Infallible>(*own)
        });
        let Ok(counted) = counted;
        assert!(counted.iter().all(|count| (1..=100).contains(count)) && counted.iter().filter(|count| **count == 1).count() <= 3);
    }

    #[cfg(any(feature = "kms-client", feature = "kms-endpoint"))]
    #[test]
    fn so_many_threads_are_had_at_once_or_none() {
        require_threads(8).expect("there are so many");
        require_threads(0).expect("none is always there");
    }

    #[test]
    #[should_panic(expected = "a step panics")]
    fn a_panic_goes_on_to_the_caller() {
        in_parallel(threads(2), vec![1, 2, 3], |number| assert_ne!(number, 2, "a step panics"));
    }
}
