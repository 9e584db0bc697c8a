//! One walk over a message: header, pieces of the body, footer, end. It reads nothing: whoever has the bytes shows what comes next, and is told
//! what it is, or how many bytes it takes to tell.

use super::{
    ContentType, Header, HeaderLimits, ParsedHeader, SequenceNumber,
    body::{Head, MAX_HEAD, Piece},
    footer::{MAX_SIGNATURE_LENGTH, parse_footer},
};
use crate::error::{FormatError, FormatProblem};

/// Bytes behind the end of a message.
pub(crate) const TRAILING: FormatError = FormatError::new("message", FormatProblem::Trailing);

/// Bytes of a footer before its signature.
const FOOTER_HEAD: usize = 2;

/// What is next, or that it takes more bytes to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<T> {
    /// The bytes end too early to tell.
    Needs(Needed),
    /// What is next.
    Part(T),
}

/// How many bytes it takes, from where the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needed {
    /// The least that can be enough.
    pub(crate) least: usize,
    /// More are of no use.
    pub(crate) most: usize,
    field: &'static str,
}

impl From<Needed> for FormatError {
    /// For an input that has ended.
    fn from(needed: Needed) -> Self {
        Self::new(needed.field, FormatProblem::Truncated { needed: needed.least })
    }
}

/// What is behind a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A frame or the single block, of which the head was looked at.
    Piece(Head),
    /// The footer of a signed message, so many bytes long.
    Footer {
        /// Its length field included.
        length: usize,
    },
    /// The end: whatever is there is [`TRAILING`].
    End,
}

/// Where a walk is. Copied, it looks ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walker {
    content_type: ContentType,
    is_signed: bool,
    next: Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Piece(SequenceNumber),
    Footer,
    End,
}

impl Walker {
    /// Reads the header at the start of `ahead`; gives the walk behind it.
    ///
    /// # Errors
    /// As for [`Header::parse`], but for an end that comes too early.
    pub(crate) fn begin(ahead: &[u8], limits: HeaderLimits) -> Result<Step<(ParsedHeader, Self)>, FormatError> {
        step(Header::parse(ahead, limits), limits.max_header_length, |parsed| {
            let walker = Self::behind(&parsed.header);
            (parsed, walker)
        })
    }

    /// The walk over what is behind this header.
    #[must_use]
    pub(crate) const fn behind(header: &Header) -> Self {
        Self { content_type: header.content_type, is_signed: header.suite.is_signed(), next: Next::Piece(SequenceNumber::FIRST) }
    }

    /// What stands at the start of `ahead`; the walk goes on behind it.
    ///
    /// # Errors
    /// The field that is wrong.
    pub(crate) fn step(&mut self, ahead: &[u8]) -> Result<Step<Part>, FormatError> {
        match self.next {
            Next::Piece(number) => {
                let head = step(Head::parse(ahead, self.content_type, number), MAX_HEAD, |head| head)?;
                if let Step::Part(head) = head {
                    self.next = self.behind_piece(&head);
                }
                Ok(head.map(Part::Piece))
            }
            Next::Footer => {
                let most = FOOTER_HEAD + MAX_SIGNATURE_LENGTH;
                let footer = step(parse_footer(ahead), most, |signature| Part::Footer { length: FOOTER_HEAD + signature.len() })?;
                if let Step::Part(_) = footer {
                    self.next = Next::End;
                }
                Ok(footer)
            }
            Next::End => Ok(Step::Part(Part::End)),
        }
    }

    /// True behind the last piece of the body.
    #[must_use]
    pub(crate) const fn is_behind_body(&self) -> bool {
        !matches!(self.next, Next::Piece(_))
    }

    const fn behind_piece(&self, head: &Head) -> Next {
        match (head.piece, self.is_signed) {
            (Piece::Regular, _) => Next::Piece(head.sequence_number.after(1).expect("the last number marks a final frame")),
            (Piece::Final | Piece::SingleBlock, true) => Next::Footer,
            (Piece::Final | Piece::SingleBlock, false) => Next::End,
        }
    }

    /// As if all frames before the one with this number had been passed.
    #[cfg(test)]
    pub(crate) fn skip_to(&mut self, number: SequenceNumber) {
        self.next = Next::Piece(number);
    }
}

impl<T> Step<T> {
    fn map<U>(self, map: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Self::Needs(needed) => Step::Needs(needed),
            Self::Part(part) => Step::Part(map(part)),
        }
    }
}

/// An end that comes too early is no error yet.
fn step<T, U>(parsed: Result<T, FormatError>, most: usize, part: impl FnOnce(T) -> U) -> Result<Step<U>, FormatError> {
    match parsed {
        Ok(parsed) => Ok(Step::Part(part(parsed))),
        Err(FormatError { field, problem: FormatProblem::Truncated { needed: least } }) => {
            Ok(Step::Needs(Needed { least, most: most.max(least), field }))
        }
        Err(error) => Err(error),
    }
}
