//! Rewrapping is opening and sealing: no function swaps a header (design: one message id, one message).

use std::io::{Read, Write};

use super::{
    OpenOptions, Opener, SealOptions, SealTarget, Sealed,
    seal::{only, seal_targets},
};
use crate::{error::Result, format::EncryptionContext, keyring::Keyring};

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
    let target = SealTarget { keyrings: seal_with, context, output };
    only(seal_targets(&mut opener, vec![target], Some(data_key), seal_options)?)
}

/// Opens the message on `input` once and seals its payload into one message for each target, as [`rewrap`] does for one.
///
/// # Errors
/// As for [`rewrap`].
pub fn rewrap_each<W: Write>(
    input: impl Read,
    open_with: &[&dyn Keyring],
    open_options: &OpenOptions,
    targets: Vec<SealTarget<'_, W>>,
    seal_options: SealOptions,
) -> Result<Vec<Sealed>> {
    let (mut opener, data_key) = Opener::begin_keeping_data_key(input, open_with, open_options)?;
    seal_targets(&mut opener, targets, Some(data_key), seal_options)
}
