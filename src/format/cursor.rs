//! Reads big-endian fields off a slice; every read names its field and checks its bounds.

use crate::error::{FormatError, FormatProblem};

pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(super) const fn position(&self) -> usize {
        self.position
    }

    pub(super) const fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    // These are a few instructions each, and what a header costs depends on their being part of their callers.
    #[inline]
    pub(super) fn take(&mut self, length: usize, field: &'static str) -> Result<&'a [u8], FormatError> {
        let end = self.position.saturating_add(length);
        let taken = self.bytes.get(self.position..end).ok_or(FormatError::new(field, FormatProblem::Truncated { needed: end }))?;
        self.position = end;
        Ok(taken)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], FormatError> {
        let taken = self.take(N, field)?;
        taken.try_into().map_err(|_| FormatError::new(field, FormatProblem::Truncated { needed: self.position }))
    }

    #[inline]
    pub(super) fn u8(&mut self, field: &'static str) -> Result<u8, FormatError> {
        self.array(field).map(u8::from_be_bytes)
    }

    #[inline]
    pub(super) fn u16(&mut self, field: &'static str) -> Result<u16, FormatError> {
        self.array(field).map(u16::from_be_bytes)
    }

    #[inline]
    pub(super) fn u32(&mut self, field: &'static str) -> Result<u32, FormatError> {
        self.array(field).map(u32::from_be_bytes)
    }

    #[inline]
    pub(super) fn u64(&mut self, field: &'static str) -> Result<u64, FormatError> {
        self.array(field).map(u64::from_be_bytes)
    }

    /// A byte string behind its two-byte length.
    #[inline]
    pub(super) fn vector(&mut self, field: &'static str) -> Result<&'a [u8], FormatError> {
        let length = usize::from(self.u16(field)?);
        self.take(length, field)
    }

    /// Like [`Cursor::vector`], as text.
    #[inline]
    pub(super) fn text(&mut self, field: &'static str) -> Result<&'a str, FormatError> {
        std::str::from_utf8(self.vector(field)?).map_err(|_| FormatError::new(field, FormatProblem::NotUtf8))
    }

    /// Everything must have been read.
    pub(super) fn finish(&self, field: &'static str) -> Result<(), FormatError> {
        if self.position == self.bytes.len() { Ok(()) } else { Err(FormatError::new(field, FormatProblem::Trailing)) }
    }
}

/// Appends `bytes` behind their two-byte length.
#[inline]
pub(super) fn put_vector(out: &mut Vec<u8>, bytes: &[u8], field: &'static str) -> Result<(), FormatError> {
    let length = u16::try_from(bytes.len()).map_err(|_| too_large(field, bytes.len(), u64::from(u16::MAX)))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

/// Appends a two-byte count.
#[inline]
pub(super) fn put_count(out: &mut Vec<u8>, count: usize, field: &'static str) -> Result<(), FormatError> {
    let count = u16::try_from(count).map_err(|_| too_large(field, count, u64::from(u16::MAX)))?;
    out.extend_from_slice(&count.to_be_bytes());
    Ok(())
}

pub(super) fn too_large(field: &'static str, value: usize, limit: u64) -> FormatError {
    FormatError::new(field, FormatProblem::TooLarge { value: u64::try_from(value).unwrap_or(u64::MAX), limit })
}
