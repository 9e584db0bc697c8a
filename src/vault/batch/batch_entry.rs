//! What became of the requests of a batch.

use super::super::secret_change::SecretChange;
use crate::error::{Error, SecretDifference};

/// How a secret of a batch ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum BatchStatus {
    /// It was made.
    Created,
    /// It was there, and became what the request says, in these; with [`SecretDifference::Value`] by a new version.
    Updated(Vec<SecretDifference>),
    /// It was there, the same; nothing was written.
    Unchanged,
    /// It would be made: a [preview](super::BatchPreview) says so, and nothing else.
    WouldCreate,
    /// It would be updated, in these; of a preview as well.
    WouldUpdate(Vec<SecretDifference>),
    /// It was not made or updated, for this reason. The others are not touched by that.
    Failed(Error),
}

/// A secret of a batch.
#[derive(Debug)]
pub struct BatchEntry {
    /// As the request has it.
    pub name: String,
    /// As the answer of `CreateSecret` has it, or with a new version that of `PutSecretValue`; `None` where it failed.
    pub secret: Option<SecretChange>,
    /// How it ended.
    pub status: BatchStatus,
}

impl BatchEntry {
    pub(super) const fn failed(name: String, error: Error) -> Self {
        Self { name, secret: None, status: BatchStatus::Failed(error) }
    }
}
