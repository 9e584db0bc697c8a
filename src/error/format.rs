//! What can be wrong with the bytes of a message. Names the field, never its content.

use std::fmt;

/// A message that does not follow the AWS Encryption SDK message format, version 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatError {
    /// The field as the specification calls it, for instance `"encrypted data key count"`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: FormatProblem,
}

/// The ways in which a field can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatProblem {
    /// The input ends inside the field; `needed` is the least number of bytes, from the start of the slice, that can be enough.
    Truncated {
        /// Bytes.
        needed: usize,
    },
    /// A code that this crate does not know.
    Unsupported {
        /// The code as it stands in the message.
        value: u64,
    },
    /// A length or count over its limit.
    TooLarge {
        /// The value in the message.
        value: u64,
        /// The largest that is taken.
        limit: u64,
    },
    /// A number that has to have one certain value.
    Unexpected {
        /// What it has to be.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// A value that may not be zero, or a list that may not be empty.
    Zero,
    /// A pair that the algorithm suite demands is not there.
    Missing,
    /// A pair that goes with another algorithm suite.
    NotOfSuite,
    /// Not a public key: not base64, of another length or form, or not a point of the curve.
    NotAPublicKey,
    /// Text that is not UTF-8.
    NotUtf8,
    /// The same key twice.
    Duplicate,
    /// Keys that are not in ascending order of their bytes.
    Unsorted,
    /// An initialization vector that is not the sequence number.
    NotSequenceNumber,
    /// The field runs past the end of what holds it; more input would not mend that.
    Overrun,
    /// Bytes after the end of the field.
    Trailing,
}

impl FormatError {
    /// A fault of `field`.
    pub(crate) const fn new(field: &'static str, problem: FormatProblem) -> Self {
        Self { field, problem }
    }

    /// True when more input could mend it.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        matches!(self.problem, FormatProblem::Truncated { .. })
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field;
        match self.problem {
            FormatProblem::Truncated { .. } => write!(f, "{field}: the input ends too early"),
            FormatProblem::Unsupported { value } => write!(f, "{field}: {value:#06x} is not supported"),
            FormatProblem::TooLarge { value, limit } => write!(f, "{field}: {value} is over the limit of {limit}"),
            FormatProblem::Unexpected { expected, found } => write!(f, "{field}: expected {expected}, found {found}"),
            FormatProblem::Zero => write!(f, "{field}: must not be zero"),
            FormatProblem::Missing => write!(f, "{field}: is missing"),
            FormatProblem::NotOfSuite => write!(f, "{field}: does not go with the algorithm suite"),
            FormatProblem::NotAPublicKey => write!(f, "{field}: is not a compressed point of P-384 in base64"),
            FormatProblem::NotUtf8 => write!(f, "{field}: not UTF-8"),
            FormatProblem::Duplicate => write!(f, "{field}: occurs twice"),
            FormatProblem::Unsorted => write!(f, "{field}: not in ascending order"),
            FormatProblem::NotSequenceNumber => write!(f, "{field}: is not the sequence number"),
            FormatProblem::Overrun => write!(f, "{field}: runs past the end of what holds it"),
            FormatProblem::Trailing => write!(f, "{field}: bytes after its end"),
        }
    }
}

impl std::error::Error for FormatError {}
