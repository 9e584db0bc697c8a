//! How a message is sealed, and what is demanded of one that is opened.

use crate::{
    cli::{
        encryption_context::{Purpose, parse_encryption_context},
        failure::Outcome,
        invocation::Invocation,
        usage::UsageError,
    },
    message::{FrameLength, OpenOptions},
    suite::AlgorithmSuite,
};

pub(super) const SIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384;
pub(super) const UNSIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKey;

pub(super) fn frame_length(bytes: Option<u32>) -> Outcome<FrameLength> {
    let Some(bytes) = bytes else { return Ok(FrameLength::default()) };
    let refused = || UsageError::new(format!("--frame-length: a frame has 1 to {} bytes, not {bytes}", FrameLength::MAX));
    Ok(FrameLength::new(bytes).ok_or_else(refused)?)
}

pub(super) fn parse_pairs(invocation: &Invocation, words: Option<&[String]>, purpose: Purpose) -> Outcome<Vec<(String, Option<String>)>> {
    const PARAMETER: &str = "--encryption-context";
    let Some(words) = words else { return Ok(Vec::new()) };
    let files = invocation.inputs.files();
    let words = files.words(PARAMETER, words)?;
    Ok(parse_encryption_context(&files, PARAMETER, &words, purpose)?)
}

/// What `open` and `rewrap` demand: a bare key is stored with any value; a pair is stored with this value, or bound without being stored.
pub(super) fn open_options(invocation: &Invocation, words: Option<&[String]>) -> Outcome<OpenOptions> {
    let mut options = OpenOptions::default();
    for (key, value) in parse_pairs(invocation, words, Purpose::Open)? {
        match value {
            Some(value) => _ = options.reproduced_context.insert(key, value),
            None => options.required_context.push((key, None)),
        }
    }
    Ok(options)
}
