//! What a writer asks of whoever knows what was signed.

use std::fmt;

use super::record::SecretRecord;
use crate::error::Result;

/// Tells of records whether they were signed as they stand.
pub(crate) trait SignedRecords: fmt::Debug + Send + Sync {
    /// # Errors
    /// This one was not; or it is not known.
    fn require_signed(&self, record: &SecretRecord) -> Result<()>;
}
