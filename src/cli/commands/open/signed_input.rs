//! An input that has to be signed: nothing of its plaintext comes out before that is known.
//!
//! ```text
//! a file                 read once for its signatures, and again; that it stayed the same is known before the last frame
//! a pipe, to a file      read once: the signatures are looked at at its end, before the file has a name
//! a pipe, to a pipe      held, up to 64 MiB
//! ```

use std::{
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use crate::{
    cli::{
        commands::message_files::{Input, from_start},
        failure::Outcome,
        inputs::Inputs,
        paramfile::STDIN,
        progress::ReadProgress,
        signing::{SignatureDemand, read_signature},
        terminal::note,
        usage::UsageError,
    },
    durable::parent_of,
    error::{Error, Result, SignatureRefusal},
    message::MAX_HELD_LENGTH,
    package::signature::{ContentDigest, ContentHasher, Namespace, SshSignature},
    parallel::lock,
    timestamp::Timestamp,
};

/// Gives the input from its start.
pub(super) type Again = Box<dyn FnOnce() -> Result<Box<dyn Read + Send>>>;

/// Who has to have signed the input, and the signatures that there are.
#[derive(Debug)]
pub(super) struct DemandedSignatures {
    demand: SignatureDemand,
    signatures: Vec<SshSignature>,
}

impl DemandedSignatures {
    /// The signatures that are named, else those beside the file.
    pub(super) fn find(inputs: &Inputs, demand: Option<SignatureDemand>, named: &[PathBuf], file: &Path) -> Outcome<Option<Self>> {
        let Some(demand) = demand else {
            if named.is_empty() {
                return Ok(None);
            }
            let error = UsageError::new("--signature names a signature, and nobody is named who may sign");
            return Err(error.with_hint("--signers or COLDSEAL_SIGNERS names the file that says who may").into());
        };
        let found = if named.is_empty() && file != Path::new(STDIN) { beside(file)? } else { named.to_vec() };
        let signatures = found.iter().map(|path| read_signature(inputs.in_use(), path)).collect::<Outcome<_>>()?;
        Ok(Some(Self { demand, signatures }))
    }

    /// # Errors
    /// Too few of those who may sign have.
    fn check(&self, content: &ContentDigest) -> Result<()> {
        let SignatureDemand { signers, threshold } = &self.demand;
        let accepted = signers.verify(Namespace::File, content, &self.signatures, Timestamp::now()?, *threshold)?;
        note(&format!("signed by {}", accepted.principals.join(", ")));
        for refused in accepted.refused {
            note(&format!("a signature does not count: {}: {}", refused.key, refused.refusal));
        }
        Ok(())
    }
}

/// `FILE.sig`, as ssh-keygen writes it, and `FILE.KEY.sig`, in order.
fn beside(file: &Path) -> Result<Vec<PathBuf>> {
    let Some(name) = file.file_name() else { return Ok(Vec::new()) };
    let folder = parent_of(file);
    let failed = |error| Error::io_at("looking for signatures in", folder, error);
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?.file_name();
        let rest = entry.as_encoded_bytes().strip_prefix(name.as_encoded_bytes());
        let middle = rest.and_then(|rest| rest.strip_suffix(b".sig"));
        if middle.is_some_and(|middle| middle.is_empty() || is_key(middle)) {
            found.push(folder.join(entry));
        }
    }
    found.sort();
    Ok(found)
}

fn is_key(middle: &[u8]) -> bool {
    let is_hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    middle.strip_prefix(b".").is_some_and(|key| key.len() == 16 && key.iter().all(is_hex))
}

/// An input whose signatures are known, or will be when it has been read.
pub(super) struct SignedInput {
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) again: Option<Again>,
    failure: ErrorBehind,
}

/// What the end of the input showed: a reader cannot say it.
type ErrorBehind = Arc<Mutex<Option<Error>>>;

impl SignedInput {
    /// # Errors
    /// Too few of those who may sign have, where that can be known by now; more than can be held.
    pub(super) fn new(demanded: DemandedSignatures, input: Input, to_file: bool) -> Result<Self> {
        let failure = ErrorBehind::default();
        let Some(file) = input.file else {
            if to_file {
                let reader = AtEnd::new(input.reader, Expected::Signed(demanded), &failure);
                return Ok(Self { reader: Box::new(reader), again: None, failure });
            }
            return held(&demanded, input.reader, failure);
        };
        let content = ContentDigest::read(input.reader).map_err(|error| Error::io("reading the input", error))?;
        demanded.check(&content)?;
        let (second, expected, failed) = (from_start(file)?, content.clone(), Arc::clone(&failure));
        let third = second.try_clone().map_err(|error| Error::io("opening the input again", error))?;
        let length = second.metadata().ok().map(|metadata| metadata.len());
        let reader = AtEnd::new(ReadProgress::new(second, length), Expected::Same(content), &failure);
        let again: Again =
            Box::new(move || Ok(Box::new(AtEnd::new(from_start(third)?, Expected::Same(expected), &failed)) as Box<dyn Read + Send>));
        Ok(Self { reader: Box::new(reader), again: Some(again), failure })
    }

    /// Takes the input apart; the last part makes of an error of what reads it the one behind it.
    pub(super) fn into_parts(self) -> (Box<dyn Read + Send>, Option<Again>, impl FnOnce(Error) -> Error) {
        let failure = self.failure;
        (self.reader, self.again, move |error| lock(&failure).take().unwrap_or(error))
    }
}

fn held(demanded: &DemandedSignatures, reader: impl Read, failure: ErrorBehind) -> Result<SignedInput> {
    let mut content = Vec::new();
    reader.take(MAX_HELD_LENGTH + 1).read_to_end(&mut content).map_err(|error| Error::io("reading the input", error))?;
    if content.len() > usize::try_from(MAX_HELD_LENGTH).unwrap_or(usize::MAX) {
        return Err(Error::TooLongToHold { limit: MAX_HELD_LENGTH });
    }
    demanded.check(&ContentDigest::of(&content))?;
    let content = Shared(Arc::new(content));
    let again = Cursor::new(content.clone());
    Ok(SignedInput { reader: Box::new(Cursor::new(content)), again: Some(Box::new(move || Ok(Box::new(again)))), failure })
}

/// What is held, for each pass the same bytes.
#[derive(Clone)]
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

enum Expected {
    /// What was read before.
    Same(ContentDigest),
    Signed(DemandedSignatures),
}

/// Reads to the end, and gives it when what was read is what was expected: whoever opens a message waits for the end before the last frame.
struct AtEnd<R> {
    input: R,
    hasher: ContentHasher,
    expected: Option<Expected>,
    failure: ErrorBehind,
}

impl<R: Read> AtEnd<R> {
    fn new(input: R, expected: Expected, failure: &ErrorBehind) -> Self {
        Self { input, hasher: ContentHasher::default(), expected: Some(expected), failure: Arc::clone(failure) }
    }

    fn end(&mut self) -> Result<()> {
        let content = std::mem::take(&mut self.hasher).finish();
        match self.expected.take() {
            Some(Expected::Same(before)) if before != content => Err(SignatureRefusal::NotVerified.into()),
            Some(Expected::Signed(demanded)) => demanded.check(&content),
            Some(Expected::Same(_)) | None => Ok(()),
        }
    }
}

impl<R: Read> Read for AtEnd<R> {
    fn read(&mut self, dest: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(dest)?;
        self.hasher.update(dest.get(..count).unwrap_or_default());
        if count == 0 && !dest.is_empty() {
            self.end().map_err(|error| {
                *lock(&self.failure) = Some(error);
                io::Error::other("the input is not what was signed")
            })?;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
