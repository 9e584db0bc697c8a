//! Plaintext on its way out: the contents of small frames are gathered, in a buffer that wipes itself.

use std::io::Write;

use super::{CHUNK, seal::writing};
use crate::{error::Result, secret::SecretBytes};

pub(super) struct Gather<W> {
    output: W,
    buffer: SecretBytes,
    filled: usize,
    /// A failed output is not written to again.
    has_failed: bool,
}

impl<W: Write> Gather<W> {
    pub(super) fn new(output: W) -> Self {
        Self { output, buffer: SecretBytes::default(), filled: 0, has_failed: false }
    }

    pub(super) fn write(&mut self, content: &[u8]) -> Result<()> {
        if self.filled + content.len() > CHUNK {
            self.flush()?;
        }
        if content.len() > CHUNK / 2 {
            return self.watch(|output| output.write_all(content));
        }
        let end = self.filled + content.len();
        self.buffer.grow(CHUNK);
        if let Some(room) = self.buffer.expose_mut().get_mut(self.filled..end) {
            room.copy_from_slice(content);
        }
        self.filled = end;
        Ok(())
    }

    /// Writes what is gathered; without it, that is lost.
    pub(super) fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.watch(W::flush)
    }

    fn flush(&mut self) -> Result<()> {
        let (buffer, filled) = (std::mem::take(&mut self.buffer), std::mem::take(&mut self.filled));
        let result = self.watch(|output| output.write_all(buffer.expose().get(..filled).unwrap_or_default()));
        self.buffer = buffer;
        result
    }

    fn watch(&mut self, work: impl FnOnce(&mut W) -> std::io::Result<()>) -> Result<()> {
        let result = if self.has_failed { Ok(()) } else { work(&mut self.output) };
        self.has_failed |= result.is_err();
        result.map_err(writing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the writes that reach it.
    #[derive(Default)]
    struct Counting {
        bytes: Vec<u8>,
        writes: usize,
    }

    impl Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.writes += usize::from(!bytes.is_empty());
            self.bytes.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn small_pieces_share_a_write_and_the_order_is_kept() {
        for sizes in
            [vec![1; 100_000], vec![CHUNK / 2; 5], vec![1, CHUNK, 1, CHUNK + 1, CHUNK / 2 + 1, 3], vec![0, 0], vec![CHUNK - 1, 1, 1]]
        {
            let mut counting = Counting::default();
            let mut expected = Vec::new();
            let mut gather = Gather::new(&mut counting);
            for (index, size) in sizes.iter().enumerate() {
                let piece = vec![index.to_le_bytes()[0]; *size];
                gather.write(&piece).expect("writes");
                expected.extend_from_slice(&piece);
            }
            gather.finish().expect("writes");
            assert!(
                counting.bytes == expected && counting.writes <= sizes.len().min(expected.len() / (CHUNK / 2) + 6),
                "{} writes",
                counting.writes
            );
        }
    }
}
