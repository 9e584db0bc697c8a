//! The encrypted data keys of one message: its data key, wrapped by each keyring.

use std::num::NonZeroUsize;

use crate::{
    crypto::Random,
    error::Result,
    format::{EncryptedDataKey, EncryptionContext},
    keyring::Keyring,
    parallel::in_parallel,
    secret::DataKey,
};

/// How many keyrings over a network are used at once; others wrap in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AtOnce(pub(super) NonZeroUsize);

impl AtOnce {
    pub(super) const MOST: Self = Self(NonZeroUsize::new(16).expect("16 is not zero"));
    const ONE: Self = Self(NonZeroUsize::MIN);

    /// For each of several that work side by side.
    pub(super) fn shared_by(self, count: usize) -> Self {
        self.0.get().checked_div(count).and_then(NonZeroUsize::new).map_or(Self::ONE, Self)
    }

    pub(super) fn over_network(self, mut keyrings: impl Iterator<Item = impl Keyring>) -> Self {
        if keyrings.any(|keyring| keyring.is_online()) { self } else { Self::ONE }
    }
}

/// The data key wrapped by each keyring of one message, in their order. Of several errors the first in that order is told.
pub(super) fn wrap_by_each(
    keyrings: &[&dyn Keyring],
    data_key: &DataKey,
    context: &EncryptionContext,
    random: &dyn Random,
    most: AtOnce,
) -> Result<Vec<EncryptedDataKey>> {
    let wrap = |keyring: &&dyn Keyring| keyring.wrap(data_key, context, random);
    match most.over_network(keyrings.iter()) {
        // The first error ends it.
        AtOnce::ONE => keyrings.iter().map(wrap).collect(),
        most => in_parallel(most.0, keyrings.iter().collect(), wrap).into_iter().collect(),
    }
}
