//! Opening: message in, verified plaintext out.

use std::{
    io::{Read, Write},
    ops::Range,
};

use super::{
    Threads,
    authenticate::{Authenticated, authenticate},
    buffered_input::BufferedInput,
    buffered_output::BufferedOutput,
    open_options::OpenOptions,
    plaintext::{Plaintext, copy_prefix},
    signature::Verifying,
};
use crate::{
    crypto::FrameKey,
    error::{Error, Result},
    format::{
        ContentType, Header, ParsedHeader, TAG_LENGTH,
        body::{FINAL_HEAD, Head, MAX_HEAD, Piece, REGULAR_HEAD},
        footer::parse_footer,
        walker::{Part, Step, Walker},
    },
    keyring::Keyring,
    secret::DataKey,
};

/// Bytes of a final frame without content.
const EMPTY_FINAL: usize = FINAL_HEAD + TAG_LENGTH;

/// What was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The authenticated header.
    pub header: Header,
    /// Bytes of plaintext.
    pub plaintext_length: u64,
}

/// Opens one message from `input`, writing each frame once its tag is verified. The last frame waits until the input has ended, and the
/// signature of a signed message is verified. For an output that cannot be taken back, see [`open_held`](super::open_held).
///
/// On an error the caller must discard what was written.
///
/// # Errors
/// A malformed message, no keyring that fits, a failed tag, commitment or signature, a context that is not the one demanded, bytes after the message, reading or writing.
pub fn open(input: impl Read + Send, output: impl Write + Send, keyrings: &[&dyn Keyring], options: &OpenOptions) -> Result<Opened> {
    write_content(Opener::begin(input, keyrings, options)?, output, options.threads)
}

/// Writes what a message holds, each frame once it is verified.
pub(super) fn write_content<R: Read + Send>(mut opener: Opener<R>, output: impl Write + Send, threads: Threads) -> Result<Opened> {
    let mut output = BufferedOutput::new(output);
    let mut plaintext_length = match opener.write_regular_frames(&mut output, threads) {
        Ok(written) => written,
        Err(error) => return release(output, error),
    };
    loop {
        match opener.next_content() {
            Ok(Some(content)) => {
                output.write(content)?;
                plaintext_length += u64::try_from(content.len()).unwrap_or(u64::MAX);
            }
            Ok(None) => break,
            Err(error) => return release(output, error),
        }
    }
    output.finish()?;
    Ok(Opened { header: opener.header, plaintext_length })
}

/// What was verified goes out as it would have frame by frame. That a message was changed is told also where the output fails on the way.
fn release<T>(output: BufferedOutput<impl Write>, error: Error) -> Result<T> {
    let _ = output.finish();
    Err(error)
}

/// A message whose header is read, and not authenticated yet: whoever gives it is not waited for any more.
pub(crate) struct UnopenedMessage<R> {
    source: BufferedInput<R>,
    parsed: ParsedHeader,
    header_range: Range<usize>,
    walker: Walker,
}

impl<R: Read> UnopenedMessage<R> {
    /// Reads the header.
    pub(crate) fn read(input: R, options: &OpenOptions) -> Result<Self> {
        let mut source = BufferedInput::new(input);
        let (parsed, header_range, walker) = source.take_header(options.header_limits)?;
        Ok(Self { source, parsed, header_range, walker })
    }

    /// Verifies it; gives the data key too.
    pub(super) fn open(self, keyrings: &[&dyn Keyring], options: &OpenOptions) -> Result<(Opener<R>, DataKey)> {
        let Self { mut source, parsed, header_range, walker } = self;
        let Authenticated { header, key, data_key, verifying } = authenticate(parsed, source.taken(header_range), keyrings, options)?;
        let max_content_length = options.max_content_length;
        let opener = Opener { header, key, source, walker, max_content_length, verifying, state: OpenerState::Reading, held: 0..0 };
        Ok((opener, data_key))
    }
}

/// A message whose header is authenticated and whose body has not been read yet.
pub struct Opener<R> {
    pub(super) header: Header,
    pub(super) key: FrameKey,
    pub(super) source: BufferedInput<R>,
    pub(super) walker: Walker,
    pub(super) max_content_length: u64,
    pub(super) verifying: Option<Verifying>,
    state: OpenerState,
    /// Verified content that [`Plaintext::read_some`] has not handed on yet, by its place in the source's buffer.
    held: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OpenerState {
    Reading,
    Finished,
    Failed,
}

impl<R: Read> Opener<R> {
    /// Reads and verifies the header: commitment first, then the header tag, then the demanded pairs.
    ///
    /// # Errors
    /// As for [`open`].
    pub fn begin(input: R, keyrings: &[&dyn Keyring], options: &OpenOptions) -> Result<Self> {
        Self::begin_keeping_data_key(input, keyrings, options).map(|(opener, _)| opener)
    }

    /// Like [`Opener::begin`]; gives the data key too, to wrap it for another message of the same version.
    pub(crate) fn begin_keeping_data_key(input: R, keyrings: &[&dyn Keyring], options: &OpenOptions) -> Result<(Self, DataKey)> {
        UnopenedMessage::read(input, options)?.open(keyrings, options)
    }

    /// The authenticated header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    pub(super) fn into_header(self) -> Header {
        self.header
    }

    /// The content of the next frame, verified; `None` after the last. After an error nothing more comes.
    ///
    /// # Errors
    /// As for [`open`].
    pub fn next_content(&mut self) -> Result<Option<&[u8]>> {
        Ok(match self.next_range()? {
            Some(range) => Some(self.source.taken(range)),
            None => None,
        })
    }

    fn next_range(&mut self) -> Result<Option<Range<usize>>> {
        match self.state {
            OpenerState::Reading => {}
            OpenerState::Finished => return Ok(None),
            OpenerState::Failed => return Err(Error::Misuse("the message failed to open before")),
        }
        // Anything but a verified frame leaves this behind.
        self.state = OpenerState::Failed;
        let mut walker = self.walker;
        let head = self.read_head(&mut walker)?;
        let length = check_length(&head, self.max_content_length)?;
        if self.source.fill(length)? < length {
            return Err(head.truncated().into());
        }
        let ending = if head.piece == Piece::Regular { self.empty_ending(&mut walker, length)? } else { None };
        let ending_length = if ending.is_some() { EMPTY_FINAL } else { 0 };
        let is_last = walker.is_behind_body();
        let footer_length = if is_last { self.read_footer(&mut walker, length + ending_length)? } else { 0 };
        let piece = self.source.take(length);
        let empty_piece = self.source.take(ending_length);
        let footer = self.source.take(footer_length);
        // The end is looked for before the last frame is decrypted: trailing bytes release nothing.
        if is_last {
            self.source.end()?;
        }
        let content = self.open_piece(&head, piece)?;
        if let Some(ending) = ending {
            self.open_piece(&ending, empty_piece)?;
        }
        if let Some(verifying) = self.verifying.take_if(|_| is_last) {
            verifying.verify(parse_footer(self.source.taken(footer))?)?;
        }
        self.state = if is_last { OpenerState::Finished } else { OpenerState::Reading };
        self.walker = walker;
        Ok(Some(content))
    }

    /// The head of an empty final frame behind the `length` bytes of a regular one. The two are opened together, so that the last bytes of
    /// plaintext wait for the end of the message here too. Anything else that is there, be it a damaged final frame, waits for its turn.
    fn empty_ending(&mut self, walker: &mut Walker, length: usize) -> Result<Option<Head>> {
        let here = self.source.fill(length.saturating_add(EMPTY_FINAL))?;
        let mut ahead = *walker;
        match ahead.step(self.source.available().get(length..).expect("the frame is here")) {
            Ok(Step::Part(Part::Piece(head))) if here - length >= EMPTY_FINAL && head.piece == Piece::Final && head.content_length == 0 => {
                *walker = ahead;
                Ok(Some(head))
            }
            _ => Ok(None),
        }
    }

    /// Verifies and decrypts a piece in its place; gives where its content is.
    fn open_piece(&mut self, head: &Head, piece: Range<usize>) -> Result<Range<usize>> {
        if let Some(verifying) = &mut self.verifying {
            verifying.update(self.source.taken(piece.clone()));
        }
        let content = piece.start + head.head_length..piece.end;
        let aad = head.aad(&self.header.message_id);
        let opened = self.key.open(head.sequence_number, aad.as_bytes(), self.source.taken(content.clone()))?;
        Ok(content.start..content.start + opened.len())
    }

    /// Reads what is behind the `length` bytes of the last pieces; gives the footer's length, 0 without a signature.
    fn read_footer(&mut self, walker: &mut Walker, length: usize) -> Result<usize> {
        match self.source.look(length, |ahead| walker.step(ahead))? {
            Part::Footer { length } => Ok(length),
            Part::End => Ok(0),
            Part::Piece(_) => unreachable!("no piece is behind the last one"),
        }
    }

    /// A frame of ordinary length is read whole at once, with the empty final frame that may be behind it.
    fn read_head(&mut self, walker: &mut Walker) -> Result<Head> {
        let wanted = match self.header.content_type {
            ContentType::Framed { frame_length } if u64::from(frame_length) <= self.max_content_length => {
                usize::try_from(frame_length).map_or(MAX_HEAD, |length| length.saturating_add(REGULAR_HEAD + TAG_LENGTH + EMPTY_FINAL))
            }
            _ => MAX_HEAD,
        };
        self.source.fill(wanted)?;
        match self.source.look(0, |ahead| walker.step(ahead))? {
            Part::Piece(head) => Ok(head),
            Part::Footer { .. } | Part::End => unreachable!("a body that is not read to its end goes on with a piece"),
        }
    }
}

/// Bytes of a piece, if its content is within the limit.
pub(super) fn check_length(head: &Head, limit: u64) -> Result<usize> {
    let too_long = || Error::TooLong {
        what: if head.piece == Piece::SingleBlock { "the content of the single block" } else { "the content of one frame" },
        length: head.content_length,
        limit,
    };
    if head.content_length > limit {
        return Err(too_long());
    }
    head.piece_length().ok_or_else(too_long)
}

impl<R: Read> Plaintext for Opener<R> {
    fn read_some(&mut self, dest: &mut [u8]) -> Result<usize> {
        while self.held.is_empty() {
            let Some(range) = self.next_range()? else { return Ok(0) };
            self.held = range;
        }
        let count = copy_prefix(dest, self.source.taken(self.held.clone()));
        self.held.start += count;
        Ok(count)
    }
}
