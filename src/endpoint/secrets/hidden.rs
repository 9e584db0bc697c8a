//! The keys of a Region that is not served: none.

use crate::{
    arn::AccountId,
    endpoint::keys::KmsState,
    error::{Error, Result},
    kms::EmbeddedKms,
};

/// A state without keys, which stays so.
pub(super) struct NoKeys(EmbeddedKms);

impl NoKeys {
    /// # Errors
    /// No random bytes.
    pub(super) fn new() -> Result<Self> {
        EmbeddedKms::new(AccountId::embedded()).map(Self)
    }
}

impl KmsState for NoKeys {
    fn read<T>(&self, work: impl FnOnce(&EmbeddedKms) -> T) -> Result<T> {
        Ok(work(&self.0))
    }

    fn change<T>(&self, _work: impl FnOnce(&mut EmbeddedKms) -> Result<T>) -> Result<Result<T>> {
        Err(Error::Misuse("a change is refused before it comes to keys that are not served"))
    }
}
