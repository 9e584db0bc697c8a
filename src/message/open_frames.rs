//! The regular frames of a message, opened several at a time. What ends a message, and whatever is wrong with a head, is left to [`Opener`].

use std::io::{Read, Write};

use super::{
    FIRST, Opener, Threads,
    batch_plan::{BatchPlan, OPEN_BATCH},
    buffered_input::BufferedInput,
    buffered_output::BufferedOutput,
    frames::OVERHEAD,
    relay::{Stages, Weight, relay},
    signature::Verifying,
};
use crate::{
    crypto::FrameKey,
    error::{Error, Result},
    format::{
        ContentType, MessageId, TAG_LENGTH,
        body::{FINAL_HEAD, Head, Piece, REGULAR_HEAD},
        walker::{Part, Step, Walker},
    },
    secret::SecretBytes,
};

const WHOLE: &str = "a frame has a head and a tag";

/// Regular frames as they lie in the message, decrypted in place.
#[derive(Default)]
struct SealedBatch {
    buffer: SecretBytes,
    frames: usize,
    /// At the first of them.
    walker: Option<Walker>,
    /// Frames whose tag was verified.
    verified: usize,
}

/// What opens the regular frames of one message.
struct FrameOpening<'a> {
    key: &'a FrameKey,
    message_id: MessageId,
    /// Bytes of a frame.
    frame: usize,
    plan: BatchPlan,
}

/// The regular frames that were not read yet.
struct Unopened<'a, R> {
    source: &'a mut BufferedInput<R>,
    verifying: Option<&'a mut Verifying>,
    walker: Walker,
    /// Frames that were read.
    done: usize,
    /// How it ends, once the last regular frame was read.
    end: Option<Result<()>>,
}

impl<R: Read, W: Write> Stages<Unopened<'_, R>, &mut BufferedOutput<W>> for FrameOpening<'_> {
    type Batch = SealedBatch;

    /// What was read goes out before an error of reading is told.
    fn read(&self, unopened: &mut Unopened<'_, R>, batch: &mut SealedBatch) -> Result<Option<Weight>> {
        if unopened.end.is_none() {
            let capacity = self.plan.after(unopened.done);
            let read = self.read_frames(unopened, batch, capacity);
            unopened.done = unopened.done.saturating_add(batch.frames);
            if read.is_err() || batch.frames < capacity {
                unopened.end = Some(read);
            }
            if batch.frames > 0 {
                return Ok(Some(self.plan.weight(batch.frames)));
            }
        }
        unopened.end.take().unwrap_or(Ok(())).map(|()| None)
    }

    /// Verifies and decrypts until a frame fails.
    fn work(&self, batch: &mut SealedBatch, _index: usize) -> Result<()> {
        let mut walker = batch.walker.expect("a batch that was read has a walk over it");
        for frame in batch.buffer.expose_mut().chunks_exact_mut(self.frame).take(batch.frames) {
            let head = next_head(&mut walker, frame).expect("its head was read before");
            let aad = head.aad(&self.message_id);
            if self.key.open(head.sequence_number, aad.as_bytes(), frame.get_mut(head.head_length..).expect(WHOLE)).is_err() {
                break;
            }
            batch.verified += 1;
        }
        Ok(())
    }

    /// Writes the verified frames; an error if there are others.
    fn write(&self, output: &mut &mut BufferedOutput<W>, batch: &mut SealedBatch, _index: usize) -> Result<()> {
        for frame in batch.buffer.expose().chunks_exact(self.frame).take(batch.verified) {
            output.write(frame.get(REGULAR_HEAD..frame.len() - TAG_LENGTH).expect(WHOLE))?;
        }
        if batch.verified == batch.frames { Ok(()) } else { Err(Error::Decryption) }
    }
}

impl FrameOpening<'_> {
    /// Reads at most `capacity` frames, and gives back what is behind the last one that may go out. The last regular frame of a message may
    /// not where the final one is empty: the last bytes of plaintext wait for the end of the message.
    fn read_frames<R: Read>(&self, unopened: &mut Unopened<'_, R>, batch: &mut SealedBatch, capacity: usize) -> Result<()> {
        let frame = self.frame;
        let wanted = capacity.saturating_mul(frame).saturating_add(FINAL_HEAD);
        let (filled, result) = unopened.source.read_into(&mut batch.buffer, wanted);
        let bytes = batch.buffer.expose().get(..filled).expect("no more was read than there was room for");
        let (frames, behind) = releasable(unopened.walker, bytes.chunks(frame).take(capacity.saturating_add(1)));
        (batch.frames, batch.walker, batch.verified) = (frames, Some(unopened.walker), 0);
        unopened.walker = behind;
        let (frames, rest) = bytes.split_at_checked(frames * frame).expect("the heads of these frames were read, and the one behind them");
        if let Some(verifying) = &mut unopened.verifying {
            verifying.update(frames);
        }
        if result.is_ok() {
            unopened.source.give_back(rest);
        }
        result
    }
}

/// How many regular frames begin what is ahead, one at the start of each chunk, that may go out: those that another frame follows which has
/// content or is a regular one. And the walk behind them.
fn releasable<'a>(mut walker: Walker, ahead: impl Iterator<Item = &'a [u8]>) -> (usize, Walker) {
    let (mut frames, mut behind) = (0, walker);
    for (index, ahead) in ahead.enumerate() {
        let here = walker;
        let Some(head) = next_head(&mut walker, ahead).filter(|head| head.piece == Piece::Regular || head.content_length > 0) else {
            break;
        };
        (frames, behind) = (index, here);
        if head.piece != Piece::Regular {
            break;
        }
    }
    (frames, behind)
}

/// The head of the frame that is next, if one is there.
fn next_head(walker: &mut Walker, ahead: &[u8]) -> Option<Head> {
    match walker.step(ahead) {
        Ok(Step::Part(Part::Piece(head))) => Some(head),
        _ => None,
    }
}

impl<R: Read + Send> Opener<R> {
    /// Writes the content of regular frames as far as they come one after another; gives how many bytes there were. What is left is for
    /// [`Opener::next_content`].
    ///
    /// # Errors
    /// A tag that does not verify, behind what was written; reading, writing. The opener is spent then.
    pub(super) fn write_regular_frames(&mut self, output: &mut BufferedOutput<impl Write + Send>, threads: Threads) -> Result<u64> {
        let ContentType::Framed { frame_length } = self.header.content_type else { return Ok(0) };
        let Some(length) = usize::try_from(frame_length).ok().filter(|_| u64::from(frame_length) <= self.max_content_length) else {
            return Ok(0);
        };
        // What a message this short holds is no work for a batch, or for a thread.
        if self.source.fill(FIRST)? < FIRST {
            return Ok(0);
        }
        let plan = BatchPlan::new(length, OPEN_BATCH, threads, 1);
        let message_id = self.header.message_id;
        let stages = FrameOpening { key: &self.key, message_id, frame: length + OVERHEAD, plan };
        let unopened = Unopened { source: &mut self.source, verifying: self.verifying.as_mut(), walker: self.walker, done: 0, end: None };
        let (unopened, _) = relay(&stages, plan.threads, unopened, vec![output])?;
        self.walker = unopened.walker;
        // All that was read was written.
        Ok(u64::try_from(unopened.done).unwrap_or(u64::MAX).saturating_mul(u64::from(frame_length)))
    }
}
