//! The same work on many things, several at once.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

/// Works on each item, on so many at once, and gives the results in the order of the items.
pub(crate) fn in_parallel<T: Send, R: Send>(threads: NonZeroUsize, items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let workers = threads.get().min(items.len());
    if workers < 2 {
        return items.into_iter().map(work).collect();
    }
    let results = Mutex::new(Vec::with_capacity(items.len()));
    let queue = Mutex::new(items.into_iter().enumerate());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    // The lock is given back before the work.
                    let next = lock(&queue).next();
                    let Some((index, item)) = next else { break };
                    let result = work(item);
                    lock(&results).push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Locks what a thread that panicked has left as whole as an error would.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn the_order_stays_and_no_more_work_at_once_than_asked() {
        for threads in [1, 3, 64] {
            let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let squares = in_parallel(NonZeroUsize::new(threads).expect("not 0"), (0..20_u32).collect(), |number| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(std::time::Duration::from_micros(u64::from(20 - number)));
                running.fetch_sub(1, Ordering::SeqCst);
                number * number
            });
            assert_eq!(squares, (0..20).map(|number| number * number).collect::<Vec<_>>());
            assert!((1..=threads).contains(&most.into_inner()));
        }
        assert!(in_parallel(NonZeroUsize::MIN, Vec::<u8>::new(), |byte| byte).is_empty());
    }
}
