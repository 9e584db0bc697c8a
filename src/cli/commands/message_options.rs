//! How a message is sealed, and what is demanded of one that is opened.

use crate::{
    cli::{
        args::FrameArgs,
        encryption_context::{Purpose, parse_encryption_context},
        failure::Outcome,
        inputs::Inputs,
        regions::Regions,
        terminal::note,
        usage::UsageError,
    },
    format::EncryptionContext,
    message::{FrameLength, OpenOptions, SECRET_ARN, SealOptions, told_regions},
    suite::AlgorithmSuite,
};

pub(super) const SIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKeyEcdsaP384;
pub(super) const UNSIGNED: AlgorithmSuite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKey;

/// How new messages are sealed; without a suite by the default one, or as what is rewrapped.
pub(super) fn seal_options(frames: &FrameArgs, suite: Option<AlgorithmSuite>) -> Outcome<SealOptions> {
    Ok(SealOptions { frame_length: frame_length(frames.frame_length)?, suite, threads: frames.threads.get() })
}

fn frame_length(bytes: Option<u32>) -> Outcome<FrameLength> {
    let Some(bytes) = bytes else { return Ok(FrameLength::default()) };
    let refused = || UsageError::new(format!("--frame-length: a frame has 1 to {} bytes, not {bytes}", FrameLength::MAX));
    Ok(FrameLength::new(bytes).ok_or_else(refused)?)
}

pub(super) fn parse_pairs(inputs: &Inputs, words: Option<&[String]>, purpose: Purpose) -> Outcome<Vec<(String, Option<String>)>> {
    const PARAMETER: &str = "--encryption-context";
    let Some(words) = words else { return Ok(Vec::new()) };
    let files = inputs.files();
    let words = files.words(PARAMETER, words)?;
    Ok(parse_encryption_context(&files, PARAMETER, &words, purpose)?)
}

/// What `open` and `rewrap` demand: that the message is for the Region of `--region`, if it tells one; a bare key is stored with any value; a pair is stored with this value, or bound without being stored.
pub(super) fn open_options(inputs: &Inputs, regions: &Regions, words: Option<&[String]>) -> Outcome<OpenOptions> {
    let mut options = OpenOptions { region: regions.explicit(), ..OpenOptions::default() };
    for (key, value) in parse_pairs(inputs, words, Purpose::Open)? {
        match value {
            Some(value) => _ = options.reproduced_context.insert(key, value),
            None => options.required_context.push((key, None)),
        }
    }
    Ok(options)
}

/// Says which Region `message`, which was opened, is for, where none was demanded. Whoever wrote it chose what it tells.
pub(super) fn note_region(regions: &Regions, message: &str, context: &EncryptionContext) {
    if regions.explicit().is_some() {
        return;
    }
    if let [region, others @ ..] = told_regions(context).as_slice() {
        note(&format!("{message} is for the Region {region}"));
        others.iter().for_each(|other| note(&format!("its {SECRET_ARN} is of another Region, {other}")));
    }
}
