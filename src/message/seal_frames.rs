//! The full frames of messages that are sealed from one payload, on their way from it to the outputs.

use std::io::Write;

use super::{
    FrameLength,
    batch_plan::BatchPlan,
    buffered_output::BufferedOutput,
    frames::Frames,
    plaintext::Plaintext,
    relay::{Stages, Weight},
    sealer::{FrameSealer, SealProgress},
    signature::Signing,
};
use crate::{crypto::NumberRun, error::Result};

/// Where one message goes.
pub(super) struct Message<W> {
    pub(super) output: BufferedOutput<W>,
    pub(super) signing: Option<Signing>,
}

/// The payload, and how much of it each message has taken.
pub(super) struct Unsealed<'a, P> {
    pub(super) plaintext: &'a mut P,
    pub(super) progress: Vec<SealProgress>,
    /// Frames that were read.
    pub(super) done: usize,
    /// What is left at the end.
    pub(super) last: Frames,
}

/// Full frames to be sealed for each message, each under a number of its own.
#[derive(Default)]
pub(super) struct PlaintextBatch {
    frames: Frames,
    /// What is sealed for all messages but the last one.
    copy: Frames,
    numbers: Vec<NumberRun>,
}

/// What seals the frames of each message.
pub(super) struct FrameSealing {
    pub(super) sealers: Vec<FrameSealer>,
    pub(super) frame_length: FrameLength,
    pub(super) plan: BatchPlan,
}

impl FrameSealing {
    /// The last message's frames are sealed where the plaintext was read to.
    const fn is_last(&self, index: usize) -> bool {
        index + 1 == self.sealers.len()
    }
}

impl<P: Plaintext, W: Write> Stages<Unsealed<'_, P>, Message<W>> for FrameSealing {
    type Batch = PlaintextBatch;

    fn read(&self, source: &mut Unsealed<'_, P>, batch: &mut PlaintextBatch) -> Result<Option<Weight>> {
        batch.frames.reset(self.frame_length.as_usize(), self.plan.after(source.done));
        batch.frames.fill(source.plaintext)?;
        if !batch.frames.is_full() {
            source.last = std::mem::take(&mut batch.frames);
            return Ok(None);
        }
        let count = batch.frames.full_frames();
        source.done = source.done.saturating_add(count);
        batch.numbers.clear();
        for progress in &mut source.progress {
            batch.numbers.push(progress.take(count, self.frame_length)?);
        }
        Ok(Some(self.plan.weight(count)))
    }

    fn work(&self, batch: &mut PlaintextBatch, index: usize) -> Result<()> {
        let (sealer, numbers) = self.sealers.get(index).zip(batch.numbers.get_mut(index)).expect("each message has a sealer and numbers");
        let frames = if self.is_last(index) { &mut batch.frames } else { batch.copy.copy_from(&batch.frames) };
        frames.seal_regular(sealer, numbers)
    }

    fn write(&self, message: &mut Message<W>, batch: &mut PlaintextBatch, index: usize) -> Result<()> {
        let frames = if self.is_last(index) { &batch.frames } else { &batch.copy };
        if let Some(signing) = &mut message.signing {
            signing.update(&[frames.full()]);
        }
        message.output.write(frames.full())
    }
}
