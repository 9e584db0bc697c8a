//! Sealing: plaintext in, message out.

use std::io::{Read, Write};

use super::{
    DataKeys, FinalFrame, FrameLength, MessageSealer, Threads, WrapFailures, WrapTarget,
    batch_plan::{BatchPlan, SEAL_BATCH},
    buffered_output::BufferedOutput,
    frames::Frames,
    plaintext::{Plaintext, PlaintextReader},
    relay::relay,
    seal_frames::{FrameSealing, Message, Unsealed},
    sealer::{FrameSealer, SealProgress},
    wrap_each,
};
use crate::{
    crypto::SystemRandom,
    error::{Error, Result},
    format::{EncryptionContext, MessageId},
    keyring::Keyring,
    secret::DataKey,
    suite::AlgorithmSuite,
};

/// How to seal.
#[derive(Debug, Clone, Copy, Default)]
pub struct SealOptions {
    /// Bytes of plaintext in a frame.
    pub frame_length: FrameLength,
    /// The algorithm suite; `None` is [`AlgorithmSuite::default`], in a rewrap the suite of the message that is opened.
    pub suite: Option<AlgorithmSuite>,
    /// How many threads encrypt; frames come out in their order whatever this is.
    pub threads: Threads,
}

/// What was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// The fresh id of the message.
    pub message_id: MessageId,
    /// Bytes of plaintext.
    pub plaintext_length: u64,
}

/// One of several messages that are sealed from one payload, each for its own keys and context.
pub struct SealTarget<'a, W> {
    /// The keys; the first of the first target makes the data key, all others wrap it.
    pub keyrings: &'a [&'a dyn Keyring],
    /// The encryption context.
    pub context: EncryptionContext,
    /// Where the message goes.
    pub output: W,
}

/// Seals `input` into one message on `output`. The first keyring makes the data key, the others wrap it too.
///
/// Memory: some frames, and at most 16 MiB unless two frames are more. After an error `output` holds an unfinished message, which no one can open.
///
/// # Errors
/// Reading, writing, a wrapping key that cannot be used, or more than 2^32-1 frames.
pub fn seal(
    input: impl Read + Send,
    output: impl Write + Send,
    keyrings: &[&dyn Keyring],
    context: &EncryptionContext,
    options: SealOptions,
) -> Result<Sealed> {
    let target = SealTarget { keyrings, context: context.clone(), output };
    only(seal_each(input, vec![target], options)?)
}

/// Seals `input`, read once, into one message for each target: one data key, wrapped for each; a message id and frames of its own for each.
///
/// Memory: as for [`seal`], and 64 KiB for each target. Every data key is wrapped before the first byte is read, over a network for 16 targets
/// at once. After an error all outputs hold unfinished messages.
///
/// # Errors
/// As for [`seal`].
pub fn seal_each<W: Write + Send>(input: impl Read + Send, targets: Vec<SealTarget<'_, W>>, options: SealOptions) -> Result<Vec<Sealed>> {
    let (wraps, outputs) = split(targets);
    WrappedMessages::new(wraps, None, options).map_err(first)?.seal(input, outputs)
}

/// The one result of one target.
pub(super) fn only(sealed: Vec<Sealed>) -> Result<Sealed> {
    sealed.into_iter().next().ok_or(Error::Misuse("one target gives one message"))
}

/// What wraps, and where the messages go.
pub(super) fn split<W>(targets: Vec<SealTarget<'_, W>>) -> (Vec<WrapTarget<'_>>, Vec<W>) {
    targets.into_iter().map(|SealTarget { keyrings, context, output }| (WrapTarget { keyrings, context }, output)).unzip()
}

/// The one error to tell where there is room for one.
pub(super) fn first(failures: WrapFailures) -> Error {
    failures.into_iter().next().map_or(Error::Misuse("sealing needs at least one target"), |(_, error)| error)
}

/// Messages whose data keys are wrapped: what is left to do takes no key, and no network.
pub(crate) struct WrappedMessages {
    sealers: Vec<MessageSealer>,
    options: SealOptions,
}

impl WrappedMessages {
    /// Wraps the data key, or a fresh one, for each target. On failure: the place of each target that failed, with its error; none where there
    /// are no targets.
    pub(crate) fn new(
        targets: Vec<WrapTarget<'_>>,
        data_key: Option<DataKey>,
        options: SealOptions,
    ) -> std::result::Result<Self, WrapFailures> {
        let (mut sealers, mut failures) = (Vec::new(), Vec::new());
        let wrapped = wrap_each(options.suite.unwrap_or_default(), targets, DataKeys::Shared(data_key));
        for (index, materials) in wrapped.into_iter().enumerate() {
            match materials.and_then(|mut materials| MessageSealer::new(&mut materials, options.frame_length, &SystemRandom)) {
                Ok(sealer) => sealers.push(sealer),
                Err(error) => failures.push((index, error)),
            }
        }
        if !failures.is_empty() || sealers.is_empty() {
            return Err(failures);
        }
        Ok(Self { sealers, options })
    }

    /// Seals what is read, once, into each output, in the order of the targets.
    pub(crate) fn seal<W: Write + Send>(self, input: impl Read + Send, outputs: Vec<W>) -> Result<Vec<Sealed>> {
        self.seal_plaintext(&mut PlaintextReader::new(input), outputs)
    }

    pub(super) fn seal_plaintext<W: Write + Send>(self, plaintext: &mut (impl Plaintext + Send), outputs: Vec<W>) -> Result<Vec<Sealed>> {
        if outputs.len() != self.sealers.len() {
            return Err(Error::Misuse("each message needs an output"));
        }
        seal_frames(plaintext, self.sealers, outputs.into_iter().map(BufferedOutput::new).collect(), self.options)
    }
}

/// A full frame is a regular one, and what is left at the end, maybe nothing, is the final one: it is known before a frame is sealed. The
/// specification ("Final Frame") would rather have a full final frame; the AWS Encryption SDK for Python before 4.0 refuses that.
pub(super) fn seal_frames<W: Write + Send>(
    plaintext: &mut (impl Plaintext + Send),
    sealers: Vec<MessageSealer>,
    outputs: Vec<BufferedOutput<W>>,
    options: SealOptions,
) -> Result<Vec<Sealed>> {
    let (mut frame_sealers, mut progress, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for (sealer, mut output) in sealers.into_iter().zip(outputs) {
        output.write(sealer.header())?;
        frame_sealers.push(sealer.frames);
        progress.push(sealer.progress);
        messages.push(Message { output, signing: sealer.signing });
    }
    // One that is read into, and one that is sealed for each of several messages but the last.
    let buffers = if messages.len() > 1 { 2 } else { 1 };
    let plan = BatchPlan::new(options.frame_length.as_usize(), SEAL_BATCH, options.threads, buffers);
    let stages = FrameSealing { sealers: frame_sealers, frame_length: options.frame_length, plan };
    let source = Unsealed { plaintext, progress, done: 0, last: Frames::default() };
    let (Unsealed { progress, last, .. }, messages) = relay(&stages, plan.threads, source, messages)?;
    seal_ends(last, &stages.sealers, progress, messages)
}

/// Seals the last frames of each message.
fn seal_ends<W: Write>(
    mut last: Frames,
    sealers: &[FrameSealer],
    progress: Vec<SealProgress>,
    messages: Vec<Message<W>>,
) -> Result<Vec<Sealed>> {
    let mut left = sealers.len();
    let mut sealed = Vec::with_capacity(left);
    let mut copy = Frames::default();
    for ((sealer, progress), Message { mut output, signing }) in sealers.iter().zip(progress).zip(messages) {
        left -= 1;
        let frames = if left == 0 { &mut last } else { copy.copy_from(&last) };
        let (regular, content, FinalFrame { head, tag, footer, plaintext_length }) = frames.seal_last(sealer, progress, signing)?;
        [regular, &head, content, &tag, &footer].into_iter().try_for_each(|piece| output.write(piece))?;
        output.finish()?;
        sealed.push(Sealed { message_id: sealer.message_id(), plaintext_length });
    }
    Ok(sealed)
}
