//! An entry of the table.

use super::{member::Member, request::Request};
use crate::{error::Result, kms::EmbeddedKms, region::Region, secret::SecretBytes};

/// One operation of AWS KMS.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// In the order of the model.
    pub(crate) members: &'static [Member],
    pub(crate) run: Run,
}

/// How an operation is done. Its answer is JSON.
#[derive(Debug)]
pub(crate) enum Run {
    /// Without any key.
    Alone(fn(&Request) -> Result<SecretBytes>),
    /// On a state that others read at the same time.
    Read(fn(&EmbeddedKms, Region, &Request) -> Result<SecretBytes>),
    /// What takes long, or can be refused by the request alone, is done before the keystore is locked for the [`Change`].
    Write(for<'a> fn(Region, &'a Request) -> Result<Change<'a>>),
}

/// A change of the keystore, refused as a whole or done as a whole.
pub(crate) type Change<'a> = Box<dyn FnOnce(&mut EmbeddedKms) -> Result<SecretBytes> + 'a>;
