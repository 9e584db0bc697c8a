//! Messages whose data key is wrapped for every Region: what is left to do takes no key, and no network.

use std::{
    io::{Read, Write},
    path::Path,
    result,
};

use super::files::{Writing, write_files};
use crate::{
    error::{Error, Result},
    format::EncryptionContext,
    kms::{
        KeysDurable,
        key_choice::{ChosenKey, KeyOptions, borrowed, refusal, wrap_problem},
    },
    message::{self, Rewrapper, SealOptions, Sealed, WrapFailures, WrapTarget, WrappedMessages},
};

/// One message for each Region, to be written.
pub struct RegionBundles<R> {
    payload: Payload<R>,
    wrapped: WrappedMessages,
}

enum Payload<R> {
    Plaintext(R),
    /// Of a message that is opened meanwhile.
    Message(Box<message::OpenedRest<R>>),
}

impl<R: Read + Send> RegionBundles<R> {
    pub(super) fn seal(
        targets: &[ChosenKey],
        durable: &KeysDurable<'_>,
        keys: &KeyOptions,
        payload: R,
        context: &EncryptionContext,
        options: SealOptions,
    ) -> Result<Self> {
        let wrapped = wrap(targets, durable, keys, context, |wraps| WrappedMessages::new(wraps, None, options))?;
        Ok(Self { payload: Payload::Plaintext(payload), wrapped })
    }

    pub(super) fn rewrap(
        targets: &[ChosenKey],
        durable: &KeysDurable<'_>,
        keys: &KeyOptions,
        message: Rewrapper<R>,
        options: SealOptions,
    ) -> Result<Self> {
        let context = message.context();
        let (opened, wrapped) = wrap(targets, durable, keys, &context, |wraps| message.wrap_each(wraps, options))?;
        Ok(Self { payload: Payload::Message(Box::new(opened)), wrapped })
    }

    /// Writes each Region's message to its output, in the order of the plan. The payload is read once.
    ///
    /// # Errors
    /// As for [`seal_each`](message::seal_each) and, for what is rewrapped, [`open`](crate::open); after an error each output holds an unfinished
    /// message, which no one can open. [`Error::Misuse`] for another number of outputs.
    pub fn write<W: Write + Send>(self, outputs: Vec<W>) -> Result<Vec<Sealed>> {
        match self.payload {
            Payload::Plaintext(input) => self.wrapped.seal(input, outputs),
            Payload::Message(opened) => opened.seal(self.wrapped, outputs),
        }
    }

    /// Writes each Region's message to a new file of mode 0600 with its name, in the order of the plan; the directory is made where it is missing.
    /// The files get their names when all are complete and synced: after an error there is none of them, except those that took an older one's
    /// place. A symbolic link with a file's name is followed.
    ///
    /// # Errors
    /// As for [`RegionBundles::write`]; what files refuse; a file that is there, unless it may be replaced. [`Error::PartlyReplaced`] names the
    /// files that were; after [`Error::NotSynced`] for a directory that must not be read all of them are in place.
    pub fn write_files(self, directory: &Path, names: &[impl AsRef<Path>], writing: Writing) -> Result<Vec<Sealed>> {
        write_files(directory, names, writing, |files| self.write(files))
    }
}

/// Has `wrap` wrap the data key for each Region, each bound to these pairs and the Region's own.
fn wrap<W>(
    targets: &[ChosenKey],
    durable: &KeysDurable<'_>,
    keys: &KeyOptions,
    pairs: &EncryptionContext,
    wrap: impl FnOnce(Vec<WrapTarget<'_>>) -> result::Result<W, WrapFailures>,
) -> Result<W> {
    let keyrings: Vec<_> = targets.iter().map(|target| keys.wrapping(durable.kms(), &target.arn, [])).collect();
    let keyrings: Vec<_> = keyrings.iter().map(|keyrings| borrowed(keyrings)).collect();
    let wraps = targets
        .iter()
        .zip(&keyrings)
        .map(|(target, keyrings)| WrapTarget { keyrings, context: message::for_region(pairs, target.region()) });
    let failures = match wrap(wraps.collect()) {
        Ok(wrapped) => return Ok(wrapped),
        Err(failures) => failures,
    };
    let mut problems = Vec::new();
    for (index, error) in failures {
        let target = targets.get(index).ok_or(Error::Misuse("each failure is that of a target"))?;
        problems.push(wrap_problem(target, error)?);
    }
    Err(refusal(&problems))
}
