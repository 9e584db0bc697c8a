//! How many frames are worked on at once, and by how many threads.

use super::{CHUNK, Threads, frames::OVERHEAD, relay::Weight};

/// Frames are sealed in batches of about this many bytes: each is one write, and short ones that begin within a page of a file are slow.
pub(super) const SEAL_BATCH: usize = 512 * 1024;
/// Frames are opened in batches of about this many bytes, which stay in a processor's cache from the read to the write.
pub(super) const OPEN_BATCH: usize = 256 * 1024;
/// All buffers together stay below this, unless single frames are more; 32 MiB are to be enough for a process with 256 threads.
const MEMORY: usize = 16 * 1024 * 1024;

/// What fits the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BatchPlan {
    /// Frames of a batch.
    pub(super) batch: usize,
    pub(super) threads: Threads,
    /// Most frames that one thread does sooner than it hands them to another.
    light: usize,
}

impl BatchPlan {
    /// `batch` is the length of a batch in bytes, of which each thread has `buffers`, besides one that they share. Where these do not fit, there
    /// are fewer threads.
    pub(super) fn new(frame_length: usize, batch: usize, threads: Threads, buffers: usize) -> Self {
        let frame = frame_length + OVERHEAD;
        let batch = (batch / frame).max(1);
        let fit = (MEMORY / (batch * frame)).saturating_sub(1) / buffers;
        let threads = Threads::new(threads.get().min(fit)).unwrap_or(Threads::ONE);
        Self { batch, threads, light: (CHUNK + OVERHEAD) / frame }
    }

    /// Whether so many frames are worth another thread.
    pub(super) const fn weight(self, frames: usize) -> Weight {
        if frames <= self.light { Weight::Light } else { Weight::Heavy }
    }

    /// Frames of the batch after the first `done` frames: an eighth of these or less, so that the pages of larger buffers, which each thread makes
    /// and wipes once, are a small part of the work.
    pub(super) fn after(self, done: usize) -> usize {
        self.batch.min(1 << (done / 8).max(1).ilog2())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_stay_within_the_memory() {
        let threads = |count| Threads::new(count).expect("not 0");
        for frame_length in [1, 100, 4096, 65536, 1 << 20, 1 << 24] {
            for count in [1, 2, 8, 15, 256] {
                for buffers in [1, 2] {
                    let plan = BatchPlan::new(frame_length, SEAL_BATCH, threads(count), buffers);
                    let batch = plan.batch * (frame_length + OVERHEAD);
                    let bytes = (buffers * plan.threads.get() + 1) * batch;
                    assert!(
                        bytes <= MEMORY || (plan.threads, plan.batch) == (Threads::ONE, 1),
                        "{frame_length} {count} {buffers}: {plan:?}"
                    );
                    assert!(frame_length > 65536 || plan.threads.get() >= count.min(15), "{frame_length} {count} {buffers}: {plan:?}");
                    assert!(batch <= SEAL_BATCH || plan.batch == 1);
                    assert_eq!(plan.weight(plan.batch), Weight::Heavy, "{frame_length} {count}: the others have work");
                }
            }
        }
        let plan = |frame_length, count| BatchPlan::new(frame_length, OPEN_BATCH, threads(count), 1);
        assert_eq!(plan(65536, 2), BatchPlan { batch: 3, threads: threads(2), light: 1 });
        assert_eq!(plan(1 << 24, 8), BatchPlan { batch: 1, threads: Threads::ONE, light: 0 });
    }

    #[test]
    fn batches_grow_with_what_is_done() {
        let plan = BatchPlan { batch: 12, threads: Threads::ONE, light: 1 };
        for (done, batch) in [(0, 1), (7, 1), (15, 1), (16, 2), (31, 2), (32, 4), (64, 8), (128, 12), (usize::MAX, 12)] {
            assert_eq!(plan.after(done), batch, "{done}");
        }
    }
}
