//! Where the plaintext of a message comes from while it is sealed.

use std::io::{self, Read};

use super::{CHUNK, FIRST};
use crate::{
    error::{Error, Result},
    secret::SecretBytes,
};

/// Gives plaintext; 0 bytes mean the end.
pub(super) trait Plaintext {
    fn read_some(&mut self, dest: &mut [u8]) -> Result<usize>;
}

/// Plaintext from a `Read`, gathered in a buffer that wipes itself when frames are small.
pub(super) struct PlaintextReader<R> {
    input: R,
    buffer: SecretBytes,
    start: usize,
    end: usize,
}

impl<R: Read> PlaintextReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: SecretBytes::default(), start: 0, end: 0 }
    }
}

impl<R: Read> Plaintext for PlaintextReader<R> {
    fn read_some(&mut self, dest: &mut [u8]) -> Result<usize> {
        if self.start == self.end {
            if dest.len() >= CHUNK / 2 {
                return read_retrying(&mut self.input, dest);
            }
            if self.end == self.buffer.len() {
                self.buffer.grow(if self.buffer.is_empty() { FIRST } else { CHUNK });
            }
            self.start = 0;
            self.end = 0;
            self.end = read_retrying(&mut self.input, self.buffer.expose_mut())?;
        }
        let available = self.buffer.expose().get(self.start..self.end).expect("what was read lies within the buffer");
        let count = copy_prefix(dest, available);
        self.start += count;
        Ok(count)
    }
}

/// Copies as much as both have; gives how much.
pub(super) fn copy_prefix(dest: &mut [u8], from: &[u8]) -> usize {
    let count = dest.len().min(from.len());
    dest.split_at_mut(count).0.copy_from_slice(from.split_at(count).0);
    count
}

/// One `read` that is repeated when a signal interrupts it; its count is checked, since bytes would be lost without a word.
pub(super) fn read_retrying(input: &mut impl Read, dest: &mut [u8]) -> Result<usize> {
    loop {
        match input.read(dest) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(count) if count > dest.len() => {
                return Err(reading(io::Error::other("the reader counts more bytes than there was room for")));
            }
            result => return result.map_err(reading),
        }
    }
}

fn reading(error: io::Error) -> Error {
    Error::io("reading the input", error)
}
