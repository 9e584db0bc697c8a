//! The regular frames of a message, opened several at a time. What ends a message, and whatever is wrong with a head, is left to [`Opener`].

use std::io::{Read, Write};

use super::{
    FIRST, Opener, Threads,
    frames::OVERHEAD,
    gather::Gather,
    in_order::{Lane, in_order},
    shape::{OPEN_BATCH, Shape},
    source::Source,
};
use crate::{
    crypto::FrameKey,
    error::{Error, Result},
    format::{
        ContentType, MessageId, TAG_LENGTH,
        body::{BodyAad, FINAL_HEAD, Head, Piece, REGULAR_HEAD},
    },
    secret::SecretBytes,
};

/// Regular frames as they lie in the message, decrypted in place.
#[derive(Default)]
struct Batch {
    buffer: SecretBytes,
    frames: usize,
    first_number: u32,
    /// Frames whose tag was verified.
    verified: usize,
}

impl Batch {
    fn open(&mut self, key: &FrameKey, message_id: &MessageId, frame_length: usize) {
        let length = u64::try_from(frame_length).unwrap_or(u64::MAX);
        let numbered = (self.first_number..).zip(self.buffer.expose_mut().chunks_exact_mut(frame_length + OVERHEAD));
        for (number, frame) in numbered.take(self.frames) {
            let aad = BodyAad::new(message_id, Piece::Regular, number, length);
            if key.open(number, aad.as_bytes(), frame.get_mut(REGULAR_HEAD..).unwrap_or_default()).is_err() {
                return;
            }
            self.verified += 1;
        }
    }

    /// Writes the verified frames; an error if there are others.
    fn write(&self, output: &mut Gather<impl Write>, frame_length: usize) -> Result<()> {
        for frame in self.buffer.expose().chunks_exact(frame_length + OVERHEAD).take(self.verified) {
            let end = frame.len().saturating_sub(TAG_LENGTH);
            output.write(frame.get(REGULAR_HEAD..end).unwrap_or_default())?;
        }
        if self.verified == self.frames { Ok(()) } else { Err(Error::Decryption) }
    }
}

/// The regular frames of one message on their way from the input to the output.
struct Passage<'a, R, W> {
    source: &'a mut Source<R>,
    output: &'a mut Gather<W>,
    content_type: ContentType,
    frame_length: usize,
    next_number: u32,
    shape: Shape,
    free: Vec<Batch>,
    /// Frames that were written.
    written: u64,
}

impl<R: Read, W: Write> Passage<'_, R, W> {
    /// Opens frame after frame until one is not regular. `see` is shown their bytes in order, before they are decrypted.
    fn run(&mut self, lane: &mut Lane<'_, '_, Batch>, mut see: impl FnMut(&[u8])) -> Result<()> {
        let in_flight = if self.shape.threads == Threads::ONE { 0 } else { self.shape.threads.get() };
        let (mut read, mut done) = (Ok(()), 0_usize);
        loop {
            let capacity = self.shape.after(done);
            let mut batch = self.free.pop().unwrap_or_default();
            read = self.read(&mut batch, capacity).and(read);
            if batch.frames == 0 {
                break;
            }
            see(batch.buffer.expose().get(..batch.frames * (self.frame_length + OVERHEAD)).unwrap_or_default());
            let is_full = batch.frames == capacity;
            done = done.saturating_add(batch.frames);
            if self.shape.is_light(batch.frames) {
                lane.give_done(batch);
            } else {
                lane.give(batch);
            }
            while let Some(batch) = lane.take_beyond(in_flight) {
                self.write(batch)?;
            }
            if !is_full || read.is_err() {
                break;
            }
        }
        while let Some(batch) = lane.take() {
            self.write(batch)?;
        }
        // What was read before goes out first.
        read
    }

    /// Reads at most `capacity` frames, and gives back what is behind the last one that may go out. The last regular frame of a message may
    /// not where the final one is empty: the last bytes of plaintext wait for the end of the message.
    fn read(&mut self, batch: &mut Batch, capacity: usize) -> Result<()> {
        let frame = self.frame_length + OVERHEAD;
        let (filled, result) = self.source.read_into(&mut batch.buffer, capacity.saturating_mul(frame).saturating_add(FINAL_HEAD));
        let bytes = batch.buffer.expose().get(..filled).unwrap_or_default();
        let first_number = self.next_number;
        let heads = (first_number..=u32::MAX)
            .zip(bytes.chunks(frame))
            .map_while(|(number, bytes)| Head::parse(bytes, self.content_type, number).ok());
        let is_followed =
            |(head, next): (Head, Head)| head.piece == Piece::Regular && (next.piece == Piece::Regular || next.content_length > 0);
        let frames = heads.clone().zip(heads.skip(1)).take_while(|pair| is_followed(*pair)).take(capacity).count();
        (batch.frames, batch.first_number, batch.verified) = (frames, first_number, 0);
        self.next_number = u32::try_from(frames).ok().and_then(|frames| first_number.checked_add(frames)).unwrap_or(u32::MAX);
        if result.is_ok() {
            let rest = batch.buffer.expose().get(frames * frame..filled).unwrap_or_default();
            self.source.give_back(rest);
        }
        result
    }

    fn write(&mut self, batch: Batch) -> Result<()> {
        batch.write(self.output, self.frame_length)?;
        self.written += u64::try_from(batch.frames).unwrap_or(u64::MAX);
        self.free.push(batch);
        Ok(())
    }
}

impl<R: Read> Opener<R> {
    /// Writes the content of regular frames as far as they come one after another; gives how many bytes there were. What is left is for
    /// [`Opener::next_content`].
    ///
    /// # Errors
    /// A tag that does not verify, behind what was written; reading, writing. The opener is spent then.
    pub(super) fn write_regular_frames(&mut self, output: &mut Gather<impl Write>, threads: Threads) -> Result<u64> {
        let ContentType::Framed { frame_length } = self.header.content_type else { return Ok(0) };
        let Some(length) = usize::try_from(frame_length).ok().filter(|_| u64::from(frame_length) <= self.max_content_length) else {
            return Ok(0);
        };
        // What a message this short holds is no work for a batch, or for a thread.
        if self.source.fill(FIRST)? < FIRST {
            return Ok(0);
        }
        let shape = Shape::new(length, OPEN_BATCH, threads, |threads| threads + 2);
        let (message_id, content_type) = (self.header.message_id, self.header.content_type);
        let (key, verifying, next_number) = (&self.key, &mut self.verifying, self.next_number);
        let source = &mut self.source;
        let mut passage = Passage { source, output, content_type, frame_length: length, next_number, shape, free: Vec::new(), written: 0 };
        let see = |frames: &[u8]| {
            if let Some(verifying) = verifying {
                verifying.update(frames);
            }
        };
        in_order(shape.threads, |batch: &mut Batch| batch.open(key, &message_id, length), |lane| passage.run(lane, see))?;
        let written = passage.written.saturating_mul(u64::from(frame_length));
        self.next_number = passage.next_number;
        Ok(written)
    }
}
