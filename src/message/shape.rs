//! How many frames are worked on at once, and by how many threads.

use super::{CHUNK, Threads, frames::OVERHEAD};

/// Frames are sealed and opened in batches of about this many bytes.
pub(super) const BATCH: usize = 1024 * 1024;
/// All buffers together stay below this, unless single frames are more.
const MEMORY: usize = 20 * 1024 * 1024;

/// What fits the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// Frames of a batch.
    pub(super) batch: usize,
    pub(super) threads: Threads,
    /// Most frames that one thread does sooner than it hands them to another.
    light: usize,
}

impl Shape {
    /// `buffers` says how many batches are in memory with so many threads: shorter batches where there are many, and then fewer threads.
    pub(super) fn new(frame_length: usize, threads: Threads, buffers: impl Fn(usize) -> usize) -> Self {
        let frame = frame_length + OVERHEAD;
        let fits = |threads: &usize| buffers(*threads).saturating_mul(frame) <= MEMORY;
        let threads = (1..=threads.get()).rev().find(fits).unwrap_or(1);
        let batch = (BATCH.min(MEMORY / buffers(threads).max(1)) / frame).max(1);
        Self { batch, threads: Threads::new(threads).unwrap_or(Threads::ONE), light: CHUNK / frame_length.max(1) }
    }

    /// True for a batch that is not worth another thread.
    pub(super) const fn is_light(self, frames: usize) -> bool {
        frames <= self.light
    }

    /// Frames of the batch after one of `batch`: small ones first, so that little is made for little.
    pub(super) fn after(self, batch: usize) -> usize {
        self.batch.min(batch.saturating_mul(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_stay_within_the_memory() {
        let threads = |count| Threads::new(count).expect("not 0");
        for frame_length in [1, 100, 4096, 65536, 1 << 20, 1 << 24] {
            for count in [1, 2, 8, 300] {
                for each in [1, 2, 30] {
                    let shape = Shape::new(frame_length, threads(count), |threads| each * (threads + 1) + 3);
                    let bytes = (each * (shape.threads.get() + 1) + 3) * shape.batch * (frame_length + OVERHEAD);
                    assert!(
                        bytes <= MEMORY || (shape.threads, shape.batch) == (Threads::ONE, 1),
                        "{frame_length} {count} {each}: {shape:?}"
                    );
                    assert!(shape.batch * (frame_length + OVERHEAD) <= BATCH || shape.batch == 1);
                }
            }
        }
        assert_eq!(Shape::new(65536, threads(2), |threads| threads + 2), Shape { batch: 15, threads: threads(2), light: 1 });
        assert_eq!(Shape::new(1 << 24, threads(8), |threads| threads + 2), Shape { batch: 1, threads: Threads::ONE, light: 0 });
    }
}
