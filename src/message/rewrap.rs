//! Rewrapping is opening and sealing: one message id, one message, so no function swaps a header.

use std::io::{Read, Write};

use super::{
    OpenOptions, Opener, SealOptions, SealTarget, Sealed, UnopenedMessage, WrapFailures, WrapTarget, WrappedMessages,
    seal::{first, only, split},
};
use crate::{
    error::{ContextMismatch, Error, Result},
    format::{EncryptionContext, Header},
    keyring::Keyring,
    secret::DataKey,
};

/// Opens the message on `input` and seals its payload for `seal_with`: the same data key wrapped anew, a fresh message id, every frame encrypted anew.
///
/// `context` replaces the encryption context; `None` keeps it. The suite stays what it was unless the options name one: what was signed is
/// signed again, by a new key. Plaintext is in memory only, some frames at a time.
///
/// # Errors
/// As for [`open`](super::open) and [`seal`](super::seal).
pub fn rewrap(
    input: impl Read + Send,
    output: impl Write + Send,
    open_with: &[&dyn Keyring],
    open_options: &OpenOptions,
    seal_with: &[&dyn Keyring],
    context: Option<&EncryptionContext>,
    seal_options: SealOptions,
) -> Result<Sealed> {
    let rewrapper = Rewrapper::begin(input, open_with, open_options)?;
    let context = context.cloned().unwrap_or_else(|| rewrapper.context());
    only(rewrapper.seal_each(vec![SealTarget { keyrings: seal_with, context, output }], seal_options)?)
}

/// A message whose header is authenticated, about to be sealed for other keys.
pub struct Rewrapper<R> {
    opener: Opener<R>,
    data_key: DataKey,
}

impl<R: Read> Rewrapper<R> {
    /// Reads and verifies the header.
    ///
    /// # Errors
    /// As for [`open`](super::open).
    pub fn begin(input: R, open_with: &[&dyn Keyring], options: &OpenOptions) -> Result<Self> {
        Self::open(UnopenedMessage::read(input, options)?, open_with, options)
    }

    /// Verifies the header, which was read with the same options.
    pub(crate) fn open(message: UnopenedMessage<R>, open_with: &[&dyn Keyring], options: &OpenOptions) -> Result<Self> {
        let (opener, data_key) = message.open(open_with, options)?;
        let stored = &opener.header().encryption_context;
        match options.reproduced_context.iter().find(|(key, _)| stored.get(key).is_none()) {
            Some((key, _)) => Err(Error::EncryptionContext(ContextMismatch::NotStored(key.to_owned()))),
            None => Ok(Self { opener, data_key }),
        }
    }

    /// The pairs of the message, without those that the message format sets for each message anew.
    #[must_use]
    pub fn context(&self) -> EncryptionContext {
        let mut context = self.header().encryption_context.clone();
        context.remove(EncryptionContext::PUBLIC_KEY);
        context
    }

    /// The authenticated header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        self.opener.header()
    }

    /// Seals the payload, opened once, into one message for each target, as [`rewrap`] does for one.
    ///
    /// # Errors
    /// As for [`rewrap`].
    pub fn seal_each<W: Write + Send>(self, targets: Vec<SealTarget<'_, W>>, options: SealOptions) -> Result<Vec<Sealed>>
    where
        R: Send,
    {
        let (wraps, outputs) = split(targets);
        let (opened, wrapped) = self.wrap_each(wraps, options).map_err(first)?;
        opened.seal(wrapped, outputs)
    }

    /// Wraps the data key for each target, before anything is read or written; as [`WrappedMessages::new`].
    pub(crate) fn wrap_each(
        self,
        targets: Vec<WrapTarget<'_>>,
        options: SealOptions,
    ) -> std::result::Result<(OpenedRest<R>, WrappedMessages), WrapFailures> {
        let options = SealOptions { suite: options.suite.or(Some(self.header().suite)), ..options };
        let wrapped = WrappedMessages::new(targets, Some(self.data_key), options)?;
        Ok((OpenedRest(self.opener), wrapped))
    }
}

/// The rest of a message that is rewrapped.
pub(crate) struct OpenedRest<R>(Opener<R>);

impl<R: Read + Send> OpenedRest<R> {
    /// Seals the payload, opened once.
    pub(crate) fn seal<W: Write + Send>(mut self, wrapped: WrappedMessages, outputs: Vec<W>) -> Result<Vec<Sealed>> {
        wrapped.seal_plaintext(&mut self.0, outputs)
    }
}
