//! One message being sealed: its header, then its frames under numbers that are used once.

use crate::{
    crypto::{
        FrameKey, FrameNumbers, HeaderKey, NumberRun, Random, SealedHeader, UnusedNumber, constant_time_eq, derive_message_keys,
        random_array,
    },
    error::{Error, Result},
    format::{
        ContentType, Header, HeaderLimits, MessageId, TAG_LENGTH,
        body::{BodyAad, FINAL_HEAD, Piece, REGULAR_HEAD, final_head, regular_head},
    },
};

use super::{EncryptionMaterials, MAX_PLAINTEXT_LENGTH, signature::Signing};

/// Bytes of plaintext in a regular frame: 1 to 16 MiB, 64 KiB unless chosen otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLength(u32);

impl FrameLength {
    /// The longest frame that is written: 16 MiB. Longer ones are read.
    pub const MAX: u32 = 16 * 1024 * 1024;

    /// `None` for 0 and for more than [`FrameLength::MAX`].
    #[must_use]
    pub const fn new(bytes: u32) -> Option<Self> {
        if bytes == 0 || bytes > Self::MAX { None } else { Some(Self(bytes)) }
    }

    /// Bytes.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    pub(super) fn as_usize(self) -> usize {
        usize::try_from(self.0).expect("16 MiB fit a usize")
    }
}

impl Default for FrameLength {
    fn default() -> Self {
        Self(64 * 1024)
    }
}

const SIGNED_BEFORE: Error = Error::Misuse("materials with a signing key serve one message");
const OUT_OF_NUMBERS: Error = Error::Misuse("the message has 2^32-1 frames: use a longer frame length");
const SPENT: Error = Error::Misuse("the message failed to seal before");
const TOO_LONG: Error = Error::Misuse("a message holds at most 2^52 bytes");

/// What the message has taken so far: the numbers of its frames, and the plaintext in them. Not `Clone`; spent after an error.
#[derive(Debug)]
pub(super) struct SealProgress {
    numbers: Option<FrameNumbers>,
    plaintext_length: u64,
}

impl SealProgress {
    const fn new(numbers: FrameNumbers) -> Self {
        Self { numbers: Some(numbers), plaintext_length: 0 }
    }

    /// Numbers for the next regular frames.
    pub(super) fn take(&mut self, frames: usize, frame_length: FrameLength) -> Result<NumberRun> {
        let mut numbers = self.numbers.take().ok_or(SPENT)?;
        self.plaintext_length = self.with(frames.checked_mul(frame_length.as_usize()))?;
        let taken = numbers.take(frames).ok_or(OUT_OF_NUMBERS)?;
        self.numbers = Some(numbers);
        Ok(taken)
    }

    /// The final frame's number, and the length of the plaintext with it.
    fn last(self, content_length: usize) -> Result<(UnusedNumber, u64)> {
        let plaintext_length = self.with(Some(content_length))?;
        Ok((self.numbers.map(FrameNumbers::last).ok_or(SPENT)?, plaintext_length))
    }

    /// The plaintext's length with so many more bytes.
    fn with(&self, more: Option<usize>) -> Result<u64> {
        let sum = more.and_then(|more| u64::try_from(more).ok()).and_then(|more| self.plaintext_length.checked_add(more));
        sum.filter(|sum| *sum <= MAX_PLAINTEXT_LENGTH).ok_or(TOO_LONG)
    }

    /// Nothing more is handed out.
    fn spend(&mut self) {
        self.numbers = None;
    }
}

/// What seals the frames of one message, on several threads at once; the numbers come from the message's [`SealProgress`].
#[derive(Debug)]
pub(super) struct FrameSealer {
    message_id: MessageId,
    frame_length: FrameLength,
    key: FrameKey,
}

impl FrameSealer {
    pub(super) const fn frame_length(&self) -> FrameLength {
        self.frame_length
    }

    pub(super) const fn message_id(&self) -> MessageId {
        self.message_id
    }

    /// Encrypts the content of a regular frame in place; gives what goes before and behind it.
    pub(super) fn seal_regular(&self, number: UnusedNumber, content: &mut [u8]) -> Result<([u8; REGULAR_HEAD], [u8; TAG_LENGTH])> {
        if content.len() != self.frame_length.as_usize() {
            return Err(Error::Misuse("a regular frame holds exactly one frame length"));
        }
        let head = regular_head(number.get());
        let aad = BodyAad::new(&self.message_id, Piece::Regular, number.get(), u64::from(self.frame_length.get()));
        Ok((head, self.key.seal(number, aad.as_bytes(), content)?))
    }

    fn seal_final(&self, number: UnusedNumber, content: &mut [u8]) -> Result<([u8; FINAL_HEAD], [u8; TAG_LENGTH])> {
        let length = u32::try_from(content.len()).ok().filter(|length| *length < self.frame_length.get());
        let length = length.ok_or(Error::Misuse("a final frame holds less than one frame length"))?;
        let head = final_head(number.get(), length);
        let aad = BodyAad::new(&self.message_id, Piece::Final, number.get(), u64::from(length));
        Ok((head, self.key.seal(number, aad.as_bytes(), content)?))
    }

    /// Encrypts the content of the final frame in place, and ends the message.
    pub(super) fn seal_last(&self, progress: SealProgress, signing: Option<Signing>, content: &mut [u8]) -> Result<FinalFrame> {
        let (number, plaintext_length) = progress.last(content.len())?;
        let (head, tag) = self.seal_final(number, content)?;
        let mut footer = Vec::new();
        if let Some(mut signing) = signing {
            signing.update(&[&head, content, &tag]);
            footer = signing.footer()?;
        }
        Ok(FinalFrame { head, tag, footer, plaintext_length })
    }
}

/// A message between its header and its final frame. Every new one draws a fresh message id; after an error it seals nothing more.
pub struct MessageSealer {
    pub(super) header: Vec<u8>,
    pub(super) frames: FrameSealer,
    pub(super) progress: SealProgress,
    pub(super) signing: Option<Signing>,
}

/// What ends a message, around the encrypted content of its last frame.
#[derive(Debug)]
pub struct FinalFrame {
    /// Goes before the content.
    pub head: [u8; FINAL_HEAD],
    /// Goes behind the content.
    pub tag: [u8; TAG_LENGTH],
    /// Goes behind the tag; empty without a signature.
    pub footer: Vec<u8>,
    /// Bytes of plaintext in the whole message.
    pub plaintext_length: u64,
}

impl MessageSealer {
    /// Draws the message id, derives the keys and seals the header. A signing key is taken out of the materials.
    ///
    /// # Errors
    /// No random bytes, a header that the format or the default limits for reading do not allow, or [`Error::Misuse`] for materials whose
    /// signing key was taken before.
    pub fn new(materials: &mut EncryptionMaterials, frame_length: FrameLength, random: &dyn Random) -> Result<Self> {
        let suite = materials.suite;
        let mut signing = materials.signing_key.take().map(Signing::new);
        if suite.is_signed() && signing.is_none() {
            return Err(SIGNED_BEFORE);
        }
        let message_id = MessageId(random_array(random)?);
        let (derived_key, commitment) = derive_message_keys(materials.data_key.expose(), &message_id.0, suite.id());
        let header = Header {
            suite,
            message_id,
            encryption_context: materials.context.clone(),
            encrypted_data_keys: materials.encrypted_data_keys.clone(),
            content_type: ContentType::Framed { frame_length: frame_length.get() },
            commitment,
        };
        let mut bytes = header.to_bytes().map_err(Error::NotWritable)?;
        let SealedHeader { tag, key, numbers } = HeaderKey::new(derived_key).seal_header(&bytes);
        bytes.extend_from_slice(&tag);
        // What the defaults would refuse to read is not written.
        let parsed = Header::parse(&bytes, HeaderLimits::default()).map_err(Error::NotWritable)?;
        debug_assert!(parsed.header == header && constant_time_eq(&parsed.tag, &tag), "a header reads back as it was written");
        if let Some(signing) = &mut signing {
            signing.update(&[&bytes]);
        }
        Ok(Self { header: bytes, frames: FrameSealer { message_id, frame_length, key }, progress: SealProgress::new(numbers), signing })
    }

    /// The header with its tag.
    #[must_use]
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// The message id.
    #[must_use]
    pub const fn message_id(&self) -> MessageId {
        self.frames.message_id
    }

    /// Plaintext bytes of a regular frame.
    #[must_use]
    pub const fn frame_length(&self) -> FrameLength {
        self.frames.frame_length
    }

    /// Encrypts the content of a regular frame in place; gives what goes before and behind it.
    ///
    /// # Errors
    /// [`Error::Misuse`]: content that is not one frame long, the end of the sequence numbers, or more than 2^52 bytes. The message is abandoned then.
    pub fn seal_regular(&mut self, content: &mut [u8]) -> Result<([u8; REGULAR_HEAD], [u8; TAG_LENGTH])> {
        let sealed = self.try_seal_regular(content);
        if sealed.is_err() {
            self.progress.spend();
        }
        sealed
    }

    fn try_seal_regular(&mut self, content: &mut [u8]) -> Result<([u8; REGULAR_HEAD], [u8; TAG_LENGTH])> {
        let mut numbers = self.progress.take(1, self.frames.frame_length)?;
        let number = numbers.next().expect("one number was taken");
        let (head, tag) = self.frames.seal_regular(number, content)?;
        if let Some(signing) = &mut self.signing {
            signing.update(&[&head, content, &tag]);
        }
        Ok((head, tag))
    }

    /// Encrypts the content of the final frame in place, ending the message; gives what goes before and behind it.
    ///
    /// # Errors
    /// As for [`MessageSealer::seal_regular`], for content that is not shorter than a frame: a whole frame is a regular one, since some
    /// implementations refuse it as the final one, and an empty final frame comes behind it.
    pub fn seal_final(self, content: &mut [u8]) -> Result<FinalFrame> {
        self.frames.seal_last(self.progress, self.signing, content)
    }

    #[cfg(test)]
    pub(super) fn skip_to_frame(&mut self, number: u32) {
        self.progress.numbers.as_mut().expect("nothing has failed").skip_to(number);
    }

    #[cfg(test)]
    pub(super) fn pretend_sealed(&mut self, plaintext_length: u64) {
        self.progress.plaintext_length = plaintext_length;
    }
}
