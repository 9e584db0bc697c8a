//! Calls without an answer.

/// A call without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doing}: {reason}")]
pub struct NoAnswer {
    /// The operation, the Region and the key.
    pub doing: String,
    /// What happened.
    pub reason: String,
}
