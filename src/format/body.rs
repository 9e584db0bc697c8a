//! Frames and the single block of a message body (specification, "Message Body").

use super::{ContentType, IV_LENGTH, MessageId, SequenceNumber, TAG_LENGTH, cursor::Cursor, header::MESSAGE_ID_LENGTH};
use crate::error::{FormatError, FormatProblem};

/// Marks a final frame, in the place of a regular frame's sequence number.
const SEQUENCE_NUMBER_END: u32 = u32::MAX;

/// Bytes before the content of a regular frame.
pub(crate) const REGULAR_HEAD: usize = 4 + IV_LENGTH;
/// Bytes before the content of a final frame.
pub(crate) const FINAL_HEAD: usize = 4 + 4 + IV_LENGTH + 4;
/// The longest head, also of those of a single block.
pub(crate) const MAX_HEAD: usize = FINAL_HEAD;

const IV: &str = "iv";
const SEQUENCE_NUMBER: &str = "sequence number";

/// What a piece of the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A regular frame.
    Regular,
    /// The final frame.
    Final,
    /// The one block of a non-framed body.
    SingleBlock,
}

/// The head of a frame or block, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// What it is.
    pub(crate) piece: Piece,
    /// Its sequence number.
    pub(crate) sequence_number: SequenceNumber,
    /// Bytes before the content.
    pub(crate) head_length: usize,
    /// Bytes of content.
    pub(crate) content_length: u64,
}

impl Head {
    /// Parses the head of the piece that has to come next.
    ///
    /// # Errors
    /// Truncation says how many bytes are needed; everything else names the field.
    pub(crate) fn parse(bytes: &[u8], content_type: ContentType, expected: SequenceNumber) -> Result<Self, FormatError> {
        let mut cursor = Cursor::new(bytes);
        match content_type {
            ContentType::NonFramed => {
                parse_iv(&mut cursor, expected)?;
                let content_length = cursor.u64("content length")?;
                Ok(Self { piece: Piece::SingleBlock, sequence_number: expected, head_length: cursor.position(), content_length })
            }
            ContentType::Framed { frame_length } => {
                let first = cursor.u32(SEQUENCE_NUMBER)?;
                if first != SEQUENCE_NUMBER_END {
                    check_sequence(first, expected)?;
                    parse_iv(&mut cursor, expected)?;
                    return Ok(Self {
                        piece: Piece::Regular,
                        sequence_number: expected,
                        head_length: cursor.position(),
                        content_length: u64::from(frame_length),
                    });
                }
                check_sequence(cursor.u32(SEQUENCE_NUMBER)?, expected)?;
                parse_iv(&mut cursor, expected)?;
                let content_length = u64::from(cursor.u32("final frame content length")?);
                let limit = u64::from(frame_length);
                if content_length > limit {
                    return Err(FormatError::new("final frame content length", FormatProblem::TooLarge { value: content_length, limit }));
                }
                Ok(Self { piece: Piece::Final, sequence_number: expected, head_length: cursor.position(), content_length })
            }
        }
    }

    /// Bytes of the whole piece: head, content, tag. `None` when that does not fit a `usize`.
    #[must_use]
    pub(crate) fn piece_length(&self) -> Option<usize> {
        usize::try_from(self.content_length).ok()?.checked_add(self.head_length)?.checked_add(TAG_LENGTH)
    }

    /// That the input ends before the piece does.
    #[must_use]
    pub(crate) fn truncated(&self) -> FormatError {
        FormatError::new("frame content", FormatProblem::Truncated { needed: self.piece_length().unwrap_or(usize::MAX) })
    }

    /// Bytes that the frame authenticates besides its content.
    #[must_use]
    pub(crate) fn aad(&self, message_id: &MessageId) -> BodyAad {
        BodyAad::new(message_id, self.piece, self.sequence_number, self.content_length)
    }
}

/// The head of a regular frame.
#[must_use]
pub(crate) fn regular_head(sequence_number: SequenceNumber) -> [u8; REGULAR_HEAD] {
    let mut head = [0; REGULAR_HEAD];
    let (number, iv) = head.split_at_mut(4);
    number.copy_from_slice(&sequence_number.get().to_be_bytes());
    iv.copy_from_slice(&sequence_number.iv());
    head
}

/// The head of a final frame.
#[must_use]
pub(crate) fn final_head(sequence_number: SequenceNumber, content_length: u32) -> [u8; FINAL_HEAD] {
    let mut head = [0; FINAL_HEAD];
    let (end, rest) = head.split_at_mut(4);
    end.copy_from_slice(&SEQUENCE_NUMBER_END.to_be_bytes());
    let (regular, length) = rest.split_at_mut(REGULAR_HEAD);
    regular.copy_from_slice(&regular_head(sequence_number));
    length.copy_from_slice(&content_length.to_be_bytes());
    head
}

fn parse_iv(cursor: &mut Cursor<'_>, expected: SequenceNumber) -> Result<(), FormatError> {
    let iv: [u8; IV_LENGTH] = cursor.array(IV)?;
    if iv == expected.iv() { Ok(()) } else { Err(FormatError::new(IV, FormatProblem::NotSequenceNumber)) }
}

fn check_sequence(found: u32, expected: SequenceNumber) -> Result<(), FormatError> {
    if found == expected.get() {
        return Ok(());
    }
    Err(FormatError::new(SEQUENCE_NUMBER, FormatProblem::Unexpected { expected: u64::from(expected.get()), found: u64::from(found) }))
}

const LONGEST_LABEL: usize = b"AWSKMSEncryptionClient Single Block".len();
const MAX_AAD: usize = MESSAGE_ID_LENGTH + LONGEST_LABEL + 4 + 8;

/// `message id(32) || label || u32 sequence number || u64 content length` (specification, "Message Body AAD"; the id has 32 bytes in format 2.0).
pub(crate) struct BodyAad {
    bytes: [u8; MAX_AAD],
    length: usize,
}

impl BodyAad {
    /// The AAD of one frame or block.
    #[must_use]
    pub(crate) fn new(message_id: &MessageId, piece: Piece, sequence_number: SequenceNumber, content_length: u64) -> Self {
        let label: &[u8] = match piece {
            Piece::Regular => b"AWSKMSEncryptionClient Frame",
            Piece::Final => b"AWSKMSEncryptionClient Final Frame",
            Piece::SingleBlock => b"AWSKMSEncryptionClient Single Block",
        };
        let mut aad = Self { bytes: [0; MAX_AAD], length: 0 };
        for part in [&message_id.0[..], label, &sequence_number.get().to_be_bytes(), &content_length.to_be_bytes()] {
            aad.push(part);
        }
        aad
    }

    fn push(&mut self, part: &[u8]) {
        let end = self.length.saturating_add(part.len());
        self.bytes.get_mut(self.length..end).expect("MAX_AAD holds the longest label").copy_from_slice(part);
        self.length = end;
    }

    /// The bytes.
    #[must_use]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).expect("length counts what was pushed")
    }
}
