//! What is on its way out: small pieces are gathered, in a buffer that wipes itself and grows with them.

use std::io::Write;

use super::{CHUNK, FIRST};
use crate::{
    error::{Error, Result},
    secret::SecretBytes,
};

/// Bytes of the smallest buffer.
const LEAST: usize = 1024;

pub(super) struct BufferedOutput<W> {
    output: W,
    buffer: SecretBytes,
    filled: usize,
    /// A failed output is not written to again.
    has_failed: bool,
}

impl<W: Write> BufferedOutput<W> {
    pub(super) fn new(output: W) -> Self {
        Self { output, buffer: SecretBytes::default(), filled: 0, has_failed: false }
    }

    pub(super) fn write(&mut self, piece: &[u8]) -> Result<()> {
        if self.filled + piece.len() > CHUNK {
            self.flush()?;
        }
        if self.filled == 0 && piece.len() > CHUNK / 2 {
            return self.watch(|output| output.write_all(piece));
        }
        let end = self.filled + piece.len();
        // Doubled from piece to piece: what a small message does not need is neither cleared nor wiped.
        self.buffer.grow(if end <= FIRST { end.next_power_of_two().max(LEAST) } else { CHUNK });
        self.buffer.expose_mut().get_mut(self.filled..end).expect("the buffer holds a chunk").copy_from_slice(piece);
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
        let gathered = buffer.expose().get(..filled).expect("what was filled lies within the buffer");
        let result = self.watch(|output| output.write_all(gathered));
        self.buffer = buffer;
        result
    }

    fn watch(&mut self, work: impl FnOnce(&mut W) -> std::io::Result<()>) -> Result<()> {
        let result = if self.has_failed { Ok(()) } else { work(&mut self.output) };
        self.has_failed |= result.is_err();
        result.map_err(|error| Error::io("writing the output", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the writes that reach it.
    #[derive(Default)]
    struct CountedWrites {
        bytes: Vec<u8>,
        writes: usize,
    }

    impl Write for CountedWrites {
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
        for sizes in [
            vec![1; 100_000],
            vec![CHUNK / 2; 5],
            vec![1, CHUNK, 1, CHUNK + 1, CHUNK / 2 + 1, 3],
            vec![1, CHUNK / 2 + 1, 1, CHUNK - 1, CHUNK - 1, 1],
            vec![0, 0],
            vec![CHUNK - 1, 1, 1],
            vec![FIRST, 1],
            vec![1, FIRST, FIRST - 1, CHUNK],
        ] {
            let mut counting = CountedWrites::default();
            let mut expected = Vec::new();
            let mut output = BufferedOutput::new(&mut counting);
            for (index, size) in sizes.iter().enumerate() {
                let piece = vec![index.to_le_bytes()[0]; *size];
                output.write(&piece).expect("writes");
                expected.extend_from_slice(&piece);
            }
            output.finish().expect("writes");
            assert!(
                counting.bytes == expected && counting.writes <= sizes.len().min(expected.len() / (CHUNK / 2) + 6),
                "{} writes",
                counting.writes
            );
        }
    }
}
