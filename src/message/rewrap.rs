//! Rewrapping is opening and sealing: no function swaps a header (design: one message id, one message).

use std::io::{Read, Write};

use super::{Materials, MessageSealer, OpenOptions, Opener, SealOptions, Sealed, seal::seal_stream};
use crate::{crypto::SystemRandom, error::Result, format::EncryptionContext, keyring::Keyring};

/// Opens the message on `input` and seals its payload for `seal_with`: the same data key wrapped anew, a fresh message id, every frame encrypted anew.
///
/// `context` replaces the encryption context; `None` keeps it. Plaintext is in memory only, a frame at a time.
///
/// # Errors
/// As for [`open`](super::open) and [`seal`](super::seal).
pub fn rewrap(
    input: impl Read,
    output: impl Write,
    open_with: &[&dyn Keyring],
    open_options: &OpenOptions,
    seal_with: &[&dyn Keyring],
    context: Option<&EncryptionContext>,
    seal_options: SealOptions,
) -> Result<Sealed> {
    let (mut opener, data_key) = Opener::begin_keeping_data_key(input, open_with, open_options)?;
    let context = context.unwrap_or(&opener.header().encryption_context).clone();
    let materials = Materials::wrap(data_key, seal_with, context, &SystemRandom)?;
    let sealer = MessageSealer::new(&materials, seal_options.frame_length, &SystemRandom)?;
    seal_stream(&mut opener, output, sealer)
}
