//! Opening for an output that cannot be taken back: of a signed message nothing is written before its signature is verified.

use std::io::{Read, Write};

use super::{CHUNK, OpenOptions, Opened, Opener, buffered_output::BufferedOutput, open::write_content, plaintext::copy_prefix};
use crate::{
    error::{Error, Result},
    keyring::Keyring,
    secret::SecretBytes,
};

/// Most bytes of a signed message's plaintext that wait in memory for the signature: 64 MiB.
pub const MAX_HELD_LENGTH: u64 = 64 * 1024 * 1024;

/// Opens one message for a pipe or a terminal. Without a signature this is [`open`](super::open). A signed message is held until its signature
/// is verified; of one over [`MAX_HELD_LENGTH`] the first pass only verifies, and a second one over what `again` gives, the input from its
/// start, writes, and verifies all over again: an input that changes meanwhile is an error at its end.
///
/// # Errors
/// As for [`open`](super::open), and [`Error::TooLongToHold`] where there is no `again`.
pub fn open_held<R: Read + Send, S: Read + Send>(
    input: R,
    again: Option<impl FnOnce() -> Result<S>>,
    output: impl Write + Send,
    keyrings: &[&dyn Keyring],
    options: &OpenOptions,
) -> Result<Opened> {
    let first = Opener::begin(input, keyrings, options)?;
    if !first.header().suite.is_signed() {
        return write_content(first, output, options.threads);
    }
    hold(first, again, output, keyrings, options, MAX_HELD_LENGTH)
}

/// What a signed message's plaintext is held in: blocks, so that growing copies nothing.
#[derive(Default)]
struct Held {
    blocks: Vec<SecretBytes>,
    /// Bytes of the last block that are not used.
    free: usize,
}

impl Held {
    const BLOCK: usize = 16 * CHUNK;

    fn push(&mut self, mut content: &[u8]) {
        while !content.is_empty() {
            if self.free == 0 {
                self.blocks.push(SecretBytes::zeroed(Self::BLOCK));
                self.free = Self::BLOCK;
            }
            let block = self.blocks.last_mut().expect("there is a block that is not full");
            let room = block.expose_mut().get_mut(Self::BLOCK - self.free..).expect("no more of a block is free than there is");
            let count = copy_prefix(room, content);
            self.free -= count;
            content = content.get(count..).expect("no more was copied than there was");
        }
    }

    fn write(mut self, output: impl Write) -> Result<()> {
        if let Some(last) = self.blocks.last_mut() {
            last.truncate(Self::BLOCK - self.free);
        }
        let mut output = BufferedOutput::new(output);
        self.blocks.iter().try_for_each(|block| output.write(block.expose()))?;
        output.finish()
    }
}

pub(super) fn hold<R: Read, S: Read + Send>(
    mut first: Opener<R>,
    again: Option<impl FnOnce() -> Result<S>>,
    output: impl Write + Send,
    keyrings: &[&dyn Keyring],
    options: &OpenOptions,
    limit: u64,
) -> Result<Opened> {
    let mut held = Some(Held::default());
    let mut plaintext_length: u64 = 0;
    while let Some(content) = first.next_content()? {
        plaintext_length += u64::try_from(content.len()).unwrap_or(u64::MAX);
        if plaintext_length > limit {
            if again.is_none() {
                return Err(Error::TooLongToHold { limit });
            }
            held = None;
        }
        if let Some(held) = &mut held {
            held.push(content);
        }
    }
    if let Some(held) = held {
        held.write(output)?;
        return Ok(Opened { header: first.into_header(), plaintext_length });
    }
    let again = again.expect("without it the loop ended in an error");
    let second = Opener::begin(again()?, keyrings, options)?;
    if second.header() != first.header() {
        return Err(Error::Signature);
    }
    write_content(second, output, options.threads)
}
