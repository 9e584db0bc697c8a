//! What one thread seals at a time: some frames of one message, in buffers that are used again.

use std::sync::Arc;

use super::{
    FrameLength,
    frames::Frames,
    plaintext::Plaintext,
    sealer::{FrameSealer, MessageCourse, NumberRun},
    shape::Shape,
};
use crate::error::{Error, Result};

/// Buffers that are not in use.
pub(super) struct Pool {
    frame_length: usize,
    shape: Shape,
    free: Vec<Frames>,
    /// Frames of plaintext that were read.
    done: usize,
}

impl Pool {
    pub(super) fn new(frame_length: usize, shape: Shape) -> Self {
        Self { frame_length, shape, free: Vec::new(), done: 0 }
    }

    pub(super) fn take(&mut self) -> Frames {
        self.free.pop().unwrap_or_else(|| Frames::new(self.frame_length))
    }

    pub(super) fn put(&mut self, frames: Frames) {
        self.free.push(frames);
    }

    /// The next frames of the plaintext: full, unless it ends.
    pub(super) fn filled(&mut self, plaintext: &mut impl Plaintext) -> Result<Frames> {
        let mut frames = self.take();
        frames.reset(self.shape.after(self.done));
        frames.fill(plaintext)?;
        self.done = self.done.saturating_add(frames.full_frames());
        Ok(frames)
    }
}

/// Full frames to be sealed for one message, each under a number of its own.
pub(super) struct Job {
    message: usize,
    frames: Frames,
    /// What is copied into the frames first, for all messages the same; `None` where they hold it.
    plaintext: Option<Arc<Frames>>,
    numbers: Option<NumberRun>,
    result: Result<()>,
}

impl Job {
    /// One for each message, whose numbers are taken here.
    pub(super) fn each(frames: Frames, courses: &mut [MessageCourse], frame_length: FrameLength, pool: &mut Pool) -> Result<Vec<Self>> {
        let count = frames.full_frames();
        if let [course] = courses {
            let numbers = Some(course.take_numbers(count, frame_length)?);
            return Ok(vec![Self { message: 0, frames, plaintext: None, numbers, result: Ok(()) }]);
        }
        let plaintext = Arc::new(frames);
        let job = |(message, course): (usize, &mut MessageCourse)| {
            let numbers = Some(course.take_numbers(count, frame_length)?);
            Ok(Self { message, frames: pool.take(), plaintext: Some(plaintext.clone()), numbers, result: Ok(()) })
        };
        courses.iter_mut().enumerate().map(job).collect()
    }

    pub(super) fn run(&mut self, sealers: &[FrameSealer]) {
        if let Some(plaintext) = &self.plaintext {
            self.frames.copy_from(plaintext);
        }
        let numbers = self.numbers.take().ok_or(Error::Misuse("a job is done once"));
        let sealer = sealers.get(self.message).ok_or(Error::Misuse("each job is one message's"));
        self.result = numbers.and_then(|numbers| self.frames.seal_regular(sealer?, numbers));
    }

    /// Hands the frames, sealed, to `write`, with the number of their message. The buffers are used again.
    pub(super) fn finish(self, pool: &mut Pool, write: impl FnOnce(usize, &[u8]) -> Result<()>) -> Result<()> {
        self.result?;
        write(self.message, self.frames.full())?;
        pool.put(self.frames);
        if let Some(plaintext) = self.plaintext.and_then(Arc::into_inner) {
            pool.put(plaintext);
        }
        Ok(())
    }
}
