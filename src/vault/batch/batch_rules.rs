//! What a batch does besides making what is not there.

use super::super::pack_source::PackSource;

/// What becomes of a secret that is there, and is not what its request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDifference {
    /// It stays, and the request is refused. What a request does not have, the secret must not have either.
    #[default]
    Refuse,
    /// It becomes what the request says, in what an update can change: a new version for another value; description, tags, policy and rotation
    /// rules. What a request does not say stays as it is. A request that says something else is refused whole.
    Update,
}

/// What holds for all requests of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct BatchRules {
    /// What becomes of secrets that differ.
    pub on_difference: OnDifference,
    /// Where the requests come from: it is kept on record of each secret that is made. `None` keeps nothing.
    pub source: Option<PackSource>,
}

impl BatchRules {
    /// Updates what differs.
    #[must_use]
    pub fn updating() -> Self {
        Self { on_difference: OnDifference::Update, source: None }
    }

    /// The same for requests from there.
    #[must_use]
    pub fn from_source(self, source: PackSource) -> Self {
        Self { source: Some(source), ..self }
    }
}
